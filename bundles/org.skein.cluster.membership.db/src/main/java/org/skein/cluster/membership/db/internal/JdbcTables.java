package org.skein.cluster.membership.db.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode.Figures;

/**
 * The tables over one connection, in MySQL's dialect. All times are the database's. A change of the view is one request
 * with all its statements, so that a process that stops after sending it holds no lock: the database runs it to the end.
 */
final class JdbcTables implements Tables {
    private static final String ROW = "host = ?, port = ?, secondary = ?, fingerprint = ?, fingerprint_next = ?,"
            + " protocol_min = ?, protocol_version = ?, protocol_level = ?, server_version = ?, state = ?, links = ?, cpu_usage = ?, mem_usage = ?, sessions = ?,"
            + " strategy = ?, last_updated = CURRENT_TIMESTAMP(3), beat = beat + 1, incarnation = ?";
    private static final String UPDATE_OWN =
            "UPDATE cluster_nodes SET " + ROW + " WHERE hostname = ? AND (incarnation = ?"
                    + " OR EXISTS (SELECT 1 FROM cluster_member WHERE cluster_member.incarnation = ?))";
    private static final String REPLACE =
            "UPDATE cluster_nodes SET " + ROW + " WHERE hostname = ? AND incarnation = ? AND beat = ?";
    private static final String INSERT =
            "INSERT INTO cluster_nodes (host, port, secondary, fingerprint, fingerprint_next, protocol_min,"
                    + " protocol_version, protocol_level, server_version, state, links, cpu_usage, mem_usage, sessions, strategy,"
                    + " last_updated, beat, incarnation, hostname) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP(3), 1, ?, ?)";
    /** One statement, so view and members are of one moment. */
    private static final String VIEW = "SELECT v.epoch, v.level, v.changed_by,"
            + " TIMESTAMPDIFF(MICROSECOND, v.changed_at, CURRENT_TIMESTAMP(3)), m.name, m.incarnation, m.state, m.level,"
            + " m.host, m.port, UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000 FROM cluster_view v LEFT JOIN cluster_member m ON 1 = 1 WHERE v.id = 1";

    private static final String ROWS =
            "SELECT hostname, incarnation, host, port, secondary, fingerprint, fingerprint_next,"
                    + " protocol_level, server_version, state, links, beat,"
                    + " TIMESTAMPDIFF(MICROSECOND, last_updated, CURRENT_TIMESTAMP(3)), cpu_usage, mem_usage, sessions, strategy"
                    + " FROM cluster_nodes";
    private static final String READ = VIEW + ';' + ROWS;
    private static final String FORGET = "DELETE FROM cluster_nodes WHERE hostname = ? AND incarnation = ?";
    private static final String SWEEP = FORGET + " AND beat = ?";

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>(); // asked several times a second, for ever
    private long clockMs; // as the view was read

    JdbcTables(Connection connection, int timeoutMs) throws SQLException {
        this.connection = connection;
        connection.setNetworkTimeout(Runnable::run, timeoutMs);
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (Statement s = connection.createStatement()) {
            s.execute("SET time_zone = '+00:00'"); // ages must not jump with daylight saving
        }
    }

    @Override
    public Answer run(Operation operation) throws SQLException {
        if (operation instanceof Operation.Exchange e) return exchange(e.write());
        if (operation instanceof Operation.Change c) return change(c);
        if (operation instanceof Operation.Forget f) {
            return new Answer.Swept(update(FORGET, f.own().name(), f.own().incarnation()));
        }
        int rows = 0;
        for (StoredRow row : ((Operation.Sweep) operation).rows()) {
            rows += update(SWEEP, row.name(), row.incarnation(), row.beat());
        }
        return new Answer.Swept(rows);
    }

    /** In one round trip: a member does this two or three times a second for ever. */
    private Answer exchange(OwnRow own) throws SQLException {
        if (own == null) {
            PreparedStatement s = prepared(READ);
            s.execute();
            return snapshot(s, true);
        }
        PreparedStatement s = prepared(UPDATE_OWN + ';' + READ);
        set(s, all(own, own.id().name(), own.id().incarnation(), own.id().incarnation()));
        s.execute();
        boolean isThere = s.getUpdateCount() > 0;
        s.getMoreResults();
        Answer.Snapshot read = snapshot(s, true);
        return isThere ? read : exchangeAnew(own);
    }

    /** The own row is not there, or another's. */
    private Answer exchangeAnew(OwnRow own) throws SQLException {
        boolean ours = writeAnew(own);
        PreparedStatement s = prepared(READ);
        s.execute();
        return snapshot(s, ours);
    }

    private Answer.Snapshot snapshot(PreparedStatement executed, boolean ours) throws SQLException {
        StoredView view;
        try (ResultSet r = executed.getResultSet()) {
            view = view(r);
        }
        executed.getMoreResults();
        try (ResultSet r = executed.getResultSet()) {
            return new Answer.Snapshot(view, rows(r), ours, clockMs);
        }
    }

    private boolean writeAnew(OwnRow own) throws SQLException {
        String name = own.id().name();
        OwnRow.Replaced old = own.replaces();
        if (old != null) return update(REPLACE, all(own, name, old.incarnation(), old.beat())) > 0;
        try {
            return update(INSERT, all(own, name)) > 0;
        } catch (SQLIntegrityConstraintViolationException somebodyElses) {
            return false;
        }
    }

