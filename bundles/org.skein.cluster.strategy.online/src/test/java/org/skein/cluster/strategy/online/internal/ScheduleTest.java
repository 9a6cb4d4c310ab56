package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/**
 * Random schedules of sessions, nodes, strategies and the network. After each step nobody misses a node it has to name
 * (P3); when all is quiet everybody names exactly the nodes that hold the account, and knows all presences. {@code
 * -Dskein.schedules=N} for more, {@code -Dseed=N} for the one that failed.
 */
class ScheduleTest {
    private static final int STEPS = 250;

    /** Accounts that share two buckets, so that these are told in several chunks. */
    private static final List<Jid> ACCOUNTS = IntStream.range(0, 100_000)
            .mapToObj(i -> Jid.of("u" + i + "@localhost"))
            .filter(jid -> Buckets.of(jid.toString()) < 2)
            .limit(7)
            .toList();

    private VirtualCluster cluster;
    private Random random;
    private int statuses;

    @Test
    void nobodyIsMissedWhateverHappens() {
        Long only = Long.getLong("seed");
        if (only != null) {
            run(only);
            return;
        }
        long first = System.nanoTime() % 1_000_000_000L;
        for (long seed = first; seed < first + Integer.getInteger("skein.schedules", 2000); seed++) {
            run(seed);
        }
    }

    private void run(long seed) {
        try {
            schedule(seed);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void schedule(long seed) {
        Random sizes = new Random(seed);
        Limits usual = Limits.USUAL;
        Limits limits = new Limits(
                usual.gather(),
                sizes.nextBoolean() ? 100 : usual.gatherBytes(),
                sizes.nextBoolean() ? 60 : usual.changeBytes(),
                sizes.nextBoolean() ? 90 : usual.chunkBytes(),
                usual.answer(),
                usual.patience());
        cluster = new VirtualCluster(seed, limits);
        random = cluster.random;
        for (int i = 0; i < 3; i++) cluster.join();
        int patience = 1 + random.nextInt(12); // of the network: few or many things are under way
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(patience) == 0) act();
            else if (!cluster.step() || random.nextInt(10) == 0) cluster.tick();
            checkNobodyIsMissed();
        }
        if (random.nextBoolean()) all(n -> !n.runs(), VirtualNode::start);
        cluster.settle(Duration.ofSeconds(1));
        checkNobodyIsMissed();
        checkExact();
    }

    // what happens

    private void act() {
        VirtualNode node = pick(cluster.nodes);
        switch (random.nextInt(29)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> bind(node);
            case 8, 9, 10, 11, 12, 13 -> presence(node);
            case 14, 15, 16 -> unbind(node);
            case 17, 18, 19, 20 -> all(n -> n == node && !n.runs(), VirtualNode::start);
            case 21 -> all(n -> n == node && n.runs(), VirtualNode::stop);
            case 22 ->
                all(
                        n -> n == node && n.isInUse(),
                        random.nextBoolean() ? VirtualNode::retire : VirtualNode::publishAnew);
            case 23 -> {
                if (cluster.nodes.size() > 2) cluster.crash(node);
            }
            case 24 -> {
                if (cluster.nodes.size() < 5) cluster.join();
            }
            case 25 -> cluster.settle(Duration.ofMillis(random.nextInt(100)));
            case 26 -> cluster.stall(Duration.ofSeconds(random.nextInt(12)));
            case 27 -> node.full.add(pick(cluster.nodes).id);
            default -> node.writable();
        }
    }

    private void all(Predicate<VirtualNode> which, Consumer<VirtualNode> action) {
        List.copyOf(cluster.nodes).stream().filter(which).forEach(action);
    }

    private void bind(VirtualNode node) {
        Jid full = pick(ACCOUNTS).withResource("r" + random.nextInt(3));
        if (!node.sessions.containsKey(full)) node.bind(full);
    }

    private void presence(VirtualNode node) {
        if (node.sessions.isEmpty()) return;
        Jid full = pick(List.copyOf(node.sessions.keySet()));
        node.presence(full, random.nextInt(4) == 0 ? Optional.empty() : Optional.of(status(full, ++statuses)));
    }

    static Stanza status(Jid full, int number) {
        return Stanza.presence()
                .from(full)
                .id("p" + number)
                .lang("en")
                .add(Element.of("status", Ns.CLIENT, "<" + number + ">"))
                .build();
    }

    private void unbind(VirtualNode node) {
        if (!node.sessions.isEmpty()) node.unbind(pick(List.copyOf(node.sessions.keySet())));
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    // what must be

    private void checkNobodyIsMissed() {
        for (VirtualNode at : cluster.nodes) {
            for (VirtualNode other : cluster.nodes) {
                if (other == at) continue;
                other.sessions.forEach((full, held) -> {
                    if (at.mustName(other, held)) {
                        assertTrue(
                                at.located(full.bare()).contains(other.id),
                                at.id + " misses " + full + " at " + other.id);
                    }
                });
            }
        }
    }

    private void checkExact() {
        for (VirtualNode at : cluster.nodes) {
            at.sessions.forEach((full, held) -> assertTrue(held.known.isDone(), full + " is never bound at " + at.id));
            assertTrue(!at.hasFailed(), at.id + " gave up");
            if (!at.runs()) continue;
            for (Jid account : ACCOUNTS) checkExact(at, account);
        }
    }

    private void checkExact(VirtualNode at, Jid account) {
        Set<NodeId> expected = new TreeSet<>();
        Set<NodeId> unknown = new TreeSet<>();
        Set<String> presences = new TreeSet<>();
        for (VirtualNode other : cluster.nodes) {
            if (other == at) continue;
            if (!other.isInUse()) unknown.add(other.id);
            other.sessions.forEach((full, held) -> {
                if (!full.bare().equals(account) || !other.isInUse()) return;
                expected.add(other.id);
                held.presence.ifPresent(p -> presences.add(p.toString()));
            });
        }
        expected.addAll(unknown);
        assertEquals(expected, new TreeSet<>(at.located(account)), account + " at " + at.id);
        Presences known = at.strategy.presences(account).orElseThrow();
        assertEquals(unknown, new TreeSet<>(known.ask()));
        List<String> texts = new ArrayList<>();
        known.known().forEach(p -> texts.add(p.presence().toString()));
        assertEquals(List.copyOf(presences), texts.stream().sorted().toList(), account + " at " + at.id);
    }
}
