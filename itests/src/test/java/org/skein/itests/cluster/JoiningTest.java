package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ChattingPair;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** How a node becomes a member, and when it does not: DESIGN §6 "Joining". */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class JoiningTest {
    private static final int STALE = 400;

    @Test
    void aLoneNodeBecomesAMemberWhileItsUsersChatAndHundredsOfOldRowsKeepNobodyOut() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "joining", 0)) {
            ServerProcess first = nodes.add("cluster-mode=false");
            first.start();
            StanzaClient.register(first, "romeo");
            StanzaClient.register(first, "juliet");
            String other = StanzaClient.register(first);
            try (ChattingPair pair = ChattingPair.start(first);
                    StanzaClient nurse = StanzaClient.online(first, StanzaClient.register(first), "kitchen")) {
                pair.assertUndisturbed();
                assertEquals(Set.of(), nodes.members(), "alone it is no member");

                first.shell("config:set cluster-mode true");
                nodes.awaitMembers(Set.of(ClusterNodes.name(0)));
                pair.assertUndisturbed();

                addStaleRows(nodes);
                // a list of nodes, one of them wrong, is no obstacle
                nodes.add("cluster-nodes=" + ClusterNodes.name(0) + ":" + first.port("cluster")
                                + ",gone.skein.test:5777")
                        .start();
                nodes.awaitMembers();
                pair.assertUndisturbed();
                try (StanzaClient tybalt = StanzaClient.online(nodes.node(1), other, "street")) {
                    tybalt.chat(nurse.jid(), "from the second node");
                    nurse.awaitBody("from the second node");
                    nurse.chat(tybalt.bare(), "from the first");
                    tybalt.awaitBody("from the first");
                }
                assertEquals(
                        List.of("2"),
                        nodes.query("SELECT COUNT(*) FROM cluster_nodes WHERE hostname LIKE 'node%'"),
                        "nobody deleted a row of a member");
                pair.assertUndisturbed();

                String epoch = epoch(first);
                first.shell("config:set cluster-silence-ms 7000");
                first.shell("config:set user-db-pool-size 6");
                pair.assertUndisturbed();
                assertEquals(epoch, epoch(first), "nobody left for a setting");
            }
        }
    }

    /** All of 127.0.0.0/8 is this machine; a listener for all addresses would answer on the first as well. */
    @Test
    void everyListenerKeepsToTheBindAddressTheClustersIncluded() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "bound", 0)) {
            ServerProcess node = nodes.add("bind-address=127.0.0.2").start();
            nodes.awaitMembers();
            Map<String, Integer> ports = node.ports();
            assertTrue(ports.keySet().containsAll(Set.of("c2s", "c2s-tls", "http", "cluster")), ports::toString);
            for (int port : ports.values()) {
                new Socket("127.0.0.2", port).close();
                // At 127.0.0.1 another test may listen on a port of this number.
                assertThrows(ConnectException.class, () -> new Socket("127.0.0.3", port).close(), ports::toString);
            }
        }
    }

    @Test
    void theFeatureTurnsARunningNodeIntoAMember() throws Exception {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "by_feature", 0)) {
            ServerProcess node = nodes.add();
            Path file = node.resolve("etc/init.properties");
            Files.write(
                    file,
                    Files.readAllLines(file).stream()
                            .filter(l -> !l.startsWith("--cluster-mode"))
                            .toList());
            node.start();
            StanzaClient.register(node, "romeo");
            StanzaClient.register(node, "juliet");
            try (ChattingPair pair = ChattingPair.start(node)) {
                pair.assertUndisturbed();
                assertEquals(Set.of(), nodes.members());
                node.shell("feature:install cluster");
                nodes.awaitMembers();
                pair.assertUndisturbed();
            }
        }
    }

    private static String epoch(ServerProcess node) {
        return node.shell("cluster:view").lines().findFirst().orElseThrow();
    }

    /** As crashed nodes and bad hands leave them: old, without a name that resolves, with impossible ports and times. */
    private static void addStaleRows(ClusterNodes nodes) throws Exception {
        String[] rows = new String[STALE];
        for (int i = 0; i < STALE; i++) {
            String host = i % 3 == 0 ? "127.0.0.1" : i % 3 == 1 ? "gone" + i + ".invalid" : "not a name " + i;
            String updated = i % 10 == 9 ? "'2037-01-01 00:00:00'" : "NOW(3) - INTERVAL " + (10 + i) + " SECOND";
            rows[i] = "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, protocol_version,"
                    + " last_updated, state) VALUES ('stale" + i + ".skein.test', '" + host + "', "
                    + (i % 4 == 0 ? 0 : 1 + i) + ", " + (1000 + i) + ", '" + "0".repeat(64) + "', 1, " + updated
                    + ", 'SERVING')";
        }
        nodes.update(rows);
    }

    @Test
    void aNameOthersCannotUseIsRefusedWithWhatToChange() {
        try (ClusterNodes nodes = ClusterNodes.create(MariaDb.shared(), "misnamed", 0)) {
            ServerProcess node = nodes.add("cluster-hostname=localhost").launch();
            Await.until("it says what is wrong", () -> {
                String said = node.log() + node.output();
                return said.contains("cluster-hostname") && said.contains("localhost");
            });
            assertTrue(node.isRunning());
        }
    }

    @Test
    void anEmbeddedDatabaseCannotBeSharedAndTheNodeSaysWhatToSet() {
        try (ServerProcess node = ServerProcess.create("cluster-mode=true", "cluster-hostname=node1.skein.test")
                .environment("JAVA_OPTS", "")
                .launch()) {
            Await.until("it says what is wrong", () -> {
                String said = node.log() + node.output();
                return said.contains("user-db=") && said.contains("user-db-uri=");
            });
            assertFalse(node.log().contains("Exception\n\tat"), node.log());
        }
    }

    @Test
    void aStartThatOnlyOtherSettingsCanHelpSaysWhichInItsLastLine() {
        try (ServerProcess embedded = ServerProcess.create("cluster-mode=true")) {
            String said = embedded.skein("start").exits(1).output().strip();
            String last = said.substring(said.lastIndexOf('\n') + 1);
            assertTrue(last.contains("the database is embedded in this node"), said);
            assertTrue(last.contains("--user-db-uri=jdbc:mariadb:"), said);
            assertTrue(last.contains("--cluster-mode=false"), said);
        }
    }

    @Test
    void aRunningNodeWithAnEmbeddedDatabaseRefusesTheModeWithTheLinesToSet() throws Exception {
        try (ServerProcess embedded = ServerProcess.create().start()) {
            for (String command : List.of("config:set cluster-mode true", "feature:install cluster")) {
                String said = embedded.skein("shell", command).exits(1).output();
                assertTrue(said.contains("--user-db=mariadb\n"), said);
                assertTrue(said.contains("--user-db-uri=jdbc:mariadb:"), said);
            }
            assertEquals(
                    "cluster-mode false default",
                    embedded.shell("config:show cluster-mode")
                            .lines()
                            .findFirst()
                            .orElse("")
                            .replaceAll(" +", " ")
                            .strip());
            assertEquals(0, embedded.stop());
            embedded.start(); // as before
        }
    }
}
