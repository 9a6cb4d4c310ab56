package org.skein.session.internal;

import java.util.ArrayList;
import java.util.List;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.storage.MessageNumber;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;

/**
 * One message until it is safe (DESIGN §5), at the node that took it from its sender: tried at the full address, then
 * once at the bare one, then stored. In a cluster "tried" means here and at the nodes the strategy names.
 */
final class Delivery extends Fanout implements Forwarded {
    /** Where it is tried; each state is reached from the one before, or skipped. */
    enum Step {
        FULL,
        BARE,
        OFFLINE
    }

    private final DeliveryListener origin;
    private MessageNumber number; // given with the first hand-over that may need it
    private Step step = Step.FULL;
    private List<NodeId> storedAt; // guarded by this; null for none
    private List<Runnable> whenOver; // guarded by this; null for none
    private boolean over; // guarded by this
    private boolean isForwarded;
    private volatile Delivery older; // of its flow, at other nodes before it
    private boolean isTried;
    private boolean triedAgain;
    private volatile boolean isAtFull; // it was sent to a full address at other nodes
    private volatile boolean resourceComes; // it may be refused where others to the same address will be taken
    private volatile boolean waitsHere; // at its account's gate, to be tried again

    Delivery(ServerNode node, Stanza stanza, Jid account, DeliveryListener origin) {
        super(node, stanza, account);
        this.origin = origin;
    }

    MessageNumber number() {
        MessageNumber n = number;
        if (n == null) number = n = node.nextNumber();
        return n;
    }

    @Override
    MessageNumber originNumber() {
        return number;
    }

    @Override
    MessageNumber rowNumber() {
        return shared ? node.nextNumber() : number();
    }

    @Override
    public Jid account() {
        return account;
    }

    /** Begins at the full address if it has one, else at the bare one. */
    void start(UserSession match) {
        if (!node.forwarding.isAlone()) node.counters.clusterMessages().increment();
        begin(match);
    }

    private void begin(UserSession match) {
        Delivery before = node.forwarding.underWay(this);
        if (before != null && before.mayComeAgain(this, match)) {
            waitFor(before, match);
        } else if (match != null) {
            toOne(match);
        } else if (stanza.to().orElseThrow().isFull()) {
            node.forwarding.locate(account, this::toFull);
        } else {
            toBare();
        }
    }

    /** It is at a full address, where a newer one does not go or finds another: if it is refused it must stay in front. */
    private boolean mayComeAgain(Delivery newer, UserSession match) {
        return isAtFull && (resourceComes || match != null || !stanza.to().equals(newer.stanza.to()));
    }

    /** A resource is about to be bound. */
    void resourceComes(Jid full) {
        if (isAtFull && stanza.to().orElseThrow().equals(full)) resourceComes = true;
    }

    /** It goes another way than an older one of its flow, and might overtake it: it waits, and all behind it (CLUSTER 11). */
    private void waitFor(Delivery before, UserSession match) {
        Gates<Flow>.Gate gate = node.flows.hold(flow());
        before.whenOver(() -> gate.release(() -> goOn(match)));
    }

    /** Its turn has come; the account may be held back meanwhile. */
    private void goOn(UserSession match) {
        Runnable go = () -> begin(match == null ? null : node.registry.find(match.jid()));
        Runnable overflow = () -> refuse(Deliverer.TOO_MUCH.error("too much waits for this account"));
        if (!node.gates.holdsAgain(account, flow().from(), go, overflow)) go.run();
    }

    Flow flow() {
        return Flow.of(stanza, account);
    }

    private void toFull(List<NodeId> nodes) {
        if (nodes.isEmpty()) {
            toBare(nodes);
            return;
        }
        Delivery before = node.forwarding.underWay(this);
        if (before != null && before.mayComeAgain(this, null)) { // since it was asked where
            waitFor(before, null);
            return;
        }
        isAtFull = true;
        toOthers(nodes.size(), nodes.size() > 1, () -> {
            forward(nodes);
            if (node.forwarding.isComing(stanza.to().orElseThrow())) resourceComes = true;
        });
    }

    private void toBare() {
        if (isForwarded) again(node.forwarding.locateNow(account));
        else node.forwarding.locate(account, this::toBare);
    }

