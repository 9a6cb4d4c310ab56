package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** The roster: RFC 6121 §2. */
class RosterTest extends OnSharedNode {
    private static final String ROSTER = "jabber:iq:roster";

    private String user;

    @BeforeEach
    void makeUser() throws Exception {
        user = StanzaClient.register(server);
    }

    private static Xml get(StanzaClient client, String version) throws Exception {
        String ver = version == null ? "" : " ver='" + version + "'";
        return client.iq("get", "", "<query xmlns='" + ROSTER + "'" + ver + "/>");
    }

    private static Xml set(StanzaClient client, String items) throws Exception {
        return client.iq("set", "", "<query xmlns='" + ROSTER + "'>" + items + "</query>");
    }

    private static List<Xml> items(Xml answer) {
        return answer.find("query", ROSTER).orElseThrow().children();
    }

    private static String version(Xml answer) {
        return answer.find("query", ROSTER).orElseThrow().get("ver");
    }

    @Test // RFC 6121 §2.3, §2.1.6: to all resources that asked for the roster, and to no other
    void aNewContactIsPushedToEveryInterestedResource() throws Exception {
        try (StanzaClient one = StanzaClient.bound(server, user, "one");
                StanzaClient two = StanzaClient.bound(server, user, "two");
                StanzaClient uninterested = StanzaClient.bound(server, user, "three")) {
            assertEquals(0, items(get(one, null)).size());
            assertEquals(0, items(get(two, null)).size());

            Xml answer = set(one, "<item jid='nurse@localhost' name='Nurse'><group>Servants</group></item>");

            assertEquals("result", answer.get("type"));
            for (StanzaClient client : List.of(one, two)) {
                Xml item = client.awaitPush("nurse@localhost");
                assertEquals("Nurse", item.get("name"));
                assertEquals("none", item.get("subscription"));
                assertEquals("Servants", item.text());
            }
            assertEquals(List.of(), uninterested.soFar());
        }
    }

    @Test // RFC 6121 §2.4
    void aContactIsRenamedAndRegrouped() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            get(client, null);
            set(client, "<item jid='nurse@localhost' name='Nurse'><group>A</group><group>B</group></item>");
            client.awaitPush("nurse@localhost");
            set(client, "<item jid='nurse@localhost' name='Angelica &amp; &quot;co&quot;'><group>C</group></item>");
            Xml item = client.awaitPush("nurse@localhost");
            assertEquals("Angelica & \"co\"", item.get("name"));
            assertEquals(Set.of("C"), item.children().stream().map(Xml::text).collect(Collectors.toSet()));
            assertEquals(1, items(get(client, null)).size());
        }
    }

    @Test // RFC 6121 §2.5
    void aRemovedContactIsPushedAndGone() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            get(client, null);
            set(client, "<item jid='nurse@localhost'/>");
            client.awaitPush("nurse@localhost");
            set(client, "<item jid='nurse@localhost' subscription='remove'/>");
            assertEquals("remove", client.awaitPush("nurse@localhost").get("subscription"));
            assertEquals(0, items(get(client, null)).size());
            assertEquals(
                    "cancel/item-not-found",
                    set(client, "<item jid='nurse@localhost' subscription='remove'/>")
                            .error());
        }
    }

    @Test // RFC 6121 §2.3.3
    void setsThatBreakTheRulesAreRefused() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            assertEquals("modify/bad-request", set(client, "").error());
            assertEquals(
                    "modify/bad-request",
                    set(client, "<item jid='a@b'/><item jid='c@d'/>").error());
            assertEquals("modify/bad-request", set(client, "<item/>").error());
            assertEquals("modify/bad-request", set(client, "<item jid='@'/>").error());
            assertEquals(
                    "modify/bad-request",
                    set(client, "<item jid='a@b'><group>X</group><group>X</group></item>")
                            .error());
            assertEquals(
                    "modify/not-acceptable",
                    set(client, "<item jid='a@b'><group/></item>").error());
            assertEquals(
                    "modify/not-acceptable",
                    set(client, "<item jid='a@b' name='" + "n".repeat(1024) + "'/>")
                            .error());
            assertEquals(0, items(get(client, null)).size());
        }
    }

    @Test // RFC 6121 §2.3.3: not another's
    void nobodyElseMayReadOrChangeARoster() throws Exception {
        String stranger = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, stranger, "r")) {
            String to = user + "@localhost";
            assertEquals(
                    "auth/forbidden",
                    client.iq("get", to, "<query xmlns='" + ROSTER + "'/>").error());
            assertEquals(
                    "auth/forbidden",
                    client.iq("set", to, "<query xmlns='" + ROSTER + "'><item jid='a@b'/></query>")
                            .error());
        }
    }

    @Test // RFC 6121 §2.6.2: the value of subscription and ask in a set are not the client's to choose
    void aClientCannotGiveItselfASubscription() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            get(client, null);
            set(client, "<item jid='nurse@localhost' subscription='both' ask='subscribe' approved='true'/>");
            Xml item = client.awaitPush("nurse@localhost");
            assertEquals("none", item.get("subscription"));
            assertEquals("", item.get("ask"));
            assertEquals("", item.get("approved"));
        }
    }

    @Test // RFC 6121 §2.6
    void versioningIsAdvertisedAndAnUnchangedRosterIsNotSentAgain() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            assertTrue(client.features().has("ver", "urn:xmpp:features:rosterver"));
            client.bind("r");
            set(client, "<item jid='nurse@localhost'/>");
            String version = version(get(client, ""));
            assertFalse(version.isEmpty());

            Xml unchanged = get(client, version);

            assertEquals("result", unchanged.get("type"));
            assertEquals(0, unchanged.children().size());
        }
    }

    @Test // RFC 6121 §2.6.3
    void whatChangedWhileAwayComesAsPushesWithAscendingVersions() throws Exception {
        String before;
        try (StanzaClient client = StanzaClient.bound(server, user, "r");
                StanzaClient other = StanzaClient.bound(server, user, "other")) {
            set(client, "<item jid='a@localhost'/>");
            set(client, "<item jid='b@localhost'/>");
            set(client, "<item jid='c@localhost'/>");
            before = version(get(client, ""));
            client.logOut();
            set(other, "<item jid='b@localhost' name='Bee'/>");
            set(other, "<item jid='c@localhost' subscription='remove'/>");
            set(other, "<item jid='d@localhost'/>");
        }
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            assertEquals(0, get(client, before).children().size());
            List<Xml> pushes = client.allUntil("push of d", x -> x.toString().contains("d@localhost"));
            assertEquals(
                    List.of("b@localhost", "c@localhost", "d@localhost"),
                    pushes.stream().map(p -> items(p).get(0).get("jid")).toList());
            assertEquals("Bee", items(pushes.get(0)).get(0).get("name"));
            assertEquals("remove", items(pushes.get(1)).get(0).get("subscription"));
            assertEquals(version(get(client, "")), version(pushes.get(2)));
        }
    }

    @Test // RFC 6121 §2.6.3
    void aVersionTheServerNeverGaveGetsTheWholeRoster() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            set(client, "<item jid='a@localhost'/>");
            for (String version : List.of("", "not-one-of-ours", "999999999")) {
                assertEquals(1, items(get(client, version)).size(), version);
            }
        }
    }
}
