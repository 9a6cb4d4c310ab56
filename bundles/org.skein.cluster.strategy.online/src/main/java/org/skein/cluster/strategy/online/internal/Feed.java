package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node tells one other node of its sessions: one {@link Frame} at a time, made of what is the case when it is
 * made. What changes meanwhile is collected for the next; so a slow receiver costs bounded memory and gets fewer, larger
 * frames.
 *
 * <p>{@code IDLE} (own sessions are being read) → {@code OPENING} (the next frame is a hello, or it is under way) →
 * {@code OPEN}, or {@code OFF} (the strategy does not run there, or takes nothing) → {@code OPENING} when the node says
 * hello or is tried again; {@code CLOSED} when it leaves. While {@code IDLE} or {@code OFF} the other node holds nothing
 * of this run, or includes this node: it will learn all by a hello yet to be made.
 *
 * <p>When a session is confirmed: by the answer to the first frame made after it was bound. If that is "applied", the
 * node knows it, or compared digests that include it, and includes this node for that bucket. In all other answers it
 * says that it includes this node for every account, or that there is none to ask. No answer in time confirms nothing:
 * the same is told again. Requests are heard in order, so an answer says that all before it were heard.
 */
final class Feed {
    private static final Logger log = LoggerFactory.getLogger(Feed.class);
    private static final Duration BACK_OFF = Duration.ofSeconds(1);

    private enum State {
        IDLE,
        OPENING,
        OPEN,
        OFF,
        CLOSED
    }

    /** What all feeds of a life share. */
    record Desk(Context context, long run, Own own, Limits limits, Counts counts) {}

    private final NodeId node;
    private final Replica replica;
    private final Desk desk;
    private final Context context;
    private final Own own;
    private final Runnable moved;

    // Guarded by own.
    private final Backlog backlog;
    private State state = State.IDLE;
    private long peerRun; // as it answered last
    private boolean calling; // a frame is under way
    private boolean paused; // until the node can take more, or a moment has passed
    private boolean greeted; // a hello was said
    private boolean asked; // for a hello, while a frame was under way

    /** @param moved called when it has got on, without locks */
    Feed(NodeId node, Replica replica, Desk desk, Runnable moved) {
        this.node = node;
        this.replica = replica;
        this.desk = desk;
        this.context = desk.context;
        this.own = desk.own;
        this.moved = moved;
        backlog = new Backlog(own, desk.limits);
    }

    /** A session of this node has changed. With the lock of own held. @param waits if it is new */
    void changed(Jid session, Optional<Confirmation> waits) {
        if (state == State.OPENING || state == State.OPEN) backlog.add(session, waits);
    }

    // when to tell; without the lock

    /** Own sessions are known, or it is tried again: says hello. */
    void open() {
        synchronized (own) {
            if (state == State.IDLE || state == State.OFF) state = State.OPENING;
        }
        pump();
    }

    /**
     * Says hello once more: the node began anew or hears nothing, or is not heard. A frame under way does not do; it may
     * have been taken before the node was in want of it.
     */
    void sayHello() {
        synchronized (own) {
            if (state == State.IDLE || state == State.CLOSED) return;
            if (calling) asked = true;
            else state = State.OPENING;
        }
        pump();
    }

    /** Tells what was collected. */
    void flush() {
        synchronized (own) {
            backlog.flush();
        }
        pump();
    }

    /** Tells digests, after what was collected. */
    void check(int first, int count) {
        synchronized (own) {
            backlog.check(first, count);
        }
        pump();
    }

    /** It is no member any more: nobody waits for it. */
    void close() {
        List<Confirmation> over = new ArrayList<>();
        synchronized (own) {
            state = State.CLOSED;
            backlog.drop(over);
        }
        Confirmation.complete(over);
    }

    /** This node tells no more. What is not confirmed never will be. */
    void stop() {
        List<Confirmation> waiting;
        synchronized (own) {
            state = State.CLOSED;
            waiting = backlog.waiting();
        }
        waiting.forEach(Confirmation::stopped);
    }

    /** Whether the node has answered: it was told, or is not to be told. */
    boolean isSettled() {
        synchronized (own) {
            return state == State.OPEN || state == State.OFF || state == State.CLOSED;
        }
    }

    /** Whether the strategy runs on the node, as far as is known. */
    boolean isOpen() {
        synchronized (own) {
            return state == State.OPEN;
        }
    }

    /** Whether it does not run there, as far as is known. */
    boolean isOff() {
        synchronized (own) {
            return state == State.OFF;
        }
    }

    // telling

    private void pump() {
        boolean room = context.isWritable(node);
        Optional<Frame> next = Optional.empty();
        synchronized (own) {
            if (calling || paused || !hasWork()) return;
            // The first hello waits for nothing: it has to be ahead of "this node publishes".
            if (room || !greeted) next = Optional.of(next());
            calling = next.isPresent();
            paused = !calling;
        }
        if (next.isPresent()) call(Codec.write(next.get()));
        else context.whenWritable(node, this::goOn);
    }

    private boolean hasWork() {
        return state == State.OPENING || state == State.OPEN && backlog.isDue();
    }

    private Frame next() {
        if (state == State.OPEN) return backlog.update(desk.run, peerRun);
        greeted = true;
        return backlog.hello(desk.run, replica.hears());
    }

    private void goOn() {
        synchronized (own) {
            paused = false;
        }
        pump();
    }

    private void call(byte[] frame) {
        desk.counts.framesOut.increment();
        desk.counts.bytesOut.add(frame.length);
        context.call(node, frame, desk.limits.answer()).thenAccept(this::answered);
    }

    // what the node answers

    private void answered(Peers.Reply reply) {
        Optional<Answer> answer = reply.isAnswered() ? read(reply.payload()) : Optional.empty();
        boolean unreadable = reply.isAnswered() && answer.isEmpty();
        List<Confirmation> over = new ArrayList<>();
        synchronized (own) {
            calling = false;
            if (state == State.CLOSED) return;
            if (answer.isPresent()) take(answer.get(), over);
            else if (unreadable || reply.result() == Peers.Result.TIMEOUT) sayAgain(unreadable);
            else off(over);
        }
        if (unreadable) context.later(BACK_OFF, this::goOn);
        Confirmation.complete(over);
        moved.run();
        pump();
    }

    private Optional<Answer> read(byte[] answer) {
        try {
            return Optional.of(Codec.readAnswer(answer));
        } catch (IllegalArgumentException e) {
            log.warn("what=online_answer_unreadable from={} bytes={}", node, answer.length, e);
            return Optional.empty();
        }
    }

    private void take(Answer answer, Collection<Confirmation> over) {
        switch (answer.kind()) {
            case APPLIED -> {
                peerRun = answer.run();
                backlog.applied(answer, over);
                goOnWith(State.OPEN);
            }
            case HELLO_FIRST -> {
                backlog.drop(over);
                goOnWith(State.OPENING);
            }
            case NOT_NOW -> off(over);
        }
    }

    /** It does not run the strategy, takes nothing, or has left. */
    private void off(Collection<Confirmation> over) {
        backlog.drop(over);
        goOnWith(State.OFF);
    }

    private void goOnWith(State next) {
        state = asked ? State.OPENING : next;
        asked = false;
    }

    private void sayAgain(boolean withHello) {
        desk.counts.unanswered.increment();
        backlog.sayAgain();
        if (withHello) state = State.OPENING;
        paused = withHello;
    }
}
