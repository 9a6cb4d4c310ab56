package org.skein.cluster.membership.db.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.testkit.cluster.VirtualNetwork;
import org.skein.testkit.cluster.VirtualTime;

/**
 * A cluster in virtual time, all of it decided by a seed, with the checks of what must hold after every step:
 * <ol>
 * <li>never do two processes serve under one name;
 * <li>nobody serves outside the view once anybody acts on a view without it, and nobody who never was in one;
 * <li>of an epoch all have the same view;
 * <li>who is well linked with all that live is not excluded, whatever its row says.
 * </ol>
 */
final class Simulation {
    static final Timing TIMING = Timing.of(2500, 60);

    final long seed;
    final Random random;
    final VirtualTime time = new VirtualTime(this::check);
    final VirtualNetwork network;
    final VirtualTables tables;
    final List<SimNode> nodes = new ArrayList<>(); // all there ever were
    private final Rules rules;
    private final Map<NodeId, Long> outSince = new HashMap<>(); // epoch
    private final Map<String, Long> cutAt = new HashMap<>();
    private final Deque<String> story = new ArrayDeque<>();
    private long newestActedOn = -1;
    private long incarnations = 1_000;
    int level = 1; // of nodes that start
    private boolean restored;
    private boolean peace;

    Simulation(long seed, Rules rules) {
        this.seed = seed;
        this.rules = rules;
        random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        network = new VirtualNetwork(time, random);
        tables = new VirtualTables(time, random, this::changed);
    }

    long incarnation() {
        return ++incarnations;
    }

    void tell(String what) {
        story.add((time.nanos() / Timing.MS - 1000) + " ms: " + what);
        if (story.size() > 120) story.poll();
    }

    AssertionError failure(String what) {
        return new AssertionError(what + "\nseed " + seed + " at " + (time.nanos() / Timing.MS - 1000)
                + " ms, repeat with"
                + " -Dseed=" + seed + "\nstored " + tables.stored().view() + "\n"
                + nodes.stream().filter(n -> !n.dead).map(SimNode::toString).collect(Collectors.joining("\n"))
                + "\n" + String.join("\n", story));
    }

    // ---- what happens

    SimNode start(String name) {
        return start(name, name + ".host");
    }

    SimNode start(String name, String host) {
        tell("start " + name + " on " + host);
        SimNode node = new SimNode(this, name, host, 5777, rules);
        node.disturbedAt = time.nanos();
        nodes.add(node);
        return node;
    }

    List<SimNode> alive() {
        return nodes.stream().filter(n -> !n.dead).toList();
    }

    void cut(SimNode from, SimNode to) {
        tell("cut " + from.name + " > " + to.name);
        network.cut(from.host, to.host);
        cutAt.put(from.host + '>' + to.host, time.nanos());
    }

    void cutBoth(SimNode a, SimNode b) {
        cut(a, b);
        cut(b, a);
    }

    void mend(SimNode from, SimNode to) {
        if (network.isCut(from.host, to.host)) {
            tell("mend " + from.name + " > " + to.name);
            network.mend(from.host, to.host);
            cutAt.put(from.host + '>' + to.host, time.nanos());
        }
    }

    void mendAll() {
        for (SimNode a : alive()) {
            for (SimNode b : alive()) mend(a, b);
        }
        network.mendAll();
    }

    private boolean wasWhole(SimNode a, SimNode b, long since) {
        for (String way : List.of(a.host + '>' + b.host, b.host + '>' + a.host)) {
            Long changed = cutAt.get(way);
            if (changed != null && changed > since) return false;
        }
        return !network.isCut(a.host, b.host) && !network.isCut(b.host, a.host);
    }

    // ---- what must hold

    private void changed(StoredView before, StoredView now, NodeId by) {
        tell("view " + now.view().epoch() + " "
                + now.view().members().stream()
                        .map(m -> m.id() + "/" + m.state().name().charAt(0))
                        .toList() + " by " + by);
        for (NodeId id : before.view().ids()) {
            if (now.view().contains(id)) continue;
            outSince.put(id, now.view().epoch());
            boolean takenOver = !before.view().contains(by); // by one that could not know
            if (!id.equals(by) && !takenOver) checkDeserved(id, before.view());
        }
    }

