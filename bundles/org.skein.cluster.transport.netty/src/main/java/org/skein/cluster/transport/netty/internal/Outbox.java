package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes to one peer in one lane, in order, kept until the peer has consumed it. A linked list with one entry for
 * each message: producers append at its end without a lock, the lane's thread has two places in it.
 * <pre>
 * consumed by the peer ─▶ written to the present connection ─▶ waiting ─▶ newest
 *          ▲ acked                                  ▲ sent                ▲ tail
 * </pre>
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    /** What an entry costs beside its message, so that very small ones are bounded too. */
    private static final int ENTRY_BYTES = 64;

    /** The reference is the next entry. */
    private static final class Entry extends AtomicReference<Entry> {
        private static final long serialVersionUID = 1L;
        private transient byte[] message;

        Entry(byte[] message) {
            this.message = message;
        }

        long bytes() {
            return message.length + (long) ENTRY_BYTES;
        }
    }

    /** Names this order to the peer: another one begins with number 1 again. */
    final long stream;

    private final long high;
    private final long low;
    private final long limit;

    private final AtomicReference<Entry> tail;
    private final AtomicLong queued = new AtomicLong();
    private volatile boolean full;
    private final List<Runnable> waiters = new ArrayList<>(); // guarded by itself
    private volatile boolean ended;

    // The lane's thread only.
    private Entry acked;
    private Entry sent;
    private long ackedNumber;
    private long sentNumber;
    private long highest; // ever sent
    private long underWay;

    Outbox(long stream, Settings settings) {
        this.stream = stream;
        this.high = settings.queueBytes;
        this.low = settings.queueBytes / 2;
        this.limit = settings.limitBytes;
        Entry first = new Entry(null);
        acked = first;
        sent = first;
        tail = new AtomicReference<>(first);
    }

    /** Any thread. */
    void append(byte[] message) {
        Entry entry = new Entry(message);
        long bytes = entry.bytes();
        long now = queued.addAndGet(bytes);
        if (now >= high) {
            full = true; // also for who throws: the next is to pause
            if (now > limit) {
                if (queued.addAndGet(-bytes) <= low) drained(); // consumed meanwhile
                throw new IllegalStateException(
                        "more than " + limit + " bytes wait for the peer; the sender did not heed isWritable");
            }
            if (queued.get() <= low) drained(); // consumed meanwhile
        }
        tail.getAndSet(entry).set(entry);
    }

    long queuedBytes() {
        return queued.get();
    }

    boolean isWritable() {
        return !full;
    }

    /** Any thread. */
    void whenWritable(Runnable task) {
        synchronized (waiters) {
            if (full && !ended) {
                waiters.add(task);
                return;
            }
        }
        task.run();
    }

    /** Nothing is sent from here any more. Any thread. */
    void end() {
        ended = true;
        drained();
    }

    private void drained() {
        List<Runnable> due;
        synchronized (waiters) {
            full = false;
            due = List.copyOf(waiters);
            waiters.clear();
        }
        for (Runnable task : due) {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("what=task_failed", e);
            }
        }
    }

    /** The peer consumed everything up to a number. */
    void acked(long number) throws BadFrame {
        if (number > highest) throw new BadFrame("confirmed " + number + " of " + highest);
        long freed = 0;
        while (ackedNumber < number) {
            Entry next = acked.get();
            freed += next.bytes();
            acked.lazySet(null); // what is gone must not keep the younger alive
            acked = next;
            ackedNumber++;
        }
        if (freed == 0) return;
        acked.message = null;
        underWay -= freed;
        if (sentNumber < ackedNumber) { // written to a connection before this one
            sent = acked;
            sentNumber = ackedNumber;
            underWay = 0;
        }
        if (queued.addAndGet(-freed) <= low && full) drained();
    }

    /** A new connection: what is not confirmed is sent again. */
    void rewind() {
        sent = acked;
        sentNumber = ackedNumber;
        underWay = 0;
    }

    /** The number of the next message written. */
    long nextNumber() {
        return sentNumber + 1;
    }

    boolean isAllWritten() {
        return sent.get() == null;
    }

    /** How many bytes {@link #write} would write, about {@code most} at most; 0 if nothing waits or the window is full. */
    int writable(int window, int most) {
        long bytes = 0;
        long way = underWay;
        for (Entry e = sent.get(); e != null && bytes < most && fits(way, e, window); e = e.get()) {
            way += e.bytes();
            bytes += Frames.DATA_HEAD_BYTES + (long) e.message.length;
        }
        return (int) bytes;
    }

    /** A message larger than the window goes alone. */
    private static boolean fits(long underWay, Entry e, int window) {
        return underWay == 0 || underWay + e.bytes() <= window;
    }

    /** Writes just {@code bytes} bytes of frames. @return how many frames */
    int write(ByteBuf out, long epoch, int bytes) {
        int frames = 0;
        for (int left = bytes; left > 0; frames++) {
            Entry e = sent.get();
            Frames.data(out, epoch, ++sentNumber, e.message);
            left -= Frames.DATA_HEAD_BYTES + e.message.length;
            underWay += e.bytes();
            sent = e;
        }
        highest = Math.max(highest, sentNumber);
        return frames;
    }
}
