package org.skein.testkit.strategy.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A session as its user sees it: where it is, and which messages came. */
public final class Session {
    final Jid full;
    final Host host;
    /** Of the host when it was bound. */
    final NodeId life;

    boolean bound;
    boolean over;
    Optional<Stanza> presence = Optional.empty();
    final Map<Jid, Flow> flows = new LinkedHashMap<>(); // that it sends, by recipient
    private final Map<Flow, Received> received = new IdentityHashMap<>();

    private static final class Received {
        private final Deque<Integer> owed = new ArrayDeque<>();
        private int last = -1;
    }

    Session(Jid full, Host host) {
        this.full = full;
        this.host = host;
        this.life = host.self();
    }

    /** The bind is complete: a stanza may be owed to it (P3). */
    public boolean isBound() {
        return bound && !over;
    }

    /** It was here before the message was sent, so it has to get it. */
    void owes(Flow flow, int number) {
        received.computeIfAbsent(flow, f -> new Received()).owed.add(number);
    }

    /** @return what is wrong with it (P2), if anything is */
    Optional<String> take(Flow flow, int number) {
        Received r = received.computeIfAbsent(flow, f -> new Received());
        if (number <= r.last) return Optional.of(wrong(flow, number, "came after " + r.last));
        r.last = number;
        if (r.owed.isEmpty()) return Optional.empty();
        if (r.owed.peek() < number) return Optional.of(wrong(flow, r.owed.peek(), "did not come before " + number));
        if (r.owed.peek() == number) r.owed.poll();
        return Optional.empty();
    }

    /** Once nothing is under way. */
    Optional<String> missing() {
        return received.entrySet().stream()
                .filter(e -> !e.getKey().isOver() && !e.getValue().owed.isEmpty())
                .map(e -> wrong(e.getKey(), e.getValue().owed.peek(), "did not come"))
                .findFirst();
    }

    private String wrong(Flow flow, int number, String what) {
        return "P2: message " + number + " of " + flow + " " + what + " at " + this;
    }

    @Override
    public String toString() {
        return full + " on " + life;
    }
}
