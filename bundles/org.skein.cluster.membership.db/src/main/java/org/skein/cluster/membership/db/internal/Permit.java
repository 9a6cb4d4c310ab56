package org.skein.cluster.membership.db.internal;

/**
 * Leave to serve until a moment of the monotonic clock (CLUSTER 5). Asked before each read batch and write, and lapses
 * by itself: a process that was stopped finds it over, whatever its timers did.
 */
final class Permit {
    private record Until(long nanos) {}

    private volatile Until until; // null: none

    void until(long nanos) {
        until = new Until(nanos);
    }

    void end() {
        until = null;
    }

    boolean isValid(long nowNanos) {
        Until u = until;
        return u != null && u.nanos - nowNanos > 0;
    }
}
