package org.skein.cluster.membership.db.internal;

import java.util.List;
import org.skein.cluster.api.NodeId;

/** What the machine asks of the database. One is under way at a time. */
sealed interface Operation {
    /** Writes the own row if there is one, then reads view and rows. Answered by {@link Answer.Snapshot}. */
    record Exchange(OwnRow write) implements Operation {}

    /**
     * Compare-and-set of the view: applied if the stored epoch is still the one before. Answered by
     * {@link Answer.Changed}.
     *
     * @param by the node that asks for it
     * @param deletesRow whether the row of {@code by} goes too, in the same transaction
     */
    record Change(StoredView to, NodeId by, boolean deletesRow) implements Operation {}

    /** Deletes the own row, of a node that is in no view. Answered by {@link Answer.Swept}. */
    record Forget(NodeId own) implements Operation {}

    /** Deletes rows nobody wrote for long, unless they were written since. Answered by {@link Answer.Swept}. */
    record Sweep(List<StoredRow> rows) implements Operation {}
}
