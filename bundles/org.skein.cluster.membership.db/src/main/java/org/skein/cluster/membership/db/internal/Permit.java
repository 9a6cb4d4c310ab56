package org.skein.cluster.membership.db.internal;

import org.skein.cluster.api.NodeId;

/**
 * Leave to serve until a moment of the monotonic clock (CLUSTER 5). Asked before each read batch and write, and lapses
 * by itself: a process that was stopped finds it over, whatever its timers did.
 */
final class Permit {
    private record Until(long nanos, NodeId life) {}

    private volatile Until until; // null: none
    private volatile NodeId begun; // null: none

    /** The life may serve until then, once it has {@link #begin begun}. */
    void until(long nanos, NodeId life) {
        until = new Until(nanos, life);
    }

    void end() {
        until = null;
    }

    /** This life has been told of its first view; null: it is over. */
    void begin(NodeId life) {
        begun = life;
    }

    boolean isValid(long nowNanos) {
        Until u = until;
        return u != null && u.nanos - nowNanos > 0 && u.life.equals(begun);
    }
}