    private void checkDeserved(NodeId out, View before) {
        SimNode node =
                nodes.stream().filter(n -> n.self.equals(out)).findFirst().orElse(null);
        long since = time.nanos() - 6 * Timing.SECOND;
        if (node == null || node.dead || node.paused || node.leaving || node.disturbedAt > since) return;
        boolean sameNameTwice =
                alive().stream().filter(n -> n.name.equals(out.name())).count() > 1;
        if (sameNameTwice || restored) return;
        for (SimNode other : alive()) {
            if (other == node || !before.contains(other.self)) continue;
            if (other.paused || other.disturbedAt > since || !wasWhole(node, other, since)) return;
        }
        throw failure("excluded without need: " + node);
    }

    void seen(SimNode node, View view) {
        StoredView one = tables.history.get(view.epoch());
        if (!restored && (one == null || !one.view().equals(view))) {
            throw failure(node + " has another view of its epoch: " + view + ", and stored was " + one);
        }
    }

    void installed(SimNode node, View view) {
        tell(node.self + " acts on " + view.epoch());
        seen(node, view);
        newestActedOn = Math.max(newestActedOn, view.epoch());
    }

    void check() {
        for (int i = 0; i < nodes.size(); i++) {
            SimNode n = nodes.get(i);
            if (!n.isServing()) continue;
            for (int j = 0; j < i; j++) {
                SimNode other = nodes.get(j);
                if (other.name.equals(n.name) && other.isServing()) throw failure("two serve as " + n.name);
            }
            Long out = outSince.get(n.self);
            if (out != null && out <= newestActedOn) {
                throw failure(n + " serves, is out since " + out + ", and view " + newestActedOn + " is acted on");
            }
            if (out == null && !restored && !tables.stored().view().contains(n.self)) {
                throw failure(n + " serves and never was in a view");
            }
        }
    }

    // ---- schedules

    /** Everything is well from now on: whoever lives is in one view and serves, within the time given. */
    void heal(long within) {
        tell("all is well from now on");
        peace = true;
        mendAll();
        if (tables.stopped) tables.proceed();
        tables.down = false;
        tables.extraLatency = 0;
        for (SimNode n : alive()) {
            n.databaseCut = false;
            n.pauseAfter = -1;
            n.resume();
        }
        long end = time.nanos() + within;
        long wholeSince = time.nanos();
        while (time.nanos() - wholeSince < 5 * Timing.SECOND) {
            if (time.nanos() > end) throw failure("does not heal");
            time.run(100 * Timing.MS);
            if (!isWhole()) wholeSince = time.nanos();
        }
    }

    boolean isWhole() {
        if (alive().isEmpty()) return true; // and nobody to heal it
        View view = tables.stored().view();
        Set<NodeId> alive = alive().stream().map(n -> n.self).collect(Collectors.toSet());
        return Set.copyOf(view.ids()).equals(alive)
                && view.members().stream().allMatch(m -> m.state() == NodeState.SERVING)
                && alive().stream().allMatch(n -> n.isServing() && n.servingTold && n.told.equals(view));
    }

