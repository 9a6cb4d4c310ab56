package org.skein.c2s.internal;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Lets logins begin at a bounded rate, so that a crowd that comes back after another node is gone does not take this
 * one's processors from the users it has. A token bucket of one second's worth, kept as a time: when the next login may
 * begin. Who comes early is given a time to wait for, in the order of coming, as long as that is soon: so the queue is
 * bounded by the rate and needs no list. Any thread.
 */
final class LoginAdmission {
    /** No place: to be refused, but after a pause of {@link #pauseNanos}. */
    static final long REFUSED = -1;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = 4 * SECOND;
    private static final long PAUSE = 2 * SECOND;

    private final LongSupplier nanos;
    private final LongSupplier perSecond;
    private final long patience;
    private final long pause;
    private final LongAdder delayed;
    private final LongAdder refused;
    private final AtomicLong next;

    /** @param perSecond asked each time; 0 = no limit */
    LoginAdmission(LongSupplier perSecond, LongAdder delayed, LongAdder refused) {
        this(System::nanoTime, perSecond, PATIENCE, PAUSE, delayed, refused);
    }

    LoginAdmission(
            LongSupplier nanos,
            LongSupplier perSecond,
            long patience,
            long pause,
            LongAdder delayed,
            LongAdder refused) {
        this.nanos = nanos;
        this.perSecond = perSecond;
        this.patience = patience;
        this.pause = pause;
        this.delayed = delayed;
        this.refused = refused;
        this.next = new AtomicLong(nanos.getAsLong() - SECOND);
    }

    /** Takes the next place. @return nanoseconds to wait for it, 0 for none; or {@link #REFUSED} */
    long reserve() {
        long rate = perSecond.getAsLong();
        if (rate <= 0) {
            return 0;
        }
        long now = nanos.getAsLong();
        while (true) {
            long seen = next.get();
            long place = seen - (now - SECOND) > 0 ? seen : now - SECOND;
            long wait = Math.max(0, place - now);
            if (wait > patience) {
                refused.increment();
                return REFUSED;
            }
            if (next.compareAndSet(seen, place + SECOND / rate)) {
                if (wait > 0) {
                    delayed.increment();
                }
                return wait;
            }
        }
    }

    /** Gives back a place that was waited for in vain. */
    void release() {
        long rate = perSecond.getAsLong();
        if (rate > 0) {
            next.addAndGet(-SECOND / rate);
        }
    }

    /** How long who is refused is kept from asking again: not all for the same time, so that they do not return as one. */
    long pauseNanos() {
        return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    }
}
