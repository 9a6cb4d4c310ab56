package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/**
 * Whoever got the answer to a change sees it on every other node at once (CLUSTER 22): each test does so several times
 * without a pause between.
 */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class FollowUpTest {
    private static final int ROUNDS = 10;
    private static final String BLOCKING = "urn:xmpp:blocking";

    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(ClusterNodes shared) {
        nodes = shared;
    }

    private static String register() throws Exception {
        return StanzaClient.register(nodes.node(0));
    }

    private static void succeeds(Xml answer) {
        assertEquals("result", answer.get("type"), answer.toString());
    }

    private static String roster(StanzaClient client) throws Exception {
        return client.iq("get", "", "<query xmlns='jabber:iq:roster'/>").toString();
    }

    @Test // RFC 6121 §2
    void aContactIsInTheRosterAndPushedOnEveryNode() throws Exception {
        String user = register();
        try (StanzaClient one = StanzaClient.bound(nodes.node(0), user, "one");
                StanzaClient two = StanzaClient.bound(nodes.node(1), user, "two");
                StanzaClient three = StanzaClient.bound(nodes.node(2), user, "three")) {
            List<StanzaClient> all = List.of(one, two, three);
            for (StanzaClient c : all) {
                roster(c);
            }
            for (int i = 0; i < ROUNDS; i++) {
                String contact = "c" + i + "@localhost";
                StanzaClient changing = all.get(i % 3);
                succeeds(changing.iq(
                        "set", "", "<query xmlns='jabber:iq:roster'><item jid='" + contact + "'/></query>"));
                for (StanzaClient c : all) {
                    assertTrue(roster(c).contains(contact), "round " + i);
                }
                succeeds(all.get((i + 1) % 3)
                        .iq(
                                "set",
                                "",
                                "<query xmlns='jabber:iq:roster'><item jid='" + contact
                                        + "' subscription='remove'/></query>"));
                for (StanzaClient c : all) {
                    assertTrue(!roster(c).contains(contact), "round " + i);
                    assertEquals("none", c.awaitPush(contact).get("subscription"));
                    assertEquals("remove", c.awaitPush(contact).get("subscription"));
                }
            }
        }
    }

    @Test // XEP-0191 §3.3
    void aBlockedUserIsRefusedOnEveryNodeAndHeardAgainWhenUnblocked() throws Exception {
        String user = register();
        try (StanzaClient juliet = StanzaClient.online(nodes.node(0), user, "balcony");
                StanzaClient elsewhere = StanzaClient.online(nodes.node(1), user, "elsewhere");
                StanzaClient romeo = StanzaClient.online(nodes.node(2), register(), "orchard")) {
            String item = "<item jid='" + romeo.bare() + "'/>";
            for (int i = 0; i < ROUNDS; i++) {
                StanzaClient changing = i % 2 == 0 ? juliet : elsewhere;
                succeeds(changing.iq("set", "", "<block xmlns='" + BLOCKING + "'>" + item + "</block>"));
                romeo.chat(juliet.jid(), "blocked").chat(elsewhere.jid(), "blocked");
                for (int error = 0; error < 2; error++) {
                    assertEquals(
                            "cancel/service-unavailable",
                            romeo.await("error", x -> x.get("type").equals("error"))
                                    .error());
                }
                succeeds(changing.iq("set", "", "<unblock xmlns='" + BLOCKING + "'>" + item + "</unblock>"));
                romeo.chat(juliet.jid(), "free " + i).chat(elsewhere.jid(), "free " + i);
                assertTrue(juliet.allUntilBody("free " + i).stream()
                        .noneMatch(x -> x.text("body").equals("blocked")));
                elsewhere.awaitBody("free " + i);
            }
        }
    }

    @Test // XEP-0054, XEP-0049
    void aVCardAndPrivateDataAreReadOnEveryNode() throws Exception {
        String user = register();
        try (StanzaClient one = StanzaClient.bound(nodes.node(0), user, "one");
                StanzaClient two = StanzaClient.bound(nodes.node(1), user, "two");
                StanzaClient other = StanzaClient.bound(nodes.node(2), register(), "other")) {
            String get = "<vCard xmlns='vcard-temp'/>";
            for (int i = 0; i < ROUNDS; i++) {
                StanzaClient changing = i % 2 == 0 ? one : two;
                StanzaClient reading = i % 2 == 0 ? two : one;
                String name = "Juliet " + i;
                succeeds(changing.iq("set", "", "<vCard xmlns='vcard-temp'><FN>" + name + "</FN></vCard>"));
                assertTrue(reading.iq("get", "", get).toString().contains(name));
                assertTrue(other.iq("get", user + "@localhost", get).toString().contains(name));
                succeeds(changing.iq(
                        "set", "", "<query xmlns='jabber:iq:private'><a xmlns='urn:a'>" + name + "</a></query>"));
                assertTrue(reading.iq("get", "", "<query xmlns='jabber:iq:private'><a xmlns='urn:a'/></query>")
                        .toString()
                        .contains(name));
            }
        }
    }

    @Test // XEP-0077 §3.3
    void aNewPasswordCountsOnEveryNode() throws Exception {
        String user = register();
        String password = StanzaClient.PASSWORD;
        for (int i = 0; i < 3; i++) {
            String next = "password " + i;
            try (StanzaClient client = StanzaClient.encrypted(nodes.node(i))) {
                assertEquals("success", client.plain(user, password).awaitSasl().name());
                client.restart().open().bind("r");
                succeeds(client.iq(
                        "set",
                        "localhost",
                        "<query xmlns='jabber:iq:register'><username>" + user + "</username><password>" + next
                                + "</password></query>"));
                for (int at = 0; at < 3; at++) {
                    assertEquals("failure", loginAt(at, user, password), "old password at node " + at);
                    assertEquals("success", loginAt(at, user, next), "new password at node " + at);
                }
            }
            password = next;
        }
    }

    private static String loginAt(int node, String user, String password) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(nodes.node(node))) {
            return client.plain(user, password).awaitSasl().name();
        }
    }

    @Test // XEP-0077 §3.2
    void anAccountThatIsRemovedIsGoneFromEveryNode() throws Exception {
        String user = register();
        try (StanzaClient client = StanzaClient.online(nodes.node(0), user, "one");
                StanzaClient two = StanzaClient.online(nodes.node(1), user, "two");
                StanzaClient three = StanzaClient.bound(nodes.node(2), user, "three");
                StanzaClient romeo = StanzaClient.online(nodes.node(1), register(), "orchard")) {
            two.presence("", romeo.jid()).presence("", romeo.jid());
            romeo.awaitPresence("", two.jid());
            client.send("<iq type='set' id='bye'><query xmlns='jabber:iq:register'><remove/></query></iq>");
            assertEquals("not-authorized", two.awaitStreamEnd());
            assertEquals("not-authorized", three.awaitStreamEnd());
            succeeds(client.await("answer", x -> x.get("id").equals("bye")));
            assertEquals("not-authorized", client.awaitStreamEnd());
            romeo.awaitPresence("unavailable", two.jid());
            for (int at = 0; at < 3; at++) {
                assertEquals("failure", loginAt(at, user, StanzaClient.PASSWORD), "at node " + at);
            }
            romeo.chat(user + "@localhost", "anybody there?");
            assertEquals(
                    "cancel/service-unavailable",
                    romeo.await("error", x -> x.get("type").equals("error")).error());
        }
    }

    @Test // RFC 6121 §3.1
    void aSubscriptionIsSeenOnTheNodesOfBothAtOnce() throws Exception {
        String hers = register();
        String his = register();
        try (StanzaClient juliet = StanzaClient.online(nodes.node(0), hers, "balcony");
                StanzaClient chamber = StanzaClient.online(nodes.node(1), hers, "chamber");
                StanzaClient romeo = StanzaClient.online(nodes.node(1), his, "orchard");
                StanzaClient cell = StanzaClient.online(nodes.node(2), his, "cell")) {
            for (StanzaClient c : List.of(juliet, chamber, romeo, cell)) {
                roster(c);
            }
            for (int i = 0; i < 3; i++) {
                romeo.presence("subscribe", juliet.bare());
                chamber.awaitPresence("subscribe", romeo.bare());
                chamber.presence("subscribed", romeo.bare());
                cell.awaitPresence("subscribed", juliet.bare());
                assertTrue(roster(cell).contains("subscription='to'"), "the contact list on his other node");
                romeo.awaitPresence("", juliet.jid());
                cell.awaitPresence("", juliet.jid());
                cell.awaitPresence("", chamber.jid());
                juliet.presence("unsubscribed", romeo.bare());
                romeo.awaitPresence("unsubscribed", juliet.bare());
                cell.awaitPresence("unavailable", juliet.jid());
                assertTrue(!roster(cell).contains("subscription='to'"), "the contact list on his other node");
                romeo.soFar();
                cell.soFar();
                juliet.soFar();
                chamber.soFar();
            }
        }
    }
}
