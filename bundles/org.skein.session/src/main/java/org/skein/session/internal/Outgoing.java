package org.skein.session.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes to one other member, in the order sent. Sessions that send into a full link pause long before it takes no more at
 * all, but they may be very many, each with what it had begun: that waits here, and nothing overtakes it. Any thread.
 */
final class Outgoing {
    private static final Logger log = LoggerFactory.getLogger(Outgoing.class);
    private static final long MAX_LATE_BYTES = 16L << 20;

    private final NodeId to;
    private final Supplier<Peers> peers;
    private final Runnable onDrop;
    private final Deque<byte[]> late = new ArrayDeque<>(); // guarded by itself
    private long lateBytes; // likewise
    private volatile boolean isLate; // something is
    private volatile boolean gone;

    Outgoing(NodeId to, Supplier<Peers> peers, Runnable onDrop) {
        this.to = to;
        this.peers = peers;
        this.onDrop = onDrop;
    }

    /** What is not lost for want of room: where the link takes no more it goes later. */
    void send(byte[] message) {
        send(message, Long.MAX_VALUE);
    }

    /** The same for stanzas nobody answers for: beyond a bound they are dropped, and {@code onDrop} is told. */
    void sendOrDrop(byte[] message) {
        send(message, MAX_LATE_BYTES);
    }

    /** The same for what may be refused. @return false if the link takes no more */
    boolean trySend(byte[] message) {
        return !isLate && isSent(message);
    }

    /** Nothing is sent any more. */
    void end() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    private void send(byte[] message, long bound) {
        if (trySend(message)) return;
        synchronized (late) {
            if (late.isEmpty() && isSent(message) || gone) return;
            if (lateBytes + message.length > bound) {
                onDrop.run();
                return;
            }
            late.add(message);
            lateBytes += message.length;
            if (isLate) return;
            isLate = true;
            log.warn("what=link_full node={} effect=\"messages are refused, all else waits\"", to);
            peers.get().whenWritable(to, Forwarding.LANE, this::sendLate);
        }
    }

    private void sendLate() {
        synchronized (late) {
            while (!late.isEmpty() && !gone) {
                byte[] first = late.peek();
                if (!isSent(first)) {
                    peers.get().whenWritable(to, Forwarding.LANE, this::sendLate);
                    return;
                }
                lateBytes -= first.length;
                late.remove();
            }
            late.clear();
            lateBytes = 0;
            isLate = false;
        }
        log.info("what=link_has_room node={}", to);
    }

    private boolean isSent(byte[] message) {
        try {
            peers.get().send(to, Forwarding.LANE, Forwarding.CHANNEL, message);
            return true;
        } catch (IllegalStateException full) {
            return false;
        }
    }
}
