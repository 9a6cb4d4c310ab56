package org.skein.cluster.membership.db.internal;

/**
 * How long what takes, in nanoseconds.
 *
 * @param silence after which a member that is not heard is to be excluded
 * @param permit how long one answer lets a member serve
 * @param row how often the own row is written
 * @param read how often the tables are read; faster while somebody is not heard
 * @param otherSide how long the smaller linked side leaves the proposal to the larger
 * @param grace how long members serve by their links alone when nothing is known of the database; from then on a view
 *     none of whose members can be reached may be taken over
 * @param tick how often the machine looks around
 */
record Timing(long silence, long permit, long row, long read, long otherSide, long grace, long tick) {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;

    /** As CLUSTER 5 to 7 have it. */
    static Timing of(long silenceMs, long graceSeconds) {
        return new Timing(silenceMs * MS, SECOND, SECOND, 400 * MS, 10 * SECOND, graceSeconds * SECOND, 100 * MS);
    }

    /** A row that was not written for so long is stale: a bit less than silence, for it is seen with delay. */
    long stale() {
        return silence - 500 * MS;
    }

    /** A timer that comes later than this shows that this process did not run. */
    long lag() {
        return 500 * MS;
    }
}
