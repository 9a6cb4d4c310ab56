package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.NextVersion;
import org.skein.itests.support.ServerProcess;
import org.skein.testkit.storage.MariaDb;

/** P8, CLUSTER 24: versions N and N+1 are one server, and the level rises when all can and never falls. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class UpgradeTest {
    private static final int PAIRS = 3;

    @TempDir
    Path folder;

    private static int level(ClusterNodes nodes) throws Exception {
        return Integer.parseInt(nodes.query("SELECT level FROM cluster_view").get(0));
    }

    @Test
    void nodesAreUpgradedOneByOneWhilePeopleWriteAndTheLevelRisesWithTheLast() throws Exception {
        Path next = NextVersion.make(folder);
        try (ClusterNodes nodes = ClusterNodes.create(
                        MariaDb.shared(),
                        "upgrade",
                        3,
                        "cluster-compression=true",
                        "c2s-tls-required=false",
                        "plain-without-tls=true")
                .start()) {
            try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
                letters.goOn(20);
                int level = level(nodes);
                for (int i = 0; i < nodes.size(); i++) {
                    assertEquals(level, level(nodes), "before the last is upgraded");
                    ServerProcess node = nodes.node(i);
                    node.shell("cluster:drain");
                    assertEquals(0, node.stop());
                    letters.goOn(20);
                    node.upgrade(next);
                    nodes.start();
                    letters.goOn(20);
                    String seen = nodes.node(0).shell("cluster:nodes");
                    assertEquals(
                            i + 1,
                            seen.lines()
                                    .filter(l -> l.contains(NextVersion.NAME))
                                    .count(),
                            seen);
                }
                Await.until("all can speak the next level", () -> level(nodes) == level + 1);
                assertEquals(
                        List.of("1"),
                        nodes.query("SELECT DISTINCT protocol_version - protocol_min FROM cluster_nodes"),
                        "a version more than now");
                letters.goOn(20);

                String reason = "protocol level " + (level + 1) + " and this node only " + level;
                ServerProcess old = nodes.add().launch();
                Await.until("an old one is refused", () -> old.log().contains(reason));
                assertFalse(nodes.members().contains(ClusterNodes.name(3)));
                String advice = old.skein("doctor").output();
                assertTrue(advice.contains(reason + ": upgrade this node"), advice);
                old.kill();
                letters.goOn(20).reckon();
            }
        }
    }
}
