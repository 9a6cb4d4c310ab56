package org.skein.cli.doctor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A row of {@code cluster_nodes}, whoever wrote it: any value may be nonsense.
 *
 * @param name the node's
 * @param host where others dial it
 * @param fingerprints SHA-256 of its certificate and of the one it changes to, in hex
 * @param minVersion the lowest version of the protocol it speaks
 * @param maxVersion the highest one
 * @param level of the protocol, which a cluster only raises
 * @param age seconds since it was written, by the database's clock
 * @param isMember whether it is in the view
 */
record NodeRow(
        String name,
        String host,
        int port,
        String state,
        int sessions,
        String version,
        Set<String> fingerprints,
        int minVersion,
        int maxVersion,
        int level,
        double age,
        boolean isMember) {
    static final String ALL =
            "SELECT n.hostname, n.host, n.port, n.state, n.sessions, n.server_version, n.fingerprint, n.fingerprint_next,"
                    + " n.protocol_min, n.protocol_version, n.protocol_level,"
                    + " TIMESTAMPDIFF(MICROSECOND, n.last_updated, CURRENT_TIMESTAMP(3)) / 1000000, m.incarnation"
                    + " FROM cluster_nodes n LEFT JOIN cluster_member m ON m.incarnation = n.incarnation"
                    + " ORDER BY n.hostname";
    private static final double STALE_S = 10;

    /** @param row of what {@link #ALL} answers */
    static NodeRow of(ResultSet row) throws SQLException {
        return new NodeRow(
                text(row, 1),
                text(row, 2),
                row.getInt(3),
                text(row, 4),
                row.getInt(5),
                text(row, 6),
                Set.copyOf(List.of(text(row, 7), text(row, 8))),
                row.getInt(9),
                row.getInt(10),
                row.getInt(11),
                row.getDouble(12),
                row.getLong(13) != 0);
    }

    /** It goes to a terminal, which must not be told to do something. */
    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text.replaceAll("\\p{Cntrl}", "?");
    }

    boolean isInTime() {
        return Math.abs(age) <= STALE_S;
    }

    /** Not what somebody left behind. */
    boolean isFresh() {
        return isMember || isInTime();
    }

    String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** For people. */
    String seen() {
        return String.format(
                Locale.ROOT,
                "%s at %s, %s, %d sessions, version %s, %s, last sign %.1f s ago",
                name,
                address(),
                state,
                sessions,
                version,
                isMember ? "in the view" : "not in the view",
                age);
    }
}
