package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;

/**
 * Nodes with the strategy under test, in the test's own thread: an ordered wire for each pair, answers in any order,
 * views that are installed sooner here than there, and time that stands still until it is moved.
 */
final class VirtualCluster {
    /** What travels on a wire. */
    record Packet(VirtualNode from, long epoch, Runnable arrival) {}

    private record Timer(long at, long number, Runnable task) {}

    private record Wire(VirtualNode from, VirtualNode to) {}

    final Random random;
    final Limits limits;
    final List<VirtualNode> nodes = new ArrayList<>();
    final Set<VirtualNode> silent = new HashSet<>(); // nothing arrives there
    BiConsumer<VirtualNode, byte[]> tap = (to, frame) -> {};
    private final Map<Wire, Deque<Packet>> wires = new LinkedHashMap<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
    private final Map<NodeId, VirtualNode> members = new TreeMap<>();
    private long nanos;
    private long numbers;
    private long epoch;
    private long runs;

    VirtualCluster(long seed, Limits limits) {
        random = new Random(seed);
        this.limits = limits;
    }

    static VirtualCluster of(int nodes) {
        VirtualCluster cluster = new VirtualCluster(1, Limits.USUAL);
        for (int i = 0; i < nodes; i++) cluster.join();
        cluster.settle();
        return cluster;
    }

    long number() {
        return ++runs;
    }

    // members

    VirtualNode join() {
        VirtualNode node = new VirtualNode(this, new NodeId("n" + members.size() % 5, number()));
        nodes.add(node);
        members.put(node.id, node);
        propose();
        return node;
    }

    void crash(VirtualNode node) {
        node.die();
        nodes.remove(node);
        members.remove(node.id);
        if (random.nextBoolean()) wires.keySet().removeIf(w -> w.from == node); // it was not sent yet
        propose();
    }

    private void propose() {
        epoch++;
        View view = new View(
                epoch,
                1,
                members.keySet().stream()
                        .map(id -> new Member(id, NodeState.SERVING, 1))
                        .toList());
        nodes.forEach(n -> n.views.add(view));
    }

    // the network

    void transmit(VirtualNode from, NodeId to, Runnable arrival) {
        VirtualNode receiver = members.get(to);
        if (receiver == null || receiver == from) return;
        wires.computeIfAbsent(new Wire(from, receiver), w -> new ArrayDeque<>())
                .add(new Packet(from, from.view.epoch(), arrival));
    }

    void answer(Runnable arrival) {
        answers.add(arrival);
    }

    void later(Duration delay, Runnable task) {
        timers.add(new Timer(nanos + delay.toNanos(), numbers++, task));
    }

    private List<Runnable> possible() {
        List<Runnable> steps = new ArrayList<>(answers.size() + wires.size());
        for (Runnable answer : answers) {
            steps.add(() -> {
                answers.remove(answer);
                answer.run();
            });
        }
        wires.forEach((wire, packets) -> {
            Packet next = packets.peek();
            if (next != null && !silent.contains(wire.to) && (wire.to.isDead() || next.epoch <= wire.to.view.epoch())) {
                steps.add(() -> arrive(wire, packets.poll()));
            }
        });
        for (VirtualNode node : nodes) {
            if (!node.views.isEmpty()) steps.add(node::install);
        }
        return steps;
    }

    private static void arrive(Wire wire, Packet packet) {
        if (!wire.to.isDead() && wire.to.view.contains(packet.from.id)) packet.arrival.run();
    }

    /** One thing arrives, whichever; false if nothing is under way. */
    boolean step() {
        List<Runnable> steps = possible();
        if (steps.isEmpty()) return false;
        steps.get(random.nextInt(steps.size())).run();
        return true;
    }

    /** Time goes on to the next thing that falls due. */
    void tick() {
        Timer next = timers.poll();
        if (next == null) return;
        nanos = Math.max(nanos, next.at);
        next.task.run();
    }

    /** Nothing arrives for that time. */
    void stall(Duration time) {
        long until = nanos + time.toNanos();
        while (!timers.isEmpty() && timers.peek().at <= until) tick();
        nanos = until;
    }

    /** All that is under way arrives, and what follows within that time. */
    void settle(Duration time) {
        long until = nanos + time.toNanos();
        nodes.forEach(VirtualNode::writable);
        for (int steps = 0; ; ) {
            while (step()) {
                if (++steps > 100_000) throw new AssertionError("they talk for ever");
            }
            Timer next = timers.peek();
            if (next == null || next.at > until) break;
            tick();
        }
        nanos = until;
    }

    void settle() {
        settle(Duration.ofMillis(500));
    }
}
