package org.skein.cli.doctor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** The nodes as the database has them; ages by its own clock. */
final class ClusterTables {
    private static final double STALE_S = 10;
    private static final String NODES = "SELECT n.hostname, n.host, n.port, n.state, n.sessions, n.server_version,"
            + " TIMESTAMPDIFF(MICROSECOND, n.last_updated, CURRENT_TIMESTAMP(3)) / 1000000, m.incarnation"
            + " FROM cluster_nodes n LEFT JOIN cluster_member m ON m.incarnation = n.incarnation ORDER BY n.hostname";

    private ClusterTables() {}

    static void check(Instance instance, Statement statement, Findings findings) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT epoch, members FROM cluster_view")) {
            if (row.next()) {
                String members = row.getString(2);
                findings.ok("view", "epoch " + row.getLong(1) + (members.isBlank() ? ", empty" : ": " + members));
            }
        }
        int nodes = 0;
        try (ResultSet row = statement.executeQuery(NODES)) {
            while (row.next()) {
                nodes++;
                node(row, findings);
            }
        }
        if (nodes == 0 && instance.isClustered()) {
            findings.ok("nodes", "none in cluster_nodes");
        }
    }

    private static void node(ResultSet row, Findings findings) throws SQLException {
        double age = row.getDouble(7);
        boolean isMember = row.getLong(8) != 0;
        String seen = String.format(
                Locale.ROOT,
                "%s at %s:%d, %s, %d sessions, version %s, %s, last sign %.1f s ago",
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                isMember ? "in the view" : "not in the view",
                age);
        if (Math.abs(age) <= STALE_S) {
            findings.ok("member", seen);
        } else if (age < 0) {
            findings.warn(
                    "member",
                    seen,
                    "Its time is ahead of the database's clock: was that put back, or the row written by hand? Nodes go"
                            + " by whether rows change; what nobody writes is deleted after an hour");
        } else if (isMember) {
            findings.warn(
                    "member",
                    seen,
                    "Its node is gone or does not reach the database; the others exclude it if it is gone");
        } else {
            findings.warn("member", seen, "A node that ended without a word left this; it is deleted after an hour");
        }
    }
}
