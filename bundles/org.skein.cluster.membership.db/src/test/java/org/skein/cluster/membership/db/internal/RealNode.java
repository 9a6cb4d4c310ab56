package org.skein.cluster.membership.db.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.Membership;
import org.skein.testkit.cluster.VirtualNetwork;

/** A node in real time on a real database; only its links are virtual. Does what the core does with a membership. */
final class RealNode implements Membership.Listener {
    final VirtualNetwork.End endpoint;
    volatile Membership.Participation part;
    private final CompletableFuture<Membership.Participation> ready = new CompletableFuture<>();
    final List<View> views = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();

    RealNode(VirtualNetwork network, DataSource database, String name, String host, int port) {
        NodeId id = new NodeId(name, Incarnations.next());
        endpoint = network.open(id, host, port, this::linkChanged);
        DatabaseMembership membership = new DatabaseMembership(
                Timing.of(2500, 300),
                n -> new DatabaseThread(n, DatabaseThread.of(database, 2000)),
                h -> Optional.empty());
        part = membership.join(
                new LocalNode(
                        id,
                        host,
                        port,
                        host + ":5222",
                        1,
                        "test",
                        List.of(),
                        () -> new LocalNode.Figures(0.25, 0.5, 7, "broadcast")),
                endpoint,
                this);
        ready.complete(part);
    }

    private void linkChanged(NodeId peer) {
        if (part != null) part.linkChanged(peer);
    }

    @Override
    public void decided(View view) {
        endpoint.admit(Set.copyOf(view.ids()), view.epoch());
    }

    @Override
    public void installed(View view) {
        views.add(view);
        events.add("installed");
        ready.thenAccept(p -> {
            boolean joining = view.member(p.self()).stream().anyMatch(m -> m.state() == NodeState.JOINING);
            if (joining) p.state(NodeState.SERVING);
        });
    }

    @Override
    public void excluded() {
        events.add("excluded");
        endpoint.admit(Set.of(), 0);
    }

    @Override
    public void reborn(NodeId self) {
        events.add("reborn");
    }

    @Override
    public void serving(boolean serving) {
        events.add(serving ? "serving" : "not serving");
    }

    @Override
    public void refused(String reason, boolean forGood) {
        events.add("refused " + reason);
    }

    @Override
    public void database(boolean answers) {
        events.add(answers ? "database answers" : "database silent");
    }

    Set<String> members() {
        return part.view().ids().stream().map(NodeId::name).collect(Collectors.toSet());
    }

    boolean isIn(String... names) {
        return members().equals(Set.of(names)) && part.isServing();
    }

    static void sql(DataSource database, String... statements) throws SQLException {
        try (Connection c = database.getConnection();
                var s = c.createStatement()) {
            for (String statement : statements) s.execute(statement);
        }
    }

    static long number(DataSource database, String sql) throws SQLException {
        try (Connection c = database.getConnection();
                var s = c.createStatement();
                var r = s.executeQuery(sql)) {
            r.next();
            return r.getLong(1);
        }
    }
}