    /** It goes to other nodes at once; here it waits with all else, in front of what its sender sent later. */
    private void again(List<NodeId> nodes) {
        step = Step.BARE;
        waitsHere = true;
        Runnable here = () -> {
            waitsHere = false;
            toAcceptingAsOne();
        };
        Runnable overflow = () -> {
            waitsHere = false;
            refusal(Deliverer.TOO_MUCH.error("too much waits for this account"));
            answered(1);
        };
        toOthers(nodes.size() + 1, true, () -> {
            forward(nodes);
            Jid from = flow().from();
            if (!node.gates.holdsTried(account, number().n(), from, here, overflow)) here.run();
        });
    }

    private void toBare(List<NodeId> nodes) {
        step = Step.BARE;
        if (toAccepting(nodes.size(), () -> forward(nodes))) return;
        Delivery before = isTried ? null : node.forwarding.underWay(this);
        if (before == null) toOffline();
        else waitFor(before, null);
    }

    private void forward(List<NodeId> nodes) {
        if (nodes.isEmpty()) return;
        node.counters.clusterFrames().add(nodes.size());
        if (!isForwarded) {
            isForwarded = true;
            Delivery before = node.forwarding.departs(this);
            if (before != null && !before.isOver()) older = before;
        }
        node.forwarding.message(nodes, this, number().n(), step, stanza);
    }

    @Override
    public void answered(NodeId from, Answer answer, StanzaError error) {
        switch (answer) {
            case DELIVERED -> delivered = safe = true;
            case STORED -> {
                synchronized (this) {
                    storedElsewhere = true;
                    if (storedAt == null) storedAt = new ArrayList<>(2);
                    storedAt.add(from);
                }
                safe = true;
            }
            case REFUSED -> refusal = error;
            case ABSENT, OTHER, LEFT -> {}
        }
        answered(1);
    }

    private boolean hasMoved() {
        return node.forwarding.hasMovedSince(account, number().n());
    }

    /** A row only behind older ones: what is still at other nodes may become one too. */
    private void toOffline() {
        if (older != null && !older.isOver()) {
            node.forwarding.waitsForOlder(this, true);
            older.whenOver(this::storeOffline);
            return;
        }
        storeOffline();
    }

    private void storeOffline() {
        step = Step.OFFLINE;
        if (KnownAccounts.isWarmUp(stanza) || Boolean.FALSE.equals(node.known.remembered(account))) {
            refuse(Condition.SERVICE_UNAVAILABLE.error()); // never there, or removed: nobody may find it there later
            return;
        }
        Stanza stored = processedHere();
        if (stored == null) end(Outcome.DELIVERED);
        else node.offline.store(account, stored, number(), this::stored);
    }

    private void stored(Throwable failure) {
        if (failure == null) {
            end(Outcome.STORED);
        } else {
            refuse(Offline.error(failure));
        }
    }

    @Override
    void decided() {
        isTried = true;
        List<NodeId> settle;
        synchronized (this) {
            settle = storedAt;
            storedAt = null;
        }
        if (settle != null) node.forwarding.settled(settle, number().n(), delivered || isStoredHere());
        if (safe) {
            end(delivered ? Outcome.DELIVERED : Outcome.STORED);
        } else if (refusal != null) {
            refuse(refusal);
        } else if (step == Step.BARE && !triedAgain && isForwarded && hasMoved()) {
            triedAgain = true;
            toBare(); // neither the session's old node nor its new one had it
        } else if (step == Step.FULL) {
            toBare(); // RFC 6121 §8.5.3.2.1: the resource is gone, as if sent to the bare address
        } else {
            toOffline();
        }
    }

    private void refuse(StanzaError error) {
        node.refuse(stanza, error);
        end(Outcome.REFUSED);
    }

    private void end(Outcome outcome) {
        origin.outcome(outcome);
        if (isForwarded) {
            node.forwarding.isOver(this);
            if (older != null) node.forwarding.waitsForOlder(this, false);
            older = null;
        }
        List<Runnable> tasks;
        synchronized (this) {
            over = true;
            tasks = whenOver;
            whenOver = null;
        }
        if (tasks != null) tasks.forEach(Runnable::run);
    }

    private synchronized boolean isOver() {
        return over;
    }

    @Override
    public boolean maybeOffline() {
        return step != Step.FULL && !safe;
    }

    @Override
    public boolean waitsHere() {
        Delivery before = older;
        return waitsHere || before != null && before.waitsHere();
    }

    @Override
    public void whenOver(Runnable task) {
        synchronized (this) {
            if (!over) {
                if (whenOver == null) whenOver = new ArrayList<>(1);
                whenOver.add(task);
                return;
            }
        }
        task.run();
    }
}
