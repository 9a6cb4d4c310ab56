package org.skein.session.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.MessageNumber;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A message another node is responsible for, at a node that may hold sessions of its recipient. */
final class Arrival extends Fanout {
    final NodeId origin;
    final long number;
    private final boolean toFull;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final UserSession match; // when it came; null for none
    private final boolean awaited; // then the resource was about to be bound, and its origin knew
    private boolean others; // the resource is not here, but others of the account are

    Arrival(ServerNode node, NodeId origin, long number, boolean toFull, Stanza stanza, Jid account) {
        super(node, stanza, account);
        this.origin = origin;
        this.number = number;
        this.toFull = toFull;
        Account there = toFull ? node.registry.entered(account) : null;
        String resource = there == null ? "" : stanza.to().orElseThrow().resource();
        this.match = there == null ? null : there.find(resource);
        this.awaited = there != null && !node.gates.isEmpty() && there.awaits(resource, origin);
    }

    /** The origin's number where nobody else has the message: so a second try after a crash is the same row. */
    @Override
    MessageNumber rowNumber() {
        return toFull ? new MessageNumber(origin.incarnation(), number) : node.nextNumber();
    }

    @Override
    MessageNumber originNumber() {
        return new MessageNumber(origin.incarnation(), number);
    }

    @Override
    boolean isSharedElsewhere() {
        return true;
    }

    void start() {
        if (toFull) {
            UserSession now = node.registry.find(stanza.to().orElseThrow());
            // What was sent before may have been refused; this waited at the gate, and must not be in front of that.
            boolean isMeant = now != null && (now == match || awaited);
            if (isMeant && !now.has(originNumber())) {
                toOne(now);
                return;
            }
            Account online = node.registry.online(account);
            others = online != null && online.accepting() != null;
            decided();
            return;
        }
        if (node.registry.online(account) != null) {
            processedHere(); // copies are for those, too, that do not take it themselves
        }
        if (!toAccepting(0, () -> {})) {
            decided();
        }
    }

    @Override
    CompletionStage<Void> unsettled() {
        return !shared || settled.isDone() ? null : settled;
    }

    /** Its origin says what became of it, or has left. */
    void settled(boolean elsewhere) {
        if (elsewhere) deliveredElsewhere();
        settled.complete(null);
    }

    @Override
    void decided() {
        Forwarded.Answer answer = Forwarded.Answer.ABSENT;
        if (delivered) answer = Forwarded.Answer.DELIVERED;
        else if (safe) answer = Forwarded.Answer.STORED;
        else if (refusal != null) answer = Forwarded.Answer.REFUSED;
        else if (others) answer = Forwarded.Answer.OTHER;
        if (answer == Forwarded.Answer.STORED) node.forwarding.kept(this);
        else settled.complete(null);
        node.forwarding.answer(origin, number, answer, refusal);
    }
}
