package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.strategy.directory.internal.VirtualNode.Session;
import org.skein.xmpp.Jid;

/**
 * P3 in schedules by chance: each answer names every node which holds a session that was bound before the question, and
 * when all is quiet exactly those.
 */
class RandomSchedulesTest {
    private static final int SCHEDULES = Integer.getInteger("schedules", 250);
    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final String[] NAMES = {"a", "b", "c", "d", "e", "f"};

    @Test // CLUSTER 18, 19
    void whateverHappensNobodyWhoHoldsASessionIsMissed() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) new Schedule(seed, false).play();
    }

    @Test
    void norWhenNodesSendWhatOthersCannotTake() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES / 3; seed++) new Schedule(-seed, true).play();
    }

    private static final class Schedule {
        private final long seed;
        private final boolean withGarbage;
        private final Random random;
        private final VirtualCluster cluster;
        private final List<Jid> accounts = new ArrayList<>();
        private final List<String> story = new ArrayList<>();
        private final int pace;
        private final int calm;
        private int answers;

        private Schedule(long seed, boolean withGarbage) {
            this.seed = seed;
            this.withGarbage = withGarbage;
            random = new Random(seed * 31);
            cluster = new VirtualCluster(seed);
            int few = 1 + random.nextInt(1 + random.nextInt(10));
            for (int i = 0; i < few; i++) accounts.add(Jid.of("u" + i + "@example.org"));
            cluster.cacheEntries = random.nextInt(4) == 0 ? random.nextInt(4) : 1000;
            pace = 1 + random.nextInt(20_000_000);
            calm = 1 + random.nextInt(12);
            int slow = 1 + random.nextInt(200);
            int rarely = 1 + random.nextInt(30);
            cluster.delay = () -> (random.nextInt(rarely) == 0 ? random.nextInt(slow) : 0) * VirtualCluster.MS
                    + random.nextInt(2_000_000);
            cluster.lag = () -> random.nextInt(1 + random.nextInt(100)) * VirtualCluster.MS;
        }

        private void play() {
            try {
                int nodes = 1 + random.nextInt(5);
                for (int i = 0; i < nodes; i++) cluster.join(NAMES[i]);
                int steps = 50 + random.nextInt(250);
                for (int i = 0; i < steps; i++) {
                    step();
                    if (random.nextInt(3) == 0) cluster.run(random.nextInt(pace));
                    if (random.nextInt(40) == 0) cluster.runMs(random.nextInt(3000));
                    noFailures();
                }
                settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", story), e);
            }
        }

        private void noFailures() {
            for (VirtualNode node : cluster.alive()) {
                if (!node.failures.isEmpty()) throw new AssertionError(node + " failed", node.failures.get(0));
            }
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private void tell(String what) {
            story.add(cluster.now / VirtualCluster.MS + " " + what);
        }

        // what happens

        private void step() {
            List<VirtualNode> alive = cluster.alive();
            int what = random.nextInt(100);
            if (alive.isEmpty() || what < 2) join();
            else if (what < 40) locate(any(alive), any(accounts));
            else if (what < 65) bind(any(alive));
            else if (what < 83) unbind(any(alive));
            else if (what < 93) strategy(any(alive));
            else if (what < 94) crash(any(alive));
            else if (what < 98) block(any(alive), any(alive));
            else if (withGarbage) garbage(any(alive), any(alive));
        }

        private void join() {
            String name = NAMES[random.nextInt(NAMES.length)];
            if (cluster.isMember(name)) return;
            tell(name + " joins");
            cluster.join(name);
        }

        private void crash(VirtualNode node) {
            if (cluster.alive().size() < 2) return;
            tell(node + " crashes");
            cluster.crash(node, random.nextInt(600) * VirtualCluster.MS);
        }

        /** Mostly they run. */
        private void strategy(VirtualNode node) {
            if (node.strategy == null) {
                tell(node + " starts");
                node.announcesEarly = random.nextInt(4) == 0;
                node.startStrategy();
            } else if (random.nextInt(calm) == 0) {
                tell(node + " stops");
                node.stopStrategy();
            }
        }

        private void block(VirtualNode node, VirtualNode to) {
            if (node == to || !node.view.contains(to.id)) return;
            node.blocked(to.id, true);
            cluster.after(random.nextInt(100) * VirtualCluster.MS, () -> node.blocked(to.id, false));
        }

        private void garbage(VirtualNode node, VirtualNode to) {
            if (node == to || !node.view.contains(to.id) || node.blocked.contains(to.id)) return;
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (random.nextBoolean() && bytes.length > 1) {
                bytes[0] = 1;
                bytes[1] = (byte) (1 + random.nextInt(4));
            }
            tell(node + " sends garbage to " + to);
            node.sendGarbage(to.id, bytes);
        }

        private void bind(VirtualNode node) {
            Jid full = any(accounts).withResource("r" + random.nextInt(2));
            if (node.sessions.containsKey(full)) return;
            tell(node + " binds " + full);
            node.bind(full);
        }

        private void unbind(VirtualNode node) {
            if (node.sessions.isEmpty()) return;
            Jid full = any(List.copyOf(node.sessions.keySet()));
            tell(node + " unbinds " + full);
            node.unbind(full);
        }

        // what must hold

        private List<Session> sessions(Jid account) {
            List<Session> all = new ArrayList<>();
            for (VirtualNode node : cluster.alive()) {
                node.sessions.values().stream()
                        .filter(s -> s.full.bare().equals(account))
                        .forEach(all::add);
            }
            return all;
        }

        private void locate(VirtualNode node, Jid account) {
            DirectoryStrategy asked = node.strategy;
            if (asked == null || !node.isStarted) return;
            List<Session> owed =
                    sessions(account).stream().filter(s -> s.isBound).toList();
            NodeSet answer = asked.locate(account);
            tell(node + " asks " + account + (answer.isKnown() ? ": " + answer.now() : " …"));
            answer.then(
                    named -> {
                        if (!answer.isKnown()) tell(node + " is told " + account + ": " + named);
                        if (node.isAlive && node.strategy == asked) check(node, account, owed, named);
                    },
                    failure -> fail("look-up failed", failure));
        }

        private void check(VirtualNode node, Jid account, List<Session> owed, List<NodeId> named) {
            answers++;
            for (Session s : owed) {
                boolean isOwed = !s.isOver && s.node != node && node.publishing.contains(s.node.id);
                if (isOwed && !named.contains(s.node.id)) {
                    AssertionError missed = new AssertionError(
                            node + " missed " + s.node + " for " + account + ": " + named + " at " + cluster.now);
                    node.failures.add(missed);
                    throw missed;
                }
            }
        }

        // when all is quiet

        private void settle() {
            for (VirtualNode node : cluster.alive()) {
                if (node.strategy == null) node.startStrategy();
            }
            cluster.runMs(withGarbage ? 400_000 : 60_000);
            noFailures();
            cluster.delay = () -> VirtualCluster.MS / 10; // no look-up is late any more
            List<VirtualNode> alive = cluster.alive();
            for (VirtualNode node : alive) {
                assertTrue(node.isStarted, node + " has started");
                node.sessions.values().forEach(s -> assertTrue(s.isBound, s.full + " is bound at " + node));
            }
            if (withGarbage) return; // who is not trusted by the core is named by it, and not told of here
            alive.forEach(node -> accounts.forEach(account -> exactly(node, account)));
            shares(alive);
            alive.forEach(node -> accounts.forEach(account -> exactly(node, account)));
            assertEquals(0, renewed(alive), "lives given up");
        }

        private static long renewed(List<VirtualNode> nodes) {
            return nodes.stream().mapToLong(n -> n.strategy.renewals()).sum();
        }

        private void exactly(VirtualNode node, Jid account) {
            Set<NodeId> holders = new TreeSet<>();
            sessions(account).stream().filter(s -> s.node != node).forEach(s -> holders.add(s.node.id));
            List<Set<NodeId>> told = new ArrayList<>();
            node.strategy.locate(account).then(ids -> told.add(new TreeSet<>(ids)), f -> fail(f));
            cluster.runMs(700);
            assertEquals(List.of(holders), told, node + " about " + account);
        }

        /** Each account has an entry at its owner and one at its replica, and nothing else is left. */
        private void shares(List<VirtualNode> alive) {
            Set<Jid> held = new HashSet<>();
            alive.forEach(node -> held.addAll(node.accounts()));
            cluster.runMs(1000);
            long entries = 0;
            long replicas = 0;
            for (VirtualNode node : alive) {
                entries += node.strategy.figures().get("entries");
                replicas += node.strategy.figures().get("replicas");
            }
            assertEquals(held.size(), entries, "entries");
            assertEquals(alive.size() > 1 ? held.size() : 0, replicas, "replicas");
        }
    }
}
