package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.testkit.storage.MariaDb;

/** A node that has joined uses the way to the others for a moment, and leaves nothing behind there. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class WarmUpBetweenNodesTest {
    private static final Pattern DONE = Pattern.compile("what=warmed_up logins=\\d+ between_nodes=(\\d+)");
    private static final Pattern TROUBLE = Pattern.compile("ERROR .*|what=not_warmed_up .*|what=streams_cut.*");

    private static int done(ServerProcess node) {
        return (int) DONE.matcher(node.logs()).results().count();
    }

    private static void assertNoTrouble(ClusterNodes nodes) {
        for (ServerProcess node : nodes.running()) {
            Matcher trouble = TROUBLE.matcher(node.logs());
            assertFalse(trouble.find(), () -> trouble.group());
        }
    }

    private static boolean isInUse(ServerProcess node) {
        return node.shell("session:list").contains("warm-up");
    }

    @Test
    void whoJoinsWritesToTheOtherAndHearsFromIt() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "warmth", 1, "warm-up=true")
                .start()) {
            ServerProcess first = nodes.node(0);
            Await.until("the first is done", () -> done(first) == 1);
            ServerProcess second = nodes.add();
            nodes.start();
            Await.until("the second is done", () -> done(second) == 1);
            Matcher between = DONE.matcher(second.logs());
            assertTrue(between.find() && Integer.parseInt(between.group(1)) > 0, second::logs);
            Await.until("nobody is left", () -> !isInUse(first) && !isInUse(second));
            assertNoTrouble(nodes);
            assertEquals("0", nodes.query("SELECT COUNT(*) FROM skein_spool").get(0));
        }
    }

    @Test
    void aNodeThatDiesMeanwhileLeavesNothingBehindAndTheNextIsServed() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "coldness", 1, "warm-up=true")
                .start()) {
            ServerProcess first = nodes.node(0);
            first.addUser("romeo@localhost", "secret");
            Await.until("the first is done", () -> done(first) == 1);
            ServerProcess second = nodes.add();
            nodes.start();
            Await.until("the first answers the second, or has", () -> isInUse(first) || done(second) > 0);
            second.kill();
            nodes.awaitMembers();
            Await.until("nobody is left", () -> !isInUse(first));
            try (RawClient romeo = RawClient.online(first.port("c2s"), "romeo", "orchard")) {
                romeo.available();
            }
            nodes.start();
            Await.until("the second is done, now", () -> done(second) > 0);
            Await.until("nobody is left", () -> !isInUse(first) && !isInUse(second));
            assertNoTrouble(nodes);
            assertEquals("0", nodes.query("SELECT COUNT(*) FROM skein_spool").get(0));
        }
    }
}
