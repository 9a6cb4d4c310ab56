package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.directory.internal.VirtualNode.Session;
import org.skein.xmpp.Jid;

/** A virtual cluster, and what tests do with it. */
abstract class DirectoryCase {
    static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

    final VirtualCluster cluster = new VirtualCluster(1);
    final List<VirtualNode> nodes = new ArrayList<>();

    @AfterEach
    void nothingFailed() {
        nodes.forEach(node -> assertEquals(List.of(), node.failures, node.toString()));
    }

    void started(int n) {
        for (int i = 0; i < n; i++) nodes.add(cluster.join(NAMES[i]));
        cluster.runMs(10);
        nodes.forEach(VirtualNode::startStrategy);
        cluster.runMs(1000);
        nodes.forEach(node -> assertTrue(node.isStarted));
        cluster.frames.clear();
    }

    static Jid account(int i) {
        return Jid.of("user" + i + "@example.org");
    }

    static Session bind(VirtualNode node, Jid account) {
        return node.bind(account.withResource("r"));
    }

    static Set<NodeId> ids(VirtualNode... nodes) {
        Set<NodeId> ids = new TreeSet<>();
        for (VirtualNode node : nodes) ids.add(node.id);
        return ids;
    }

    Set<NodeId> others(VirtualNode node) {
        Set<NodeId> ids = new TreeSet<>(node.view.ids());
        ids.remove(node.id);
        return ids;
    }

    static Set<NodeId> now(VirtualNode node, Jid account) {
        return new TreeSet<>(node.strategy.locate(account).now());
    }

    Set<NodeId> locate(VirtualNode node, Jid account) {
        List<Set<NodeId>> told = new ArrayList<>();
        node.strategy.locate(account).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        cluster.runMs(100);
        return told.get(0);
    }

    /** An account whose entry is not at these nodes, but at others. */
    Jid accountAway(VirtualNode... from) {
        for (int i = 0; ; i++) {
            List<VirtualNode> seats = seats(account(i));
            if (List.of(from).stream().noneMatch(seats::contains)) return account(i);
        }
    }

    /** Owner and replica. */
    List<VirtualNode> seats(Jid account) {
        Placement placement = new Placement(
                0,
                nodes.stream()
                        .filter(n -> n.isAlive)
                        .map(n -> new Participant(n.id, 1))
                        .toList());
        return placement.seats(account).stream().map(p -> cluster.node(p.id())).toList();
    }

    long figure(VirtualNode node, String name) {
        return node.strategy.figures().get(name);
    }

    long sum(String... names) {
        long sum = 0;
        for (VirtualNode node : cluster.alive()) {
            if (node.strategy == null) continue;
            for (String name : names) sum += figure(node, name);
        }
        return sum;
    }

    Session bindAndRun(VirtualNode node, Jid account) {
        Session session = bind(node, account);
        cluster.runMs(100);
        return session;
    }

    VirtualNode join() {
        VirtualNode node = cluster.join(NAMES[nodes.size()]);
        nodes.add(node);
        cluster.runMs(10);
        node.startStrategy();
        cluster.runMs(3000);
        assertTrue(node.isStarted);
        return node;
    }
}
