package org.skein.cluster.membership.db.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;

/** What the promises say about single events, in virtual time, each with many seeds. */
final class ScenarioTest {
    private static final int SEEDS = 15;

    private interface Scenario {
        void run(Simulation sim);
    }

    private static void each(Scenario scenario) {
        for (long seed = 1; seed <= SEEDS; seed++) scenario.run(new Simulation(seed, new Rules()));
    }

    private static void start(Simulation sim, String... names) {
        for (String name : names) sim.start(name);
        await(sim, "whole", 10_000, sim::isWhole);
        sim.time.run(3 * Timing.SECOND);
    }

    /** @return after how many milliseconds */
    private static long await(Simulation sim, String what, long mostMs, BooleanSupplier condition) {
        long began = sim.time.nanos();
        while (!condition.getAsBoolean()) {
            if (sim.time.nanos() - began > mostMs * Timing.MS)
                throw sim.failure("not within " + mostMs + " ms: " + what);
            sim.time.run(5 * Timing.MS);
        }
        return (sim.time.nanos() - began) / Timing.MS;
    }

    private static Set<String> names(View view) {
        return view.ids().stream().map(NodeId::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean allActOn(Simulation sim, String... names) {
        return List.of(names).stream()
                .map(sim::node)
                .allMatch(n -> n.isServing() && names(n.told).equals(new TreeSet<>(List.of(names))));
    }

    @Test
    void aLoneNodeOpensAtOnceAndAJoinerWithinTwoSeconds() {
        each(sim -> {
            sim.start("a");
            await(sim, "the first serves", 500, () -> allActOn(sim, "a"));
            sim.time.run(5 * Timing.SECOND);
            sim.start("b");
            await(sim, "the second serves", 2_000, () -> sim.node("b").isServing());
        });
    }

    @Test
    void afterACrashTheOthersGoOnWithinASecond() {
        each(sim -> {
            start(sim, "a", "b", "c");
            sim.node("b").crash(false);
            await(sim, "routed without", 1_000, () -> allActOn(sim, "a", "c"));
        });
    }

    @Test
    void aSilentNodeIsRoutedAroundWithinFourSecondsAndWakesUpServingNobody() {
        each(sim -> {
            start(sim, "a", "b", "c");
            SimNode b = sim.node("b");
            b.pause();
            await(sim, "routed without", 4_000, () -> allActOn(sim, "a", "c"));
            sim.time.run(sim.random.nextInt(20_000) * Timing.MS);
            b.resume();
            assertFalse(b.isServing());
            await(sim, "back", 5_000, () -> allActOn(sim, "a", "b", "c"));
        });
    }

    @Test
    void aMachineWithoutPowerIsRoutedAroundWithinFourSeconds() {
        each(sim -> {
            start(sim, "a", "b");
            sim.node("a").crash(true);
            await(sim, "routed without", 4_000, () -> allActOn(sim, "b"));
        });
    }

    @Test
    void aBrokenNetworkCardTakesOutOneThoughItsRowIsFresh() {
        each(sim -> {
            start(sim, "a", "b", "c", "d");
            SimNode a = sim.node("a");
            sim.alive().stream().filter(n -> n != a).forEach(n -> sim.cutBoth(a, n));
            await(sim, "routed without", 4_000, () -> allActOn(sim, "b", "c", "d"));
            sim.time.run(30 * Timing.SECOND);
            assertFalse(a.isServing(), "it cannot link, so it is not admitted");
            sim.heal(60 * Timing.SECOND);
        });
    }

    @Test
    void ofTwoThatLoseEachOtherTheFirstStays() {
        each(sim -> {
            start(sim, "a", "b");
            sim.cutBoth(sim.node("a"), sim.node("b"));
            await(sim, "a alone", 4_000, () -> allActOn(sim, "a"));
            sim.heal(60 * Timing.SECOND);
        });
    }

    @Test // CLUSTER 7
    void theLargestFullyLinkedSetStays() {
        for (long seed = 1; seed <= 2 * SEEDS; seed++) {
            Simulation sim = new Simulation(seed, new Rules());
            Random random = new Random(seed);
            int count = 2 + random.nextInt(6);
            for (int i = 0; i < count; i++) sim.start(String.valueOf((char) ('a' + i)));
            await(sim, "whole", 15_000, sim::isWhole);
            sim.time.run(3 * Timing.SECOND);
            List<SimNode> nodes = sim.alive();
            for (SimNode a : nodes) {
                for (SimNode b : nodes) {
                    if (a != b && random.nextInt(4) == 0) sim.cut(a, b);
                }
            }
            Set<NodeId> all = nodes.stream().map(n -> n.self).collect(Collectors.toSet());
            Set<NodeId> expected = LinkedSets.largest(all, (x, y) -> linked(sim, x, y), Optional.empty());
            sim.time.run(25 * Timing.SECOND);
            Set<NodeId> stored = new TreeSet<>(sim.tables.stored().view().ids());
            if (!stored.equals(expected)) throw sim.failure("stays " + stored + ", expected " + expected);
            sim.heal(90 * Timing.SECOND);
        }
    }

    private static boolean linked(Simulation sim, NodeId a, NodeId b) {
        String hostA = sim.node(a.name()).host;
        String hostB = sim.node(b.name()).host;
        return !sim.network.isCut(hostA, hostB) && !sim.network.isCut(hostB, hostA);
    }

    @Test // CLUSTER 10
    void withoutADatabaseMembersServeOnAndOneThatAloneLacksItStays() {
        each(sim -> {
            start(sim, "a", "b", "c");
            List<NodeId> before = sim.tables.stored().view().ids();
            sim.cutDatabase(sim.node("b"));
            for (int i = 0; i < 200; i++) {
                sim.time.run(100 * Timing.MS);
                assertTrue(
                        allActOn(sim, "a", "b", "c"),
                        () -> sim.failure("pauses").getMessage());
            }
            sim.mendDatabase(sim.node("b"));
            sim.tables.stopped = true;
            for (int i = 0; i < 200; i++) {
                sim.time.run(100 * Timing.MS);
                assertTrue(
                        allActOn(sim, "a", "b", "c"),
                        () -> sim.failure("pauses").getMessage());
            }
            sim.heal(10 * Timing.SECOND);
            assertEquals(before, sim.tables.stored().view().ids());
        });
    }

    @Test
    void aNodeAloneServesWhileTheDatabaseIsDownAndPausesWhileItHangs() {
        each(sim -> {
            start(sim, "a");
            sim.tables.down = true;
            for (int i = 0; i < 100; i++) {
                sim.time.run(100 * Timing.MS);
                assertTrue(
                        sim.node("a").isServing(), () -> sim.failure("pauses").getMessage());
            }
            sim.tables.down = false;
            sim.time.run(2 * Timing.SECOND);
            sim.tables.stopped = true;
            sim.time.run(1_200 * Timing.MS);
            assertFalse(sim.node("a").isServing());
            sim.tables.proceed();
            await(sim, "serves again", 2_500, () -> sim.node("a").isServing());
        });
    }

    @Test
    void aClusterThatWasKilledComesBackByItself() {
        each(sim -> {
            start(sim, "a", "b", "c");
            sim.alive().forEach(n -> n.crash(false));
            sim.time.run(sim.random.nextInt(4_000) * Timing.MS);
            for (String name : List.of("a", "b", "c")) sim.start(name);
            await(sim, "all back", 7_000, () -> allActOn(sim, "a", "b", "c"));
        });
    }

    @Test
    void oneThatLeavesIsOutWithinASecondAndTheOthersGoOnAtOnce() {
        each(sim -> {
            start(sim, "a", "b", "c");
            sim.node("c").leave();
            await(sim, "out", 1_000, () -> allActOn(sim, "a", "b"));
            assertEquals(
                    List.of("a", "b"), List.copyOf(names(sim.tables.stored().view())));
        });
    }

    @Test
    void oneThatDiesAndStartsAgainServesWithinTwoSecondsOfBeingFree() {
        each(sim -> {
            start(sim, "a", "b");
            sim.node("b").crash(false);
            sim.time.run(1_500 * Timing.MS); // what a process needs to start
            sim.start("b");
            await(sim, "serves", 2_000, () -> sim.node("b").isServing());
        });
    }

    @Test
    void aClockThatIsPutChangesNothing() {
        each(sim -> {
            start(sim, "a", "b", "c");
            List<NodeId> before = sim.tables.stored().view().ids();
            for (long jump : List.of(3_600L, -7_200L, 86_400L * 365)) {
                sim.tables.clockOffset += jump * Timing.SECOND;
                for (int i = 0; i < 60; i++) {
                    sim.time.run(100 * Timing.MS);
                    assertTrue(
                            allActOn(sim, "a", "b", "c"),
                            () -> sim.failure("pauses").getMessage());
                }
            }
            assertEquals(before, sim.tables.stored().view().ids());
        });
    }

    @Test // CLUSTER 10
    void anOlderEpochThanInstalledFreezesTheView() {
        each(sim -> {
            start(sim, "a", "b", "c");
            long epoch = sim.tables.stored().view().epoch();
            sim.restore(epoch - 2);
            sim.time.run(5 * Timing.SECOND);
            assertTrue(allActOn(sim, "a", "b", "c"), () -> sim.failure("pauses").getMessage());
            sim.node("c").crash(false);
            sim.time.run(10 * Timing.SECOND);
            assertEquals(epoch - 2, sim.tables.stored().view().epoch(), "nobody proposes");
            assertEquals(epoch, sim.node("a").told.epoch());
        });
    }

    @Test // CLUSTER 24
    void theProtocolLevelRisesWhenAllCanAndWhoCannotIsRefused() {
        each(sim -> {
            sim.level = 1;
            start(sim, "a", "b");
            sim.level = 2;
            for (String name : List.of("a", "b")) {
                assertEquals(1, sim.tables.stored().view().level());
                sim.node(name).leave();
                sim.time.run(Timing.SECOND);
                sim.start(name);
                await(sim, "back", 5_000, sim::isWhole);
            }
            await(sim, "raised", 2_000, () -> sim.tables.stored().view().level() == 2 && sim.isWhole());
            sim.level = 1;
            SimNode old = sim.start("c");
            sim.time.run(10 * Timing.SECOND);
            assertTrue(old.refused);
            assertFalse(sim.tables.stored().view().contains(old.self));
        });
    }

    @Test // CLUSTER 9
    void aSecondOfOneNameIsRefusedAndTheFirstNotDisturbed() {
        each(sim -> {
            start(sim, "a", "b");
            SimNode first = sim.node("b");
            SimNode second = sim.start("b", "other.host");
            for (int i = 0; i < 100; i++) {
                sim.time.run(100 * Timing.MS);
                assertTrue(first.isServing());
            }
            assertTrue(second.refused);
            assertFalse(second.isServing());
            first.crash(false);
            await(sim, "the second takes its place", 8_000, second::isServing);
        });
    }
}
