package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.itests.misbehaving.BadStrategies;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.TestBundle;

/** What a strategy of a third party does wrong is told and costs nobody a message: a real bundle on three nodes. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class BadStrategiesTest {
    private static final String BUNDLE = "bad-strategies";
    private static final String IMPORTS = "org.skein.cluster.api,org.skein.cluster.api.strategy,org.skein.xmpp";
    private static final Map<String, Class<?>> ALL = Map.of(
            "throws-asked", BadStrategies.ThrowsWhenAsked.class,
            "throws-told", BadStrategies.ThrowsWhenTold.class,
            "throws-start", BadStrategies.ThrowsInStart.class,
            "null", BadStrategies.AnswersNull.class,
            "stranger", BadStrategies.NamesAStranger.class,
            "never", BadStrategies.NeverAnswers.class,
            "unconfirmed", BadStrategies.NeverConfirms.class,
            "blocks", BadStrategies.Blocks.class,
            "floods", BadStrategies.Floods.class,
            "garbage", BadStrategies.SendsGarbage.class);

    @TempDir
    private Path folder;

    private ClusterNodes nodes;

    private static String named(String name, int version) {
        return "<property name='" + ClusteringStrategy.NAME + "' value='" + name + "'/><property name='"
                + ClusteringStrategy.VERSION + "' type='Integer' value='" + version + "'/>";
    }

    @BeforeEach
    void install(DisturbedCluster.Nodes shared) throws IOException {
        nodes = shared.whole();
        TestBundle bundle = TestBundle.named(BUNDLE, "1.0.0").header("Import-Package", IMPORTS);
        ALL.forEach((name, code) -> bundle.service(ClusteringStrategy.class, code, named(name, 1)));
        Path jar = bundle.write(folder.resolve("bad.jar"));
        for (ServerProcess node : nodes.running()) node.shell("start file:" + jar);
    }

    @AfterEach
    void uninstall() {
        if (nodes == null) return;
        for (ServerProcess node : nodes.running()) {
            node.skein("shell", "cluster:strategy broadcast");
            for (String left : List.of(BUNDLE, "two-versions", "unmet")) {
                node.skein("shell", "uninstall " + left); // if it is there
            }
        }
    }

    private static String shown(ServerProcess node) {
        return node.shell("cluster:strategy");
    }

    private static boolean uses(ServerProcess node, String strategy) {
        return shown(node).lines().anyMatch(l -> l.matches(strategy + " .* in use .*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws-asked", "throws-told", "null", "never", "unconfirmed", "blocks", "floods"})
    void itIsReplacedByBroadcastAndTold(String name) throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, 4)) {
            letters.goOn(3);
            ServerProcess node = nodes.node(0);
            nodes.running().forEach(n -> n.skein("shell", "cluster:strategy " + name)); // that may fail already
            try (StanzaClient another = StanzaClient.online(node, StanzaClient.register(node), "x")) {
                another.chat(another.bare(), "here I am");
                another.awaitBody("here I am");
            }
            Await.until("broadcast instead", Await.LONG, () -> uses(node, "broadcast"), node::logs);
            String shown = shown(node);
            assertTrue(shown.lines().anyMatch(l -> l.matches(name + " .* failed: .*")), shown);
            assertTrue(node.log().contains("what=strategy_failed strategy=" + name + "/1"), node::logs);
            letters.goOn(5).reckon().assertNoErrors();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stranger", "garbage"})
    void itGoesOnAndHarmsNobody(String name) throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, 2)) {
            nodes.node(0).shell("cluster:strategy --all " + name);
            letters.goOn(20).reckon().assertNoErrors();
            for (ServerProcess node : nodes.running()) assertTrue(uses(node, name), () -> shown(node));
        }
    }

    @Test
    void oneThatCannotStartIsRefusedAndTheSwapOfAllStopsThere() {
        Command refused = nodes.node(1)
                .skein("shell", "cluster:strategy --all throws-start")
                .exits(1);
        assertTrue(refused.output().contains("stopped at " + ClusterNodes.name(0)), refused::output);
        assertTrue(refused.output().contains("thrown as promised"), refused::output);
        for (ServerProcess node : nodes.running()) assertTrue(uses(node, "broadcast"), () -> shown(node));
    }

    @Test
    void aBundleWithUnmetImportsSaysWhichAndNothingChanges() throws IOException {
        Path jar = TestBundle.named("unmet", "1.0.0")
                .header("Import-Package", IMPORTS + ",com.example.missing")
                .service(ClusteringStrategy.class, BadStrategies.First.class, named("unmet", 1))
                .write(folder.resolve("unmet.jar"));
        ServerProcess node = nodes.node(0);
        Command refused = node.skein("shell", "start file:" + jar).exits(1);
        assertTrue(refused.output().contains("com.example.missing"), refused::output);
        assertTrue(uses(node, "broadcast"), () -> shown(node));
        node.skein("shell", "cluster:strategy unmet").exits(1);
    }

    @Test
    void twoVersionsOfOneStrategyServeOnePeople() throws Exception {
        Class<?>[] codes = {BadStrategies.First.class, BadStrategies.Second.class};
        for (int i = 0; i < 3; i++) {
            int version = 1 + i % 2;
            Path jar = TestBundle.named("two-versions", version + ".0.0")
                    .header("Import-Package", IMPORTS)
                    .service(ClusteringStrategy.class, codes[version - 1], named("twofold", version))
                    .write(folder.resolve("version" + version + ".jar"));
            nodes.node(i).shell("start file:" + jar);
        }
        try (Correspondence letters = Correspondence.start(nodes, 2)) {
            String done = nodes.node(0).shell("cluster:strategy --all twofold");
            assertTrue(done.contains("swapped on all 3 nodes"), done);
            letters.goOn(20).reckon().assertNoErrors();
            String shown = shown(nodes.node(0));
            assertTrue(shown.contains("included in every answer"), shown);
            assertTrue(shown.contains(ClusterNodes.name(1)) && !shown.contains(ClusterNodes.name(2)), shown);
        }
    }
}
