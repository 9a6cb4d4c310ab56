package org.skein.testkit.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.testkit.ManualScheduler;

/**
 * A cluster whose nodes live in the test's own thread: each has a {@link org.skein.cluster.api.Cluster} with working
 * {@link org.skein.cluster.api.Peers}. Each lane between two nodes is a loop of a {@link ManualScheduler}, so
 * {@code runAll} and {@code advance} deliver, and {@code runOne(random)} delivers in an order that only keeps what the
 * contract keeps: each lane's own. Not thread-safe.
 */
public final class InMemoryCluster {
    private static final int LEVEL = 1;

    final ManualScheduler scheduler;
    private final Map<String, InMemoryNode> running = new TreeMap<>();
    private final Map<String, NodeState> states = new LinkedHashMap<>();
    private long epoch;
    private long incarnations;

    public InMemoryCluster(ManualScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** A node that is in no view yet: it has its handlers and listeners added, then {@link #join}. */
    public InMemoryNode node(String name) {
        return new InMemoryNode(this, new NodeId(name, ++incarnations));
    }

    /** A view with this node too is on its way to all; the node serves as soon as it has installed it. */
    public InMemoryNode join(InMemoryNode node) {
        if (running.putIfAbsent(node.self().name(), node) != null) {
            throw new IllegalStateException(node.self().name() + " is in already");
        }
        states.put(node.self().name(), NodeState.SERVING);
        propose();
        return node;
    }

    public InMemoryNode join(String name) {
        return join(node(name));
    }

    /** Its process is gone: what it sent and has not arrived is lost, and a view without it is on its way. */
    public void crash(InMemoryNode node) {
        node.dead();
        remove(node);
    }

    /**
     * A view without it is on its way; it finds itself outside and goes on under a new incarnation, in no view until it
     * {@link #join joins} again.
     */
    public void exclude(InMemoryNode node) {
        remove(node);
        node.excluded(new NodeId(node.self().name(), ++incarnations));
    }

    /** It leaves the view in good order; what it sent before still arrives. */
    public void leave(InMemoryNode node) {
        remove(node);
        node.left();
    }

    private void remove(InMemoryNode node) {
        if (!running.remove(node.self().name(), node)) {
            throw new IllegalStateException(node.self() + " is not in");
        }
        states.remove(node.self().name());
        propose();
    }

    public void state(InMemoryNode node, NodeState state) {
        states.put(node.self().name(), state);
        propose();
    }

    /** What {@code from} sends to {@code to} arrives nowhere until {@link #release}. */
    public void hold(InMemoryNode from, InMemoryNode to) {
        from.held.put(to, true);
    }

    public void release(InMemoryNode from, InMemoryNode to) {
        from.held.remove(to);
        from.flush(to);
    }

    /** Messages on their way between nodes that have not arrived. */
    public int inFlight() {
        return running.values().stream().mapToInt(InMemoryNode::inFlight).sum();
    }

    /** The nodes of the newest view, by name. */
    public List<InMemoryNode> nodes() {
        return List.copyOf(running.values());
    }

    InMemoryNode running(NodeId id) {
        InMemoryNode node = running.get(id.name());
        return node != null && node.self().equals(id) ? node : null;
    }

    private void propose() {
        epoch++;
        List<Member> members = new ArrayList<>();
        running.values()
                .forEach(n ->
                        members.add(new Member(n.self(), states.get(n.self().name()), LEVEL)));
        View view = new View(epoch, LEVEL, members);
        Collection<InMemoryNode> all = Set.copyOf(running.values());
        nodes().stream().filter(all::contains).forEach(n -> n.install(view));
    }
}
