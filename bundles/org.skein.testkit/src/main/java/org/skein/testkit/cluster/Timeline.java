package org.skein.testkit.cluster;

/** Monotonic time, and things that happen later in it. */
public interface Timeline {
    long nanos();

    /** Runs a task when it is that time, in one thread with all other such tasks. */
    void at(long nanos, Runnable task);

    default void after(long delayNanos, Runnable task) {
        at(nanos() + delayNanos, task);
    }
}
