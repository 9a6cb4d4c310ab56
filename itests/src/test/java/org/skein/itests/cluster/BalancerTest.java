package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.HaProxy;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** Two nodes behind HAProxy as docs/cluster.md sets it up: spread, addresses, draining, a crash. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class BalancerTest {
    private static final int CLIENTS = 6;

    private final HttpClient http = HttpClient.newHttpClient();

    private int health(ServerProcess node) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port("http") + "/health"))
                .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }

    private static int sessions(ServerProcess node, int index, String user) {
        return (int) node.shell("session:list node=" + ClusterNodes.name(index))
                .lines()
                .filter(l -> l.startsWith(user + "@"))
                .peek(l -> assertFalse(l.contains(HaProxy.ADDRESS), l))
                .count();
    }

    /** A client by the balancer; false if it got a node that does not take it. */
    private static boolean logsIn(HaProxy balancer, String user) {
        try (RawClient client = RawClient.online(balancer.port(), user, "probe")) {
            client.ping("there");
            return true;
        } catch (IOException | AssertionError e) {
            return false;
        }
    }

    @Test
    void clientsAreSpreadOverNodesWhereTheyCanLogInAndAreNotCutWhileOneDrains() throws Exception {
        assumeTrue(HaProxy.isInstalled(), "haproxy is not installed: apt-get install -y haproxy");
        try (ClusterNodes nodes = ClusterNodes.create(
                        MariaDb.shared(),
                        "balanced",
                        2,
                        "proxy-protocol-from=" + HaProxy.ADDRESS,
                        "max-connections-per-address=1000",
                        "cluster-drain-rate=0")
                .start()) {
            ServerProcess first = nodes.node(0);
            ServerProcess second = nodes.node(1);
            String user = StanzaClient.register(first);
            try (HaProxy balancer = HaProxy.start(nodes.running())) {
                Await.until("both are up", () -> health(first) == 200 && health(second) == 200);
                Await.until("HAProxy knows", () -> logsIn(balancer, user));
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(RawClient.online(balancer.port(), user, "r" + i));
                }
                Await.until(
                        "both have some",
                        () -> sessions(first, 0, user) > 0
                                && sessions(second, 1, user) > 0
                                && sessions(first, 0, user) + sessions(second, 1, user) == CLIENTS);
                try (RawClient direct = RawClient.connect(balancer.tlsPort())) {
                    direct.tls().open().logIn(user).bind("direct");
                }

                int staying = sessions(second, 1, user);
                first.shell("cluster:drain");
                Await.until("the first is down", () -> health(first) == 503);
                assertEquals(200, health(second));
                Await.until("new ones get the second only", () -> logsIn(balancer, user) && logsIn(balancer, user));
                int alive = 0;
                for (RawClient client : clients) {
                    alive += answers(client) ? 1 : 0;
                }
                assertEquals(staying, alive);
                for (RawClient client : clients) {
                    client.close();
                }

                first.shell("cluster:join");
                Await.until("the first is back", () -> health(first) == 200);
                second.kill();
                Await.until("the first takes all", () -> logsIn(balancer, user));
                assertTrue(health(first) == 200);
            }
        }
    }

    private static boolean answers(RawClient client) throws IOException {
        try {
            client.ping("still");
            return true;
        } catch (AssertionError | IOException ended) {
            return false;
        }
    }

    @Test
    void theDoctorSeesTheClusterFromEachNodeAndWhatIsLeftOfOthers() throws Exception {
        try (ClusterNodes nodes =
                ClusterNodes.create(MariaDb.shared(), "examined", 2).start()) {
            nodes.update(
                    "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, last_updated, state)"
                            + " VALUES ('gone.skein.test', '127.0.0.1', 1, 1, 'x', NOW(3) - INTERVAL 60 SECOND, 'SERVING')");
            String said = nodes.node(0).skein("doctor").succeeds().output();
            for (int i = 0; i < 2; i++) {
                assertTrue(said.matches("(?s).*OK    member       " + ClusterNodes.name(i) + " .*"), said);
            }
            assertTrue(said.contains("WARN  member       gone.skein.test"), said);
            assertTrue(said.contains("OK    durability   innodb_flush_log_at_trx_commit=1"), said);
            assertTrue(said.contains("OK    clock"), said);
            assertEquals(
                    0,
                    nodes.node(1)
                            .skein("shell", "doctor")
                            .succeeds()
                            .output()
                            .lines()
                            .filter(l -> l.startsWith("FAIL"))
                            .count());
        }
    }
}
