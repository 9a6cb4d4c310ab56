package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.StanzaClient;

/** What an operator sees of a cluster at the console of one node. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ConsoleOfAClusterTest {
    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(ClusterNodes shared) {
        nodes = shared;
    }

    private static List<String> names() {
        return IntStream.range(0, nodes.size()).mapToObj(ClusterNodes::name).toList();
    }

    @Test
    void theViewIsTheSameAtAllNodesAndEachHasALinkToEachOther() {
        String epoch = "";
        for (int i = 0; i < nodes.size(); i++) {
            List<String> view = nodes.node(i).shell("cluster:view").lines().toList();
            assertTrue(epoch.isEmpty() || epoch.equals(view.get(0)), view::toString);
            epoch = view.get(0);
            for (String name : names()) {
                assertEquals(
                        1,
                        view.stream()
                                .filter(l -> l.startsWith("member ") && l.contains(name))
                                .count(),
                        view::toString);
            }
            List<String> links =
                    nodes.node(i).shell("cluster:links").lines().skip(1).toList();
            assertEquals(nodes.size() - 1, links.size(), links::toString);
            for (String link : links) {
                String[] cell = link.trim().split(" {2,}| (?=up )");
                assertTrue(names().contains(cell[0]) && !cell[0].equals(ClusterNodes.name(i)), link);
                assertTrue(link.contains(" up ") && link.contains("TLSv1.3"), link);
            }
        }
    }

    @Test
    void aUserIsFoundAndFollowedFromAnyNode() throws Exception {
        String romeo = StanzaClient.register(nodes.node(0));
        String juliet = StanzaClient.register(nodes.node(0));
        try (StanzaClient r = StanzaClient.online(nodes.node(0), romeo, "orchard");
                StanzaClient j = StanzaClient.online(nodes.node(1), juliet, "balcony")) {
            String found = nodes.node(2).shell("cluster:where " + juliet + "@localhost");
            assertTrue(found.lines().anyMatch(l -> l.startsWith(ClusterNodes.name(1)) && l.contains(j.jid())), found);
            assertTrue(nodes.node(2).shell("cluster:where nobody@localhost").contains("is online nowhere"));
            assertTrue(nodes.node(1).shell("cluster:__users").contains(j.bare()));

            CompletableFuture<String> trace = CompletableFuture.supplyAsync(
                    () -> nodes.node(2).shell("cluster:trace --lines 4 " + romeo + "@localhost"));
            int[] sent = new int[1];
            Await.until("four stanzas are followed", () -> {
                r.chat(j.jid(), "a secret " + sent[0]);
                j.awaitBody("a secret " + sent[0]++);
                return trace.isDone();
            });
            String seen = trace.join();
            assertTrue(seen.contains(ClusterNodes.name(0)) && seen.contains("sent by orchard"), seen);
            assertTrue(seen.contains("message") && seen.contains(j.jid()), seen);
            assertFalse(seen.contains("a secret"), seen);
        }
    }

    @Test
    void theDoctorSeesTheOthersAnswerWithTheirCertificates() {
        String outside = nodes.node(1).skein("doctor").succeeds().output();
        String inside = nodes.node(1).shell("doctor");
        for (String said : List.of(outside, inside)) {
            for (String name : names()) {
                boolean isOther = !name.equals(ClusterNodes.name(1));
                assertEquals(
                        isOther ? 1 : 0,
                        said.lines()
                                .filter(l -> l.matches("OK +link +" + name + " answers at " + name
                                        + ":[0-9]+ with the certificate it has in cluster_nodes"))
                                .count(),
                        said);
            }
            assertTrue(said.contains("node.crt, until "), said);
            assertTrue(said.contains(", the one in the row of " + ClusterNodes.name(1)), said);
            assertTrue(said.contains(", installed and running"), said);
            assertTrue(said.contains(": " + String.join(", ", names())), said);
        }
    }
}
