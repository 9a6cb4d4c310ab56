package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Command;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;

/** The console session of docs/strategies.md: a strategy of one's own comes, routes and goes while people chat. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class OwnStrategyTest {
    private static final String HOME = "strategy-home";

    @Test
    void theExampleIsInstalledSwappedToSwappedBackAndUninstalledWhilePeopleChat(DisturbedCluster.Nodes shared)
            throws Exception {
        ClusterNodes nodes = shared.whole();
        Path jar = Examples.strategyHome();
        try (Correspondence letters = Correspondence.start(nodes, 2)) {
            letters.goOn(5);
            for (ServerProcess node : nodes.running()) {
                node.shell("start file:" + jar);
                node.shell(
                        "config:set org.skein.examples.strategy.home/homes '*@localhost=" + ClusterNodes.name(1) + "'");
            }
            ServerProcess console = nodes.node(0);
            String shown = console.shell("cluster:strategy");
            assertTrue(shown.lines().anyMatch(l -> l.matches("home +1 +ready .*")), shown);
            String swapped = console.shell("cluster:strategy --all home");
            assertTrue(swapped.contains("swapped on all 3 nodes"), swapped);
            letters.goOn(20);
            console.shell("cluster:strategy --all broadcast");
            letters.goOn(5);
            for (ServerProcess node : nodes.running()) node.shell("uninstall " + HOME);
            letters.goOn(5);
            assertFalse(console.shell("cluster:strategy").contains("home"));
            Command gone = console.skein("shell", "cluster:strategy home");
            gone.exits(1);
            assertTrue(gone.output().contains("no strategy 'home' runs here"), gone::output);
            letters.reckon().assertNoErrors().assertNothingTwice();
        }
    }

    @Test
    void aJarThatCannotRunIsRefusedAndNothingChanges(DisturbedCluster.Nodes shared) {
        ServerProcess node = shared.whole().node(0);
        node.skein("shell", "start file:/no/such/strategy.jar").exits(1);
        assertTrue(node.shell("cluster:strategy").lines().anyMatch(l -> l.matches("broadcast +1 +in use .*")));
    }
}