    /** A number of nodes that start, then disturbances of all kinds, some of them at the same time, then peace. */
    void randomSchedule() {
        int count = 2 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            start(String.valueOf((char) ('a' + i)));
            if (random.nextBoolean()) time.run(random.nextInt(2_000) * Timing.MS);
        }
        if (random.nextInt(4) > 0) time.run(6 * Timing.SECOND);
        int disturbances = 1 + random.nextInt(8);
        for (int i = 0; i < disturbances; i++) {
            disturb();
            time.run(random.nextInt(random.nextBoolean() ? 500 : 8_000) * Timing.MS);
        }
        // names that have no process any more come back, so that each name is there once
        for (SimNode n : List.copyOf(nodes)) {
            if (alive().stream().noneMatch(a -> a.name.equals(n.name)) && random.nextBoolean()) start(n.name);
        }
        removeDoubles();
        heal(150 * Timing.SECOND);
    }

    private void removeDoubles() {
        Set<String> names = new TreeSet<>();
        for (SimNode n : alive()) {
            if (!names.add(n.name)) {
                tell("end the second " + n.name);
                n.crash(false);
            }
        }
    }

    private SimNode any() {
        List<SimNode> alive = alive();
        return alive.isEmpty() ? start("a") : alive.get(random.nextInt(alive.size()));
    }

    private void later(int mostMs, Runnable task) {
        time.after(random.nextInt(mostMs) * Timing.MS, () -> {
            if (!peace) task.run();
        });
    }

    private void disturb() {
        SimNode n = any();
        SimNode m = any();
        switch (random.nextInt(16)) {
            case 0 -> {
                boolean powerOff = random.nextBoolean();
                tell((powerOff ? "power off " : "crash ") + n.self);
                n.crash(powerOff);
                if (random.nextBoolean()) {
                    later(5_000, () -> {
                        if (alive().stream().noneMatch(a -> a.name.equals(n.name))) start(n.name);
                    });
                }
            }
            case 1, 2 -> {
                tell("pause " + n.self);
                n.pause();
                later(8_000, () -> resume(n));
            }
            case 3 -> {
                tell("pause soon, between two effects, " + n.self);
                n.pauseAfter = random.nextInt(20);
                later(9_000, () -> {
                    n.pauseAfter = -1;
                    resume(n);
                });
            }
            case 4 -> {
                tell("network card of " + n.self);
                alive().stream().filter(o -> o != n).forEach(o -> cutBoth(n, o));
                later(20_000, () -> alive().forEach(o -> mendBoth(n, o)));
            }
            case 5 -> {
                if (n == m) return;
                cutBoth(n, m);
                later(25_000, () -> mendBoth(n, m));
            }
            case 6 -> {
                if (n == m) return;
                cut(n, m);
                later(25_000, () -> mend(n, m));
            }
            case 7 -> {
                List<SimNode> side =
                        alive().stream().filter(o -> random.nextBoolean()).toList();
                tell("partition " + side.stream().map(s -> s.name).toList());
                boolean withoutDatabase = random.nextInt(3) == 0;
                for (SimNode a : side) {
                    if (withoutDatabase) cutDatabase(a);
                    alive().stream().filter(o -> !side.contains(o)).forEach(o -> cutBoth(a, o));
                }
                later(20_000, () -> {
                    side.forEach(this::mendDatabase);
                    mendAll();
                });
            }
            case 8 -> {
                cutDatabase(n);
                later(12_000, () -> mendDatabase(n));
            }
            case 9 -> {
                tell("database slow");
                tables.extraLatency = random.nextInt(1_500) * Timing.MS;
                alive().forEach(a -> a.disturbedAt = time.nanos());
                later(10_000, () -> {
                    tell("database fast");
                    tables.extraLatency = 0;
                });
            }
            case 10 -> {
                tell("database stopped");
                tables.stopped = true;
                later(10_000, () -> {
                    tell("database goes on");
                    tables.proceed();
                });
            }
            case 11 -> {
                tell("database down");
                tables.down = true;
                later(10_000, () -> {
                    tell("database up");
                    tables.down = false;
                });
            }
            case 12 -> {
                // Forward by less than the grace: see "Limits" in the README.
                long jump = (50 - random.nextInt(random.nextBoolean() ? 100 : 7_200)) * Timing.SECOND;
                tell("clock of the database jumps " + jump / Timing.SECOND + " s");
                tables.clockOffset += jump;
            }
            case 13 -> {
                tell("leave " + n.self);
                n.leave();
                if (random.nextBoolean()) {
                    later(4_000, () -> {
                        if (alive().stream().noneMatch(a -> a.name.equals(n.name))) start(n.name);
                    });
                }
            }
            case 14 -> {
                if (alive().size() < 7) start(String.valueOf((char) ('a' + nodes.size())));
            }
            default -> {
                SimNode second = start(n.name, n.name + nodes.size() + ".host");
                later(8_000, () -> {
                    tell("end the second " + second.self);
                    if (!second.dead) second.crash(random.nextBoolean());
                });
            }
        }
    }

    private void resume(SimNode n) {
        if (!n.paused) return;
        tell("resume " + n.self);
        n.resume();
    }

    private void mendBoth(SimNode a, SimNode b) {
        mend(a, b);
        mend(b, a);
    }

    void cutDatabase(SimNode n) {
        tell("no database for " + n.self);
        n.databaseCut = true;
    }

    void mendDatabase(SimNode n) {
        if (!n.databaseCut) return;
        tell("database again for " + n.self);
        n.databaseCut = false;
    }

    SimNode node(String name) {
        return alive().stream()
                .filter(n -> Objects.equals(n.name, name))
                .findFirst()
                .orElseThrow();
    }

    void restore(long epoch) {
        tell("database restored to epoch " + epoch);
        restored = true;
        tables.restore(epoch);
    }
}
