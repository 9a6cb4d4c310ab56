package org.skein.session.internal;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.skein.session.internal.Forwarded.Answer;
import org.skein.xmpp.StanzaError;

/**
 * What this node answers for to one origin: told with the next message to it, or a moment later, so not each answer wakes two
 * processes. Any thread.
 *
 * <pre>{@code ANSWERS (number, answer, condition and text if refused)*}</pre>
 */
final class AnswerBatch {
    static final Duration DELAY = Duration.ofMillis(25);
    /** Not worth another timer. */
    private static final Duration SLACK = Duration.ofMillis(1);

    private static final int MANY = 64;
    private static final int MAX_BYTES = 32 * 1024;

    private record Given(long number, Answer answer, StanzaError refusal) {}

    private final ServerNode node;
    private final Outgoing out;
    private final Runnable sendOnLane;
    private final ConcurrentLinkedQueue<Given> given = new ConcurrentLinkedQueue<>();
    private final AtomicInteger planned = new AtomicInteger();
    private final AtomicBoolean timed = new AtomicBoolean();
    private volatile long since; // when the first of those planned was

    /** @param onLane runs a task on the thread of the lane to that origin */
    AnswerBatch(ServerNode node, Outgoing out, Consumer<Runnable> onLane) {
        this.node = node;
        this.out = out;
        this.sendOnLane = () -> onLane.accept(this::send);
    }

    void add(long number, Answer answer, StanzaError refusal) {
        given.add(new Given(number, answer, refusal));
        int before = planned.getAndIncrement();
        if (before == 0) since = node.nanos.getAsLong();
        if (before == MANY) sendOnLane.run();
        time(DELAY);
    }

    private void time(Duration delay) {
        if (timed.compareAndSet(false, true)) node.delays.schedule(this::due, delay);
    }

    /** Sends what has waited long enough; while messages take the answers along, that is nothing. */
    private void due() {
        timed.set(false);
        if (planned.get() == 0) return;
        Duration left = DELAY.minusNanos(node.nanos.getAsLong() - since);
        if (left.compareTo(SLACK) > 0) time(left);
        else send();
    }

    /** A message goes, in the same batch of the link. */
    void sendAlong() {
        if (planned.get() > 0) send();
    }

    void send() {
        synchronized (given) { // one sender, so that they go in order
            planned.set(0);
            Bytes.Writer w = null;
            Given next;
            while ((next = given.poll()) != null) {
                if (w == null) w = new Bytes.Writer(Forwarding.ANSWERS, 64);
                w.number(next.number).octet(next.answer.ordinal());
                if (next.answer == Answer.REFUSED) {
                    w.text(next.refusal.condition().name()).text(next.refusal.text());
                }
                if (w.size() > MAX_BYTES) {
                    out.send(w.done());
                    w = null;
                }
            }
            if (w != null) out.send(w.done());
        }
    }
}
