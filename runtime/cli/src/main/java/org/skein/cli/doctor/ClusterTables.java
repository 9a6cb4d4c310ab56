package org.skein.cli.doctor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cluster as the database has it; ages by its own clock.
 *
 * @param level of the protocol the members speak
 * @param nodes all rows
 */
record ClusterTables(int level, List<NodeRow> nodes) {
    /** Where there is no such table, or no database. */
    static final ClusterTables NONE = new ClusterTables(0, List.of());

    static ClusterTables read(Instance instance, Statement statement, Findings findings) throws SQLException {
        int level = 0;
        try (ResultSet row = statement.executeQuery("SELECT epoch, members, level FROM cluster_view")) {
            if (row.next()) {
                String members = row.getString(2);
                level = row.getInt(3);
                findings.ok("view", "epoch " + row.getLong(1) + (members.isBlank() ? ", empty" : ": " + members));
            }
        }
        List<NodeRow> nodes = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(NodeRow.ALL)) {
            while (row.next()) {
                nodes.add(NodeRow.of(row));
            }
        }
        nodes.forEach(node -> tell(node, findings));
        if (nodes.isEmpty() && instance.isClustered()) {
            findings.ok("nodes", "none in cluster_nodes");
        }
        return new ClusterTables(level, List.copyOf(nodes));
    }

    private static void tell(NodeRow node, Findings findings) {
        if (node.isInTime()) {
            findings.ok("member", node.seen());
        } else if (node.age() < 0) {
            findings.warn(
                    "member",
                    node.seen(),
                    "Its time is ahead of the database's clock: was that put back, or the row written by hand? Nodes go"
                            + " by whether rows change; what nobody writes is deleted after an hour");
        } else if (node.isMember()) {
            findings.warn(
                    "member",
                    node.seen(),
                    "Its node is gone or does not reach the database; the others exclude it if it is gone");
        } else {
            findings.warn(
                    "member", node.seen(), "A node that ended without a word left this; it is deleted after an hour");
        }
    }

    /** The row this node writes, by its name. */
    Optional<NodeRow> own(Instance instance) {
        if (nodes.isEmpty()) return Optional.empty(); // to look up the own name may take long
        String name = NameCheck.ownName(instance);
        return nodes.stream().filter(n -> n.name().equalsIgnoreCase(name)).findFirst();
    }

    /** The fresh rows that other nodes write, members first; they are none of the business of a node that is alone. */
    List<NodeRow> others(Instance instance) {
        if (!instance.isClustered()) return List.of();
        Optional<NodeRow> own = own(instance);
        List<NodeRow> others = new ArrayList<>();
        for (boolean members : new boolean[] {true, false}) {
            nodes.stream()
                    .filter(n -> n.isFresh() && n.isMember() == members)
                    .filter(n -> own.isEmpty() || n != own.get())
                    .forEach(others::add);
        }
        return others;
    }
}
