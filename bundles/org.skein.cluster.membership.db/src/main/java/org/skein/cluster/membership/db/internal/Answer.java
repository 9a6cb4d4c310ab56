package org.skein.cluster.membership.db.internal;

import java.util.List;

/** What the database answered. */
sealed interface Answer {
    /**
     * The tables at one moment or almost: the view in one statement, the rows in another.
     *
     * @param rowIsOurs false if the row of the own name is another incarnation's, and nothing was written
     * @param clockMs the database's clock
     */
    record Snapshot(StoredView stored, List<StoredRow> rows, boolean rowIsOurs, long clockMs) implements Answer {}

    /** @param applied false if the epoch was another one */
    record Changed(boolean applied) implements Answer {}

    record Swept(int rows) implements Answer {}

    /**
     * No answer; what was asked for may have happened or may yet happen.
     *
     * @param refused true if nobody listens at the database's port: then it answers nobody else either
     */
    record Failed(String reason, boolean refused) implements Answer {}
}
