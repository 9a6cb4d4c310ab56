package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** A node of three is killed, stops in its tracks, is ended, is drained, and comes back, each time under traffic. */
@ExtendWith(DisturbedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class NodeLossTest {
    private static final String SM = "urn:xmpp:sm:3";
    private static final int PAIRS = 6;

    private static DisturbedCluster.Nodes disturbed;
    private ClusterNodes nodes;

    @BeforeAll
    static void useNodes(DisturbedCluster.Nodes shared) {
        disturbed = shared;
    }

    @BeforeEach
    void allRun() {
        nodes = disturbed.whole();
    }

    private static String enable(StanzaClient client) throws Exception {
        client.send("<enable xmlns='" + SM + "' resume='true'/>");
        Xml enabled = client.await("enabled", x -> x.namespace().equals(SM));
        assertEquals("enabled", enabled.name(), enabled.toString());
        return enabled.get("id");
    }

    /** Asks until so many stanzas are answered for. */
    private static void awaitSafe(StanzaClient client, int stanzas) throws Exception {
        int h;
        do {
            client.send("<r xmlns='" + SM + "'/>");
            h = Integer.parseInt(client.await("a", x -> x.is("a", SM)).get("h"));
        } while (h < stanzas);
    }

    /** Juliet sees Romeo's presence, and he hers. */
    private static void befriend(StanzaClient romeo, StanzaClient juliet) throws Exception {
        romeo.presence("subscribed", juliet.bare()).soFar();
        juliet.presence("subscribed", romeo.bare()).soFar();
        juliet.presence("subscribe", romeo.bare());
        romeo.presence("subscribe", juliet.bare());
        juliet.awaitPresence("", romeo.jid());
        romeo.awaitPresence("", juliet.jid());
    }

    private List<String> waitingFor(String user, int at) throws Exception {
        try (StanzaClient client = StanzaClient.online(nodes.node(at), user, "again")) {
            client.chat(client.jid(), "marker");
            List<String> all = new ArrayList<>(client.allUntilBody("marker").stream()
                    .map(x -> x.text("body"))
                    .filter(b -> !b.isEmpty())
                    .toList());
            all.remove("marker");
            client.logOut();
            return all;
        }
    }

    @Test // P1, P2; DESIGN §6 "A node is gone"; CLUSTER 15
    void aKilledNodeCostsNoAcknowledgedMessageAndItsUsersAreSeenToGo() throws Exception {
        String his = StanzaClient.register(nodes.node(0));
        String hers = StanzaClient.register(nodes.node(0));
        try (Correspondence letters = Correspondence.start(nodes, PAIRS);
                StanzaClient juliet = StanzaClient.online(nodes.node(0), hers, "balcony");
                StanzaClient romeo = StanzaClient.bound(nodes.node(2), his, "orchard");
                StanzaClient stranger = StanzaClient.online(nodes.node(1), StanzaClient.register(nodes.node(0)), "r")) {
            String token = enable(romeo);
            romeo.available("");
            befriend(romeo, juliet);
            romeo.presence("", stranger.jid()); // directed
            stranger.awaitPresence("", romeo.jid());
            enable(juliet);
            letters.goOn(30);

            nodes.node(2).kill();
            juliet.chat(romeo.jid(), "one").chat(romeo.bare(), "two");

            juliet.awaitPresence("unavailable", romeo.jid());
            stranger.awaitPresence("unavailable", romeo.jid());
            juliet.chat(romeo.jid(), "three");
            awaitSafe(juliet, 3);
            letters.goOn(30);
            nodes.awaitMembers();
            try (StanzaClient again = StanzaClient.authenticated(nodes.node(1), his)) {
                again.send("<resume xmlns='" + SM + "' previd='" + token + "' h='0'/>");
                Xml failed = again.await("failed", x -> x.namespace().equals(SM));
                assertEquals("failed", failed.name(), failed.toString());
                assertTrue(failed.has("item-not-found", "urn:ietf:params:xml:ns:xmpp-stanzas"), failed.toString());
                again.bind("orchard");
                again.send("<presence/>");
                List<String> got = new ArrayList<>();
                while (got.size() < 3) {
                    got.add(again.await("a message", x -> x.name().equals("message"))
                            .text("body"));
                }
                assertEquals(List.of("one", "two", "three"), got);
                juliet.awaitPresence("", again.jid());
            }

            nodes.start(); // it joins while they write
            letters.goOn(30);
            letters.reckon();
        }
    }

    @Test // P4, CLUSTER 5, 8
    void aNodeThatWasStoppedInItsTracksServesNobodyWhenItWakesAndJoinsAgain() throws Exception {
        String his = StanzaClient.register(nodes.node(0));
        String hers = StanzaClient.register(nodes.node(0));
        ServerProcess paused = nodes.node(1);
        try (StanzaClient juliet = StanzaClient.online(nodes.node(0), hers, "balcony");
                StanzaClient romeo = StanzaClient.online(paused, his, "orchard");
                StanzaClient tybalt = StanzaClient.online(nodes.node(2), StanzaClient.register(nodes.node(0)), "r")) {
            befriend(romeo, juliet);
            enable(juliet);
            String before = incarnation(1);

            paused.pause();
            try {
                juliet.send("<iq type='get' id='asked' to='" + romeo.jid() + "'><ping xmlns='urn:xmpp:ping'/></iq>");
                Xml refused =
                        juliet.await("an answer in his place", x -> x.get("id").equals("asked"));
                assertEquals("wait/recipient-unavailable", refused.error()); // CLUSTER 21
                juliet.awaitPresence("unavailable", romeo.jid());
                nodes.awaitMembers(Set.of(ClusterNodes.name(0), ClusterNodes.name(2)));
                juliet.chat(romeo.jid(), "while you were asleep");
                awaitSafe(juliet, 2);
                romeo.chat(juliet.jid(), "from a node that is no member").presence("", tybalt.jid());
                romeo.send("<iq type='set' id='late'><vCard xmlns='vcard-temp'><FN>Late</FN></vCard></iq>");
            } finally {
                paused.resume();
            }

            romeo.awaitEnd();
            assertTrue(
                    romeo.inbox().stream().noneMatch(x -> x.get("id").equals("late")),
                    () -> "it served: " + romeo.inbox());
            nodes.awaitMembers();
            assertTrue(!incarnation(1).equals(before), "it joined as another incarnation");
            tybalt.chat(juliet.jid(), "marker");
            assertTrue(juliet.allUntilBody("marker").stream()
                    .noneMatch(x -> x.text("body").startsWith("from a node")));
            assertTrue(tybalt.soFar().stream().noneMatch(x -> x.get("from").equals(romeo.jid())));
            Xml card = juliet.iq("get", his + "@localhost", "<vCard xmlns='vcard-temp'/>");
            assertTrue(!card.toString().contains("Late"), card.toString());
            Await.until("clients log in there again", () -> {
                try (StanzaClient client = StanzaClient.encrypted(paused)) {
                    return client.plain(his, StanzaClient.PASSWORD)
                            .awaitSasl()
                            .name()
                            .equals("success");
                } catch (AssertionError | java.io.IOException notYet) {
                    return false;
                }
            });
            assertEquals(List.of("while you were asleep"), waitingFor(his, 1));
        }
    }

    private String incarnation(int node) throws Exception {
        return String.join(
                ",",
                nodes.query("SELECT incarnation FROM cluster_member WHERE name = '" + ClusterNodes.name(node) + "'"));
    }

    @Test // issue: SIGTERM, sessions parked, closed at once, nothing lost
    void aNodeThatIsEndedInGoodOrderLosesNothing() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(30);
            assertEquals(0, nodes.node(0).stop());
            nodes.awaitMembers();
            assertEquals(
                    List.of(),
                    nodes.query("SELECT hostname FROM cluster_nodes WHERE hostname = '" + ClusterNodes.name(0) + "'"),
                    "a clean stop removes the row");
            letters.goOn(30);
            letters.reckon();
        }
    }

    @Test // DESIGN §6 "Drain"
    void aDrainedNodeSendsItsClientsAwayAndNobodyGetsAnError() throws Exception {
        try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
            letters.goOn(30);
            nodes.node(1).shell("cluster:drain");
            nodes.awaitMembers(Set.of(ClusterNodes.name(0), ClusterNodes.name(2)));
            letters.goOn(30);
            if (nodes.node(1).isRunning()) {
                nodes.node(1).stop();
            }
            letters.goOn(10);
            letters.reckon().assertNoErrors();
            assertTrue(letters.resumed() > 0, () -> "streams go on elsewhere: " + letters);
        }
    }
}
