package org.skein.cluster.membership.db.internal;

/** The judgements all safety hangs on, one method each, so that the tests can break them one by one. */
class Rules {
    /** A member that reads a view without itself is out (CLUSTER 5). */
    boolean isFenced(boolean inStoredView) {
        return !inStoredView;
    }

    /** An echo counts for the permit only if the peer has the same view installed (CLUSTER 5). */
    boolean echoCounts(long echoedEpoch, long ownEpoch) {
        return echoedEpoch == ownEpoch;
    }

    /** A view older than one already known freezes all (CLUSTER 10). */
    boolean isUsable(long storedEpoch, long newestEpoch) {
        return storedEpoch >= newestEpoch;
    }

    /** A stale row alone never excludes a linked member (CLUSTER 7). */
    boolean isGone(boolean silent, boolean rowIsStale) {
        return silent && rowIsStale;
    }

    /** Nobody acts for a member that left before its permit is over (CLUSTER 5). */
    long permitWait(long permitNanos) {
        return permitNanos;
    }
}