    private static Object[] all(OwnRow own, Object... more) {
        List<String> fingerprints = List.copyOf(own.fingerprints());
        Figures f = own.figures();
        List<Object> values = new ArrayList<>(List.of(
                own.host(),
                own.port(),
                own.clientAddress(),
                fingerprints.isEmpty() ? "" : fingerprints.get(0),
                fingerprints.size() < 2 ? "" : fingerprints.get(1),
                own.versions().lowest(),
                own.versions().highest(),
                own.level(),
                cut(own.version(), 64),
                own.state(),
                String.join(" ", own.links()),
                f.cpu(),
                f.memory(),
                f.sessions(),
                cut(f.strategy(), 64),
                own.id().incarnation()));
        values.addAll(List.of(more));
        return values.toArray();
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    private int update(String sql, Object... values) throws SQLException {
        PreparedStatement s = prepared(sql);
        set(s, values);
        return s.executeUpdate();
    }

    /** Closed with the connection. */
    private PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement s = statements.get(sql);
        if (s == null) {
            s = connection.prepareStatement(sql);
            statements.put(sql, s);
        }
        return s;
    }

    private static void set(PreparedStatement s, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) s.setObject(i + 1, values[i]);
    }

    private StoredView view(ResultSet r) throws SQLException {
        long epoch = 0;
        int level = 1;
        String changedBy = "";
        long ageMs = 0;
        List<Member> members = new ArrayList<>();
        Map<NodeId, StoredView.Address> addresses = new LinkedHashMap<>();
        boolean any = false;
        while (r.next()) {
            any = true;
            epoch = r.getLong(1);
            level = r.getInt(2);
            changedBy = r.getString(3);
            ageMs = r.getLong(4) / 1000;
            clockMs = (long) r.getDouble(11);
            if (r.getString(5) == null) continue;
            NodeId id = new NodeId(r.getString(5), r.getLong(6));
            members.add(new Member(id, state(r.getString(7)), r.getInt(8)));
            addresses.put(id, new StoredView.Address(r.getString(9), r.getInt(10)));
        }
        if (!any) throw new SQLException("cluster_view has no row with id 1");
        return new StoredView(new View(epoch, level, members), changedBy == null ? "" : changedBy, ageMs, addresses);
    }

    private static NodeState state(String name) {
        for (NodeState state : NodeState.values()) {
            if (state.name().equalsIgnoreCase(name)) return state;
        }
        return NodeState.JOINING; // of a version to come: it owns nothing we know of
    }

    private static List<StoredRow> rows(ResultSet r) throws SQLException {
        List<StoredRow> rows = new ArrayList<>();
        while (r.next()) {
            rows.add(new StoredRow(
                    r.getString(1),
                    r.getLong(2),
                    text(r, 3),
                    r.getInt(4),
                    text(r, 5),
                    text(r, 6),
                    text(r, 7),
                    r.getInt(8),
                    text(r, 9),
                    text(r, 10),
                    Arrays.stream(text(r, 11).split(" ")).collect(Collectors.toUnmodifiableSet()),
                    r.getLong(12),
                    r.getLong(13) / 1000,
                    new Figures(r.getDouble(14), r.getDouble(15), r.getInt(16), text(r, 17))));
        }
        return rows;
    }

    private static String text(ResultSet r, int column) throws SQLException {
        String text = r.getString(column);
        return text == null ? "" : text;
    }

    private Answer change(Operation.Change change) throws SQLException {
        View to = change.to().view();
        List<Object> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder("BEGIN;UPDATE cluster_view SET epoch = ?, level = ?, members = ?,"
                + " changed_by = ?, changed_at = CURRENT_TIMESTAMP(3) WHERE id = 1 AND epoch = ?");
        values.addAll(List.of(
                to.epoch(),
                to.level(),
                to.members().stream()
                        .map(m -> m.id() + " " + m.state().name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")),
                change.by().toString(),
                to.epoch() - 1));
        // What follows does something only if the epoch is now the one set here, by this node.
        String applied = "EXISTS (SELECT 1 FROM cluster_view WHERE id = 1 AND epoch = ? AND changed_by = ?)";
        sql.append(";DELETE FROM cluster_member WHERE ").append(applied);
        values.addAll(List.of(to.epoch(), change.by().toString()));
        for (Member m : to.members()) {
            StoredView.Address at = change.to().addresses().get(m.id());
            sql.append(";INSERT INTO cluster_member (incarnation, name, state, level, host, port, epoch_joined)"
                    + " SELECT ?, ?, ?, ?, ?, ?, ? FROM cluster_view WHERE id = 1 AND epoch = ? AND changed_by = ?");
            values.addAll(List.of(
                    m.id().incarnation(),
                    m.id().name(),
                    m.state().name().toLowerCase(Locale.ROOT),
                    m.level(),
                    at.host(),
                    at.port(),
                    to.epoch(),
                    to.epoch(),
                    change.by().toString()));
        }
        if (change.deletesRow()) {
            sql.append(";DELETE FROM cluster_nodes WHERE hostname = ? AND incarnation = ? AND ")
                    .append(applied);
            values.addAll(List.of(
                    change.by().name(),
                    change.by().incarnation(),
                    to.epoch(),
                    change.by().toString()));
        }
        sql.append(";COMMIT");
        boolean done = false;
        try (PreparedStatement s = connection.prepareStatement(sql.toString())) {
            set(s, values.toArray());
            s.execute();
            s.getMoreResults();
            int changed = s.getUpdateCount(); // of the second statement, the compare-and-set
            while (s.getMoreResults() || s.getUpdateCount() != -1) {
                // an error of a later statement comes out here
            }
            done = true;
            return new Answer.Changed(changed == 1);
        } finally {
            if (!done) rollBack();
        }
    }

    private void rollBack() {
        try (Statement s = connection.createStatement()) {
            s.execute("ROLLBACK");
        } catch (SQLException gone) {
            close(); // then the database rolls back
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException gone) {
            // it is of no more use either way
            return;
        }
    }
}
