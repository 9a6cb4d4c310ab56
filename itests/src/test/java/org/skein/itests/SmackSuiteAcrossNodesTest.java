package org.skein.itests;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedCluster;

/** The public integration suite of Smack, with each connection on another node of three: nothing but that is different. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class SmackSuiteAcrossNodesTest extends SmackSuiteScenarios {
    /** A file may find another way between two nodes. */
    @Override
    boolean isListExact() {
        return false;
    }

    @BeforeAll
    void useNodes(ClusterNodes nodes) throws Exception {
        ServerProcess balanced = nodes.balanced();
        useServer(() -> balanced.port("c2s"));
    }
}
