package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.skein.api.storage.FencedException;

/**
 * The condition under which a write takes effect (CLUSTER 6): that an incarnation is in {@code cluster_member}. A
 * statement that is complete in itself has it inside, and reads the member's row with a shared lock where the database
 * has such: so what changes the view waits for statements under way, and none takes effect after it. A transaction
 * checks it last, by a plain read, so that a node stopped in the middle holds no lock on that row.
 *
 * @param incarnation 0 for no condition
 * @param lock what makes a read locking, in words of the database
 */
record Fence(long incarnation, String lock) {
    static final Fence NONE = new Fence(0, "");

    boolean isNone() {
        return incarnation == 0;
    }

    private String select(String what) {
        return "SELECT " + what + " FROM cluster_member WHERE incarnation = " + incarnation + lock;
    }

    /** To be put behind a condition. */
    String and() {
        return isNone() ? "" : " AND EXISTS (" + select("1") + ")";
    }

    /** A parameter's value, or NULL if fenced. */
    String orNull(String parameter) {
        return isNone() ? parameter : "(" + select(parameter) + ")";
    }

    /** True if this is what a column that is never NULL complained about. */
    boolean isReasonOf(SQLException e) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            // MySQL: column cannot be null; H2: NULL not allowed
            if (!isNone() && (each.getErrorCode() == 1048 || each.getErrorCode() == 23502)) return true;
        }
        return false;
    }

    FencedException exception() {
        return new FencedException("incarnation " + incarnation + " is not in the view");
    }

    /** Why a write changed nothing, or whether a transaction may be committed. */
    void check(Connection c) throws SQLException {
        if (isNone()) return;
        List<Integer> rows =
                Sql.query(c, "SELECT 1 FROM cluster_member WHERE incarnation = ?", row -> row.getInt(1), incarnation);
        if (rows.isEmpty()) throw exception();
    }
}
