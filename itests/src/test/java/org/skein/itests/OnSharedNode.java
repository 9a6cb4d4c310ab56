package org.skein.itests;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;

/** Tests that only log in, with accounts of their own: all on one node. */
@ExtendWith(SharedNode.class)
abstract class OnSharedNode {
    static ServerProcess server;

    @BeforeAll
    static void useNode(ServerProcess shared) {
        server = shared;
    }
}
