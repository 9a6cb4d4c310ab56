package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.Memory;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;

/** The clustering strategy is swapped while users chat: at the console, by settings, by its bundle (P2, P3, P7). */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class StrategySwapTest {
    private static final List<String> OURS = List.of("broadcast", "online", "directory");
    private static final String BROADCAST = "org.skein.cluster.strategy.broadcast";
    private static final String DIRECTORY = "org.skein.cluster.strategy.directory";
    private static final String ONLINE = "org.skein.cluster.strategy.online";

    private ClusterNodes nodes;

    @BeforeEach
    void useNodes(DisturbedCluster.Nodes shared) {
        nodes = shared.whole();
    }

    @AfterEach
    void asItWas() {
        if (nodes != null) nodes.node(0).shell("cluster:strategy broadcast --all");
    }

    private static String inUse(ServerProcess node) {
        return node.shell("cluster:strategy")
                .lines()
                .filter(l -> l.contains("in use"))
                .map(l -> l.split(" ")[0])
                .findFirst()
                .orElse("");
    }

    @Test
    void theWholeClusterIsSwappedWhilePeopleWriteToEachOther() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, 4)) {
            letters.whims(0.01);
            for (String name : List.of("online", "directory", "online", "broadcast", "directory", "broadcast")) {
                String done = nodes.node(1).shell("cluster:strategy " + name + " --all");
                assertTrue(done.contains("swapped on all 3 nodes"), done);
                for (ServerProcess node : nodes.running()) assertEquals(name, inUse(node));
                letters.goOn(20);
            }
            letters.reckon().assertNoErrors();
        }
    }

    @Test // a cluster of nodes each with another strategy is correct for as long as it lasts
    void nodesWithDifferentStrategiesServeOnePeople() throws Exception {
        Random random = new Random(7);
        try (Correspondence letters = Correspondence.start(nodes, 4)) {
            letters.whims(0.02);
            for (int i = 0; i < 8; i++) {
                for (ServerProcess node : nodes.running()) {
                    if (random.nextInt(3) > 0) node.shell("cluster:strategy " + OURS.get(random.nextInt(3)));
                }
                letters.goOn(15);
            }
            letters.reckon().assertNoErrors();
        }
    }

    @Test
    void itsBundleIsStoppedStartedAndUpdatedWhilePeopleWriteToEachOther() throws Exception {
        nodes.node(0).shell("cluster:strategy online --all");
        ServerProcess node = nodes.node(1);
        try (Correspondence letters = Correspondence.start(nodes, 3)) {
            letters.goOn(10);
            node.shell("stop " + ONLINE);
            Await.until("broadcast takes over", () -> inUse(node).equals("broadcast"));
            String trouble = node.shell("cluster:strategy");
            assertTrue(trouble.contains("'online' is not running here"), trouble);
            letters.goOn(10);
            node.shell("start " + ONLINE);
            Await.until("it is wanted, so it is used again", () -> inUse(node).equals("online"));
            letters.goOn(10);
            for (int i = 0; i < 10; i++) node.shell("update " + ONLINE);
            Await.until("it is used again", () -> inUse(node).equals("online"));
            letters.goOn(10);
            letters.reckon().assertNoErrors().assertNothingTwice();
        }
        // A class of a bundle that was updated is not kept by anybody.
        Await.until("old classes are gone", Await.LONG, () -> strategyClasses(node) <= 2, () -> Memory.histogram(node));
    }

    @Test // DESIGN §6: if even this bundle is gone, the core itself sends to all
    void withoutAnyStrategysBundleTheCoreSendsToAllMembers() throws Exception {
        List<String> bundles = List.of(ONLINE, BROADCAST, DIRECTORY);
        try (Correspondence letters = Correspondence.start(nodes, 3)) {
            letters.goOn(10);
            for (ServerProcess node : nodes.running()) {
                for (String bundle : bundles) node.shell("stop " + bundle);
                assertEquals(0, active(node), node.shell("lb"));
                letters.goOn(10);
            }
            for (ServerProcess node : nodes.running()) {
                for (String bundle : bundles) node.shell("start " + bundle);
            }
            letters.goOn(10);
            letters.reckon().assertNoErrors().assertNothingTwice();
        } finally {
            for (ServerProcess node : nodes.running()) {
                for (String bundle : bundles) node.shell("start " + bundle);
            }
        }
    }

    /** Bundles of strategies that run. */
    private static long active(ServerProcess node) {
        return node.shell("lb")
                .lines()
                .filter(l -> l.contains("cluster.strategy") || l.contains("clustering strategy"))
                .filter(l -> l.contains("Active"))
                .count();
    }

    private static long strategyClasses(ServerProcess node) {
        return Memory.histogram(node)
                .lines()
                .filter(l -> l.endsWith(ONLINE + ".internal.OnlineStrategy"))
                .count();
    }

    @Test
    void withOneOfThreeNodesHoldingTheUserAMessageIsOneFrame() throws Exception {
        ServerProcess first = nodes.node(0);
        for (String[] expected : new String[][] {{"broadcast", "2.00"}, {"online", "1.00"}, {"directory", "1.00"}}) {
            first.shell("cluster:strategy " + expected[0] + " --all");
            String to = StanzaClient.register(first);
            String by = StanzaClient.register(first);
            try (StanzaClient romeo = StanzaClient.online(first, by, "r");
                    StanzaClient juliet = StanzaClient.online(nodes.node(1), to, "r")) {
                romeo.chat(juliet.bare(), "warm");
                juliet.awaitBody("warm");
                first.shell("cluster:strategy broadcast");
                first.shell("cluster:strategy " + expected[0]); // counts anew
                for (int i = 0; i < 10; i++) romeo.chat(juliet.bare(), "n" + i);
                juliet.awaitBody("n9");
                String shown = first.shell("cluster:strategy");
                String row = shown.lines()
                        .filter(l -> l.startsWith(expected[0] + " "))
                        .findFirst()
                        .orElse("");
                assertTrue(row.contains(" " + expected[1] + " "), shown);
            }
        }
    }

    @Test
    void anUnknownStrategyIsRefusedWithThoseThereAre() {
        Command refused = nodes.node(0).skein("shell", "cluster:strategy nonsense");
        refused.exits(1);
        assertTrue(
                refused.output().contains("no strategy 'nonsense' runs here; there are: broadcast"), refused::output);
        assertEquals("broadcast", inUse(nodes.node(0)));
    }

    @Test
    void itIsTheSettingsThatCountAfterARestartUnlessSaved() {
        ServerProcess node = nodes.node(2);
        node.shell("cluster:strategy directory");
        assertEquals(0, node.stop());
        nodes.start();
        assertEquals("broadcast", inUse(node));
        node.shell("cluster:strategy online --save");
        assertEquals(0, node.stop());
        nodes.start();
        Await.until("the saved one is used", () -> inUse(node).equals("online"));
        node.shell("config:reset sm-cluster-strategy-class");
        Await.until("the setting counts", () -> inUse(node).equals("broadcast"));
        node.shell("config:set sm-cluster-strategy-class tigase.cluster.strategy.OnlineUsersCachingStrategy");
        Await.until("a name of old is understood", () -> inUse(node).equals("online"));
        node.shell("config:set sm-cluster-strategy-class com.example.Missing");
        Await.until("broadcast instead", () -> inUse(node).equals("broadcast"));
        String shown = node.shell("cluster:strategy");
        assertTrue(shown.contains("strategy 'com.example.Missing' is not running here, there are: broadcast"), shown);
        node.shell("config:reset sm-cluster-strategy-class");
    }
}
