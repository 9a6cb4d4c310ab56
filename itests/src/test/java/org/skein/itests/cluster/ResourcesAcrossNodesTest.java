package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** What one client's doing means for the same user's others, and what others learn of the user, over several nodes. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class ResourcesAcrossNodesTest {
    private static final String CARBONS = "urn:xmpp:carbons:2";
    private static final String LAST = "<query xmlns='jabber:iq:last'/>";

    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(ClusterNodes shared) {
        nodes = shared;
    }

    private static String register() throws Exception {
        return StanzaClient.register(nodes.node(0));
    }

    /** What came up to a message with a body of its own, in words. */
    private static List<String> copies(StanzaClient client, String last) throws Exception {
        return client.allUntilBody(last).stream()
                .filter(x -> x.name().equals("message"))
                .map(ResourcesAcrossNodesTest::kind)
                .toList();
    }

    private static String kind(Xml message) {
        for (String direction : List.of("sent", "received")) {
            if (message.has(direction, CARBONS)) {
                return direction;
            }
        }
        return message.text("body");
    }

    @Test // XEP-0280 §7, §8
    void copiesReachTheUsersClientsOnAllNodesOnce() throws Exception {
        String user = register();
        try (StanzaClient one = StanzaClient.online(nodes.node(0), user, "one");
                StanzaClient two = StanzaClient.online(nodes.node(0), user, "two");
                StanzaClient three = StanzaClient.online(nodes.node(1), user, "three");
                StanzaClient romeo = StanzaClient.online(nodes.node(2), register(), "orchard")) {
            for (StanzaClient c : List.of(one, two, three)) {
                assertEquals(
                        "result",
                        c.iq("set", "", "<enable xmlns='" + CARBONS + "'/>").get("type"));
            }
            one.chat(romeo.jid(), "from one");
            romeo.awaitBody("from one");
            romeo.chat(one.jid(), "to one");
            one.awaitBody("to one");
            for (StanzaClient c : List.of(two, three)) {
                c.await("copy of what was sent", x -> x.has("sent", CARBONS));
                c.await("copy of what was received", x -> x.has("received", CARBONS));
            }
            romeo.chat(one.bare(), "to all");
            for (StanzaClient c : List.of(one, two, three)) {
                assertEquals(List.of("to all"), copies(c, "to all"), c.jid());
            }

            three.send("<presence><priority>-1</priority></presence>");
            one.awaitPresence("", three.jid());
            romeo.chat(one.bare(), "to those that take it");
            romeo.chat(three.jid(), "to three");
            assertEquals(List.of("received", "to three"), copies(three, "to three"));
        }
    }

    @Test // RFC 6121 §4.3.2; XEP-0012 §4
    void whetherAUserIsThereIsToldFromWhereverItIs() throws Exception {
        String hers = register();
        try (StanzaClient juliet = StanzaClient.online(nodes.node(0), hers, "balcony");
                StanzaClient romeo = StanzaClient.online(nodes.node(1), register(), "orchard")) {
            romeo.presence("subscribe", juliet.bare());
            juliet.awaitPresence("subscribe", romeo.bare());
            juliet.presence("subscribed", romeo.bare());
            romeo.awaitPresence("", juliet.jid());
            romeo.presence("probe", juliet.bare());
            romeo.awaitPresence("", juliet.jid());
            assertEquals(
                    "0",
                    romeo.iq("get", juliet.bare(), LAST)
                            .find("query", "jabber:iq:last")
                            .orElseThrow()
                            .get("seconds"));
            romeo.presence("", juliet.jid());
            juliet.awaitPresence("", romeo.jid());
            juliet.logOut();
            romeo.awaitPresence("unavailable", juliet.jid());
            romeo.presence("probe", juliet.bare());
            romeo.awaitPresence("unavailable", juliet.bare());
            try (StanzaClient stranger = StanzaClient.online(nodes.node(2), register(), "street")) {
                assertEquals(
                        "auth/forbidden",
                        stranger.iq("get", juliet.bare(), LAST).error());
            }
        }
    }

    @Test // RFC 6121 §4.6.3
    void directedPresenceIsTakenBackOnAnotherNode() throws Exception {
        StanzaClient romeo = StanzaClient.online(nodes.node(1), register(), "orchard");
        try (StanzaClient juliet = StanzaClient.online(nodes.node(0), register(), "balcony");
                romeo) {
            romeo.presence("", juliet.jid());
            juliet.awaitPresence("", romeo.jid());
            romeo.close();
            juliet.awaitPresence("unavailable", romeo.jid());
        }
    }

    @Test // XEP-0133 §4.18
    void theAdministratorSeesTheUsersOfAllNodes() throws Exception {
        String user = register();
        try (StanzaClient admin = StanzaClient.online(nodes.node(0), SharedNode.ADMIN, "desk")) {
            // Sessions of other tests may be ending: so until it is so once.
            Await.until("who is on two nodes counts once", () -> {
                int before = online(admin);
                try (StanzaClient one = StanzaClient.bound(nodes.node(1), user, "one");
                        StanzaClient two = StanzaClient.bound(nodes.node(2), user, "two")) {
                    int now = online(admin);
                    one.logOut();
                    two.logOut();
                    return now == before + 1;
                }
            });
        }
    }

    private static int online(StanzaClient admin) throws Exception {
        Xml answer = admin.iq(
                "set",
                "localhost",
                "<command xmlns='http://jabber.org/protocol/commands'"
                        + " node='http://jabber.org/protocol/admin#get-online-users-num'/>");
        assertEquals("result", answer.get("type"), answer.toString());
        String all = answer.toString();
        String value = all.substring(all.indexOf("onlineusersnum"));
        return Integer.parseInt(value.substring(value.indexOf("<value>") + 7, value.indexOf("</value>")));
    }
}
