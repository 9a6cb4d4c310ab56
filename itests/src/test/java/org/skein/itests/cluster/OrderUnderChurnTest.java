package org.skein.itests.cluster;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ClusterNodes;

/** P2 while people come and go at random; {@code -Dskein.tests.seed=N} repeats what a failure names. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class OrderUnderChurnTest {
    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(DisturbedCluster.Nodes shared) {
        nodes = shared.whole();
    }

    @Test // RFC 6120 §10.1; CLUSTER 11 to 15
    void messagesArriveInOrderWhilePeopleMoveBetweenNodesLogOutAndComeBack() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, 5)) {
            letters.whims(0.03);
            letters.goOn(300);
            letters.reckon().assertNoErrors();
        }
    }
}
