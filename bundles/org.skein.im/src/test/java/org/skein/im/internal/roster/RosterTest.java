package org.skein.im.internal.roster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.presence.PresenceProcessor;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class RosterTest {
    private final ImServer im = new ImServer();
    private final TestServer server = im.server;
    private final TestServer.Client anna = server.bind("anna@localhost/pc");

    private static Element query(Element... items) {
        Element.Builder query = Element.builder("query", Ns.ROSTER);
        for (Element item : items) query.child(item);
        return query.build();
    }

    private static Element item(String jid, String name, String... groups) {
        Element.Builder item = Element.builder("item", Ns.ROSTER).attribute("jid", jid);
        if (!name.isEmpty()) item.attribute("name", name);
        for (String group : groups) item.child("group", group);
        return item.build();
    }

    private List<Element> roster(TestServer.Client client) {
        return client.asks("get", "", query()).firstChild().orElseThrow().children();
    }

    private static String condition(Stanza error) {
        assertEquals("error", error.type(), error.toString());
        Element e = error.child("error", Ns.CLIENT).orElseThrow();
        return e.attribute("type", "") + " " + e.firstChild().orElseThrow().name();
    }

    @Test // RFC 6121 §2.2
    void aNewAccountHasAnEmptyRoster() {
        Stanza result = anna.asks("get", "", query());
        assertEquals("result", result.type());
        assertEquals("0", result.firstChild().orElseThrow().attribute("ver", ""));
        assertTrue(result.firstChild().orElseThrow().children().isEmpty());
    }

    @Test // RFC 6121 §2.3.1
    void anAddedContactIsInTheRoster() {
        Stanza reply = anna.asks("set", "", query(item("ben@localhost", "Ben", "Friends", "Work")));
        assertEquals("result", reply.type());
        assertTrue(reply.payload().isEmpty());
        Element item = roster(anna).get(0);
        assertEquals("ben@localhost", item.attribute("jid", ""));
        assertEquals("Ben", item.attribute("name", ""));
        assertEquals("none", item.attribute("subscription", ""));
        assertEquals(
                List.of("Friends", "Work"),
                item.children().stream().map(Element::text).toList());
    }

    @Test // RFC 6121 §2.1.6: pushes go to interested resources only
    void aChangeIsPushedToTheResourcesThatAskedForTheRoster() {
        TestServer.Client phone = server.bind("anna@localhost/phone");
        TestServer.Client other = server.bind("anna@localhost/other");
        roster(phone);
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        Stanza push = phone.takes().get(0);
        assertEquals("set", push.type());
        assertEquals("anna@localhost/phone", push.to().orElseThrow().toString());
        assertTrue(push.from().isEmpty());
        assertEquals(
                "ben@localhost",
                push.firstChild().orElseThrow().firstChild().orElseThrow().attribute("jid", ""));
        assertEquals("1", push.firstChild().orElseThrow().attribute("ver", ""));
        assertTrue(other.takes().isEmpty());
        assertTrue(anna.takes().isEmpty());
    }

    @Test
    void aSessionThatEndedGetsNoPushes() {
        TestServer.Client phone = server.bind("anna@localhost/phone");
        roster(phone);
        phone.ends();
        phone.takes();
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        assertTrue(phone.takes().isEmpty());
    }

    @Test // RFC 6121 §2.4.1
    void anUpdateReplacesNameAndGroupsAndKeepsTheSubscription() {
        anna.sends(Stanza.presence().type("subscribe").to(org.skein.xmpp.Jid.of("ben@localhost")));
        anna.asks("set", "", query(item("ben@localhost", "Ben", "A")));
        anna.asks("set", "", query(item("ben@localhost", "Benjamin", "B")));
        Element item = roster(anna).get(0);
        assertEquals("Benjamin", item.attribute("name", ""));
        assertEquals("B", item.children().get(0).text());
        assertEquals("subscribe", item.attribute("ask", ""));
    }

    @Test // RFC 6121 §2.1.2.2, §2.1.2.5
    void whatAClientSaysOfSubscriptionAndAskIsIgnored() {
        Element forged = item("ben@localhost", "").with("subscription", "both").with("ask", "subscribe");
        anna.asks("set", "", query(forged.with("approved", "true")));
        Element item = roster(anna).get(0);
        assertEquals("none", item.attribute("subscription", ""));
        assertTrue(item.attribute("ask").isEmpty());
        assertTrue(item.attribute("approved").isEmpty());
    }

    @Test // RFC 6121 §2.5.1, §2.5.2
    void aRemovedContactIsGoneAndPushedAsRemoved() {
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        roster(anna);
        Stanza reply = anna.asks("set", "", query(item("ben@localhost", "").with("subscription", "remove")));
        assertEquals("result", reply.type());
        Element pushed =
                anna.takes().get(0).firstChild().orElseThrow().firstChild().orElseThrow();
        assertEquals("remove", pushed.attribute("subscription", ""));
        assertTrue(roster(anna).isEmpty());
    }

    @Test // RFC 6121 §2.5.3
    void removingWhatIsNotThereIsItemNotFound() {
        Stanza reply = anna.asks("set", "", query(item("ben@localhost", "").with("subscription", "remove")));
        assertEquals("cancel item-not-found", condition(reply));
    }

    @Test // RFC 6121 §2.3.3
    void badRostersSetsAreRefused() {
        assertEquals("modify bad-request", condition(anna.asks("set", "", query())));
        assertEquals(
                "modify bad-request",
                condition(anna.asks("set", "", query(item("a@localhost", ""), item("b@localhost", "")))));
        assertEquals("modify bad-request", condition(anna.asks("set", "", query(item("@@", "")))));
        assertEquals("modify bad-request", condition(anna.asks("set", "", query(item("a@localhost/full", "")))));
        assertEquals(
                "modify bad-request", condition(anna.asks("set", "", query(item("a@localhost", "", "same", "same")))));
        assertEquals("modify not-acceptable", condition(anna.asks("set", "", query(item("a@localhost", "", "")))));
        assertEquals(
                "modify not-acceptable", condition(anna.asks("set", "", query(item("a@localhost", "n".repeat(1024))))));
        assertEquals(
                "modify not-acceptable",
                condition(anna.asks("set", "", query(item("a@localhost", "", "g".repeat(1024))))));
        assertEquals("cancel not-allowed", condition(anna.asks("set", "", query(item("anna@localhost", "")))));
        assertTrue(roster(anna).isEmpty());
    }

    @Test // RFC 6121 §2.1.3
    void aRosterGetWithItemsIsRefused() {
        assertEquals("modify bad-request", condition(anna.asks("get", "", query(item("a@localhost", "")))));
    }

    @Test // RFC 6121 §2.3.3: not authorised
    void nobodyElseMayReadOrChangeARoster() {
        TestServer.Client ben = server.bind("ben@localhost/pc");
        assertEquals("auth forbidden", condition(ben.asks("get", "anna@localhost", query())));
        assertEquals("auth forbidden", condition(ben.asks("set", "anna@localhost", query(item("c@localhost", "")))));
        assertTrue(roster(anna).isEmpty());
    }

    @Test
    void aFullRosterTakesNoMore() {
        ImServer small = new ImServer(
                TestServer.config(Rosters.Config.class, Map.of("maxRosterItems", 2, "maxRosterGroups", 1)),
                TestServer.config(PresenceProcessor.Config.class));
        TestServer.Client client = small.server.bind("anna@localhost/pc");
        client.asks("set", "", query(item("a@localhost", "")));
        client.asks("set", "", query(item("b@localhost", "")));
        assertEquals("wait resource-constraint", condition(client.asks("set", "", query(item("c@localhost", "")))));
        assertEquals(
                "result",
                client.asks("set", "", query(item("a@localhost", "A"))).type());
        assertEquals(
                "modify not-acceptable", condition(client.asks("set", "", query(item("a@localhost", "", "g", "h")))));
    }

    @Test // RFC 6121 §2.6.3
    void aClientWithTheNewestVersionGetsAnEmptyResult() {
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        Stanza reply = anna.asks("get", "", query().with("ver", "1"));
        assertEquals("result", reply.type());
        assertTrue(reply.payload().isEmpty());
        assertTrue(anna.takes().isEmpty());
    }

    @Test // RFC 6121 §2.6.3
    void aClientWithAnOlderVersionGetsWhatItMissedAsPushes() {
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        anna.asks("set", "", query(item("cora@localhost", "Cora")));
        anna.asks("set", "", query(item("cora@localhost", "").with("subscription", "remove")));
        anna.asks("set", "", query(item("dora@localhost", "Dora")));
        Stanza reply = anna.asks("get", "", query().with("ver", "1"));
        assertTrue(reply.payload().isEmpty());
        List<Element> pushed =
                anna.takes().stream().map(s -> s.firstChild().orElseThrow()).toList();
        assertEquals(
                List.of("3", "4"),
                pushed.stream().map(q -> q.attribute("ver", "")).toList());
        assertEquals("remove", pushed.get(0).firstChild().orElseThrow().attribute("subscription", ""));
        assertEquals("Dora", pushed.get(1).firstChild().orElseThrow().attribute("name", ""));
    }

    @Test // RFC 6121 §2.6.2
    void aClientWithAnEmptyOrUnknownVersionGetsTheWholeRoster() {
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        for (String version : List.of("", "0", "99", "other")) {
            Stanza reply = anna.asks("get", "", query().with("ver", version));
            assertEquals(1, reply.firstChild().orElseThrow().children().size(), version);
        }
    }

    @Test // RFC 6121 §2.6.1, §3.4.1
    void versioningAndPreApprovalAreStreamFeaturesAfterLogin() {
        RosterRequests requests = new RosterRequests(im.rosters, server.storage.rosters(), server, im.subscriptions);
        assertEquals(
                List.of(
                        Element.of("ver", "urn:xmpp:features:rosterver"),
                        Element.of("sub", "urn:xmpp:features:pre-approval")),
                requests.features(org.skein.api.session.StreamFeatures.Phase.AFTER_LOGIN, "localhost", true));
        assertTrue(requests.features(org.skein.api.session.StreamFeatures.Phase.BEFORE_LOGIN, "localhost", true)
                .isEmpty());
    }

    @Test // the account of before is gone, and so is its roster
    void aNewAccountOfTheSameNameHasAnEmptyRoster() {
        anna.asks("set", "", query(item("ben@localhost", "Ben")));
        anna.ends();
        org.skein.xmpp.Jid account = org.skein.xmpp.Jid.of("anna@localhost");
        server.storage.accounts().create(account, List.of());
        server.storage.accounts().delete(account).toCompletableFuture().join();
        im.rosters.accountRemoved(account);
        assertTrue(roster(server.bind("anna@localhost/new")).isEmpty());
    }

    @Test
    void aChangeThatIsNotCommittedIsNeitherAnsweredNorPushed() {
        roster(anna);
        server.storage.available(false);
        Stanza reply = anna.asks("set", "", query(item("ben@localhost", "Ben")));
        assertEquals("wait resource-constraint", condition(reply));
        assertTrue(anna.takes().isEmpty());
        server.storage.available(true);
        assertTrue(roster(anna).isEmpty());
        assertEquals(
                "result",
                anna.asks("set", "", query(item("ben@localhost", "Ben"))).type());
    }
}
