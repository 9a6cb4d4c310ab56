package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ChattingPair;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.Ports;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** Many who have to change the node: sent away at a bounded rate, and let in at one. DESIGN §6 "Drain", P6. */
class CrowdTest {
    private static final int CROWD = 24;
    private static final int RATE = 4;

    /** So much later than the first the last comes, at this rate; slow machines take longer. */
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos((CROWD - 2 * RATE) / RATE);

    private static <T> List<T> all(List<Future<T>> futures) throws Exception {
        List<T> done = new ArrayList<>();
        for (Future<T> future : futures) done.add(future.get(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        return done;
    }

    private static void assertSpread(List<Long> times) {
        long first = times.stream().mapToLong(Long::longValue).min().orElseThrow();
        long last = times.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertTrue(last - first >= LEAST_NANOS, () -> "all within " + (last - first) / 1_000_000 + " ms");
    }

    @Test
    @EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
    void aDrainedNodesClientsAreToldWhereToGoOneAfterTheOtherAndTheOperatorSeesHowFarItIs() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CROWD);
        List<RawClient> clients = new ArrayList<>();
        int port = Ports.free();
        String elsewhere = "127.0.0.1:" + port;
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "crowd", 1)) {
            nodes.add("c2s-port=" + port, "cluster-client-address=" + elsewhere);
            nodes.start();
            ServerProcess drained = nodes.node(0);
            String user = StanzaClient.register(drained);
            for (int i = 0; i < CROWD; i++) clients.add(RawClient.online(drained.port("c2s"), user, "r" + i));

            CompletableFuture<String> progress =
                    CompletableFuture.supplyAsync(() -> drained.shell("cluster:drain --rate " + RATE), threads);
            List<Future<Long>> ends = new ArrayList<>();
            for (RawClient client : clients) {
                ends.add(threads.submit(() -> {
                    String end = client.awaitEnd();
                    assertTrue(
                            end.contains("<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>" + elsewhere
                                    + "</see-other-host>"),
                            end);
                    return System.nanoTime();
                }));
            }
            assertSpread(all(ends));
            String shown = progress.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
            assertTrue(shown.lines().count() > 3, shown);
            assertTrue(shown.contains(" of " + CROWD), shown);
            assertTrue(shown.contains("is drained and leaves"), shown);
            nodes.awaitMembers(Set.of(ClusterNodes.name(1)));
            RawClient.online(port, user, "r0").close();
        } finally {
            threads.shutdownNow();
            for (RawClient client : clients) client.close();
        }
    }

    @Test // login-admission-rate
    void aCrowdIsLetInOneAfterTheOtherAndThoseInsideNoticeNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CROWD);
        try (ServerProcess node =
                ServerProcess.create("login-rate=0", "scram-iterations=4096").start()) {
            for (String user : List.of("romeo", "juliet", "nurse")) node.addUser(user + "@localhost", "secret");
            try (ChattingPair pair = ChattingPair.start(node)) {
                node.shell("config:set login-admission-rate " + RATE);
                List<Future<Long>> logins = new ArrayList<>();
                for (int i = 0; i < CROWD; i++) {
                    String resource = "r" + i;
                    logins.add(threads.submit(() -> {
                        Await.until(resource + " is in", () -> isIn(node, resource));
                        return System.nanoTime();
                    }));
                }
                pair.assertUndisturbed();
                assertEquals(CROWD, all(logins).size());
                assertSpread(all(logins));
                pair.assertUndisturbed();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** False for whoever is told to come again. */
    private static boolean isIn(ServerProcess node, String resource) {
        try {
            RawClient.online(node.port("c2s"), "nurse", resource).close();
            return true;
        } catch (IOException | AssertionError later) {
            assertTrue(
                    later.toString().contains("resource-constraint")
                            || later.toString().contains("temporary-auth-failure"),
                    later::toString);
            return false;
        }
    }
}
