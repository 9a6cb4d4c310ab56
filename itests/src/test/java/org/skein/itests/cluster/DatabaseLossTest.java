package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** The database of a cluster stops in its tracks: CLUSTER 10. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class DatabaseLossTest {
    private static DisturbedCluster.Nodes disturbed;

    @BeforeAll
    static void useNodes(DisturbedCluster.Nodes shared) {
        disturbed = shared;
    }

    @Test
    void chatsAcrossNodesGoOnLoginsAreRefusedAndTheViewStays() throws Exception {
        ClusterNodes nodes = disturbed.whole();
        String his = StanzaClient.register(nodes.node(0));
        String hers = StanzaClient.register(nodes.node(0));
        String absent = StanzaClient.register(nodes.node(0));
        try (StanzaClient romeo = StanzaClient.online(nodes.node(0), his, "orchard");
                StanzaClient juliet = StanzaClient.online(nodes.node(1), hers, "balcony");
                StanzaClient late = StanzaClient.encrypted(nodes.node(2))) {
            romeo.chat(juliet.jid(), "before");
            juliet.awaitBody("before");
            juliet.chat(romeo.jid(), "before");
            romeo.awaitBody("before");
            List<String> before = nodes.query("SELECT incarnation FROM cluster_member ORDER BY name");
            disturbed.database().pause();
            try {
                Xml answer = late.plain(absent, StanzaClient.PASSWORD).awaitSasl();
                assertEquals("failure", answer.name());
                assertEquals("temporary-auth-failure", answer.children().get(0).name(), answer.toString());
                romeo.chat(absent + "@localhost", "who keeps this?");
                Xml error = romeo.await("error", x -> x.get("type").equals("error"));
                assertEquals("wait/resource-constraint", error.error());
                // By now it was away for more than the silence after which a node would be excluded.
                for (int i = 0; i < 20; i++) {
                    romeo.chat(i % 2 == 0 ? juliet.jid() : juliet.bare(), "his " + i);
                    juliet.awaitBody("his " + i);
                    juliet.chat(romeo.jid(), "hers " + i);
                    romeo.awaitBody("hers " + i);
                }
            } finally {
                disturbed.database().resume();
            }
            Await.until("clients log in again on every node", () -> {
                for (int at = 0; at < 3; at++) {
                    try (StanzaClient client = StanzaClient.encrypted(nodes.node(at))) {
                        if (!client.plain(absent, StanzaClient.PASSWORD)
                                .awaitSasl()
                                .name()
                                .equals("success")) return false;
                    }
                }
                return true;
            });
            nodes.awaitMembers();
            assertEquals(
                    before, nodes.query("SELECT incarnation FROM cluster_member ORDER BY name"), "nobody was excluded");
            romeo.chat(juliet.jid(), "still the same streams");
            juliet.awaitBody("still the same streams");
            Await.until("messages are kept and come", () -> {
                romeo.chat(absent + "@localhost", "kept");
                try (StanzaClient client = StanzaClient.online(nodes.node(2), absent, "r")) {
                    client.awaitBody("kept");
                    return true;
                }
            });
        }
    }
}
