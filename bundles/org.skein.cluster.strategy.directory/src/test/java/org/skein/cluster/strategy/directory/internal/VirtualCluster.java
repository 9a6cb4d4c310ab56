package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;

/** Nodes with directories and of the core what matters to them, in virtual time and in the test's own thread. */
final class VirtualCluster {
    static final long MS = 1_000_000;

    private record Event(long at, long number, Runnable task) {}

    final Random random;
    /** Requests sent, by their kind in {@link Frames}. */
    final Map<Integer, Long> frames = new TreeMap<>();

    /** Changes told, one by one. */
    final List<Frames.Change> changes = new ArrayList<>();

    /** Nodes which take in nothing, no view either. */
    final Set<NodeId> silent = new HashSet<>();

    /** What each pair's messages take, in nanoseconds. */
    LongSupplier delay = () -> MS / 10;

    /** What answers take. */
    LongSupplier answerDelay = () -> delay.getAsLong();

    /** What it takes until a node installs a view, and runs a task. */
    LongSupplier lag = () -> 0;

    int cacheEntries = 1000;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final Map<String, VirtualNode> members = new LinkedHashMap<>();
    final Set<NodeId> everMembers = new HashSet<>();
    private long numbers;
    private long incarnations;
    private long epoch;
    long now;

    VirtualCluster(long seed) {
        random = new Random(seed);
    }

    void after(long nanos, Runnable task) {
        events.add(new Event(now + nanos, numbers++, task));
    }

    /** Lets time pass. */
    void run(long nanos) {
        long until = now + nanos;
        while (!events.isEmpty() && events.peek().at <= until) {
            Event e = events.poll();
            now = e.at;
            e.task.run();
        }
        now = until;
    }

    void runMs(long ms) {
        run(ms * MS);
    }

    /** A node becomes a member; its strategy does not run yet. */
    VirtualNode join(String name) {
        VirtualNode node = new VirtualNode(this, new NodeId(name, ++incarnations));
        if (members.putIfAbsent(name, node) != null) throw new IllegalStateException(name);
        everMembers.add(node.id);
        propose();
        return node;
    }

    /** Its process is gone; the others hear of it after a while. */
    void crash(VirtualNode node, long noticedAfter) {
        node.die();
        after(noticedAfter, () -> {
            if (members.remove(node.id.name(), node)) propose();
        });
    }

    boolean isMember(String name) {
        return members.containsKey(name);
    }

    private void propose() {
        List<Member> ids = members.values().stream()
                .map(n -> new Member(n.id, NodeState.SERVING, 1))
                .toList();
        View view = new View(++epoch, 1, ids);
        for (VirtualNode node : List.copyOf(members.values())) {
            node.nextViews.add(view);
            after(lag.getAsLong(), node::installNext);
        }
    }

    VirtualNode node(NodeId id) {
        VirtualNode node = members.get(id.name());
        return node != null && node.id.equals(id) ? node : null;
    }

    List<VirtualNode> alive() {
        return new ArrayList<>(members.values().stream().filter(n -> n.isAlive).toList());
    }

    /** It goes on where it stopped. */
    void release(NodeId id) {
        silent.remove(id);
        node(id).pumpAll();
    }

    long sent(int kind) {
        return frames.getOrDefault(kind, 0L);
    }
}
