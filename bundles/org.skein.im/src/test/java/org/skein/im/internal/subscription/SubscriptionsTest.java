package org.skein.im.internal.subscription;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.presence.PresenceProcessor;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class SubscriptionsTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid BEN = Jid.of("ben@localhost");

    private final ImServer im = new ImServer();
    private final TestServer server = im.server;

    private static Stanza presence(String type, Jid to) {
        return Stanza.presence().type(type).to(to).build();
    }

    private static final Element QUERY = Element.of("query", Ns.ROSTER);

    private static String item(TestServer.Client client, Jid contact) {
        return client.asks("get", "", QUERY).firstChild().orElseThrow().children().stream()
                .filter(i -> i.attribute("jid", "").equals(contact.toString()))
                .map(i -> i.attribute("subscription", "")
                        + i.attribute("ask").map(a -> " ask").orElse("")
                        + i.attribute("approved").map(a -> " approved").orElse(""))
                .findFirst()
                .orElse("none listed");
    }

    private void befriend(TestServer.Client a, TestServer.Client b) {
        a.sends(presence("subscribe", b.jid().bare()));
        b.sends(presence("subscribed", a.jid().bare()));
        b.sends(presence("subscribe", a.jid().bare()));
        a.sends(presence("subscribed", b.jid().bare()));
        a.takes();
        b.takes();
    }

    @Test // RFC 6121 §3.1.2, §3.1.3
    void aRequestIsStampedWithBareAddressesAndDelivered() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        anna.sends(Stanza.presence()
                .type("subscribe")
                .to(Jid.of("ben@localhost/pc"))
                .id("1")
                .add(Element.of("status", Ns.CLIENT, "please")));
        Stanza request = ben.takes().get(0);
        assertEquals("subscribe", request.type());
        assertEquals(ANNA, request.from().orElseThrow());
        assertEquals(BEN, request.to().orElseThrow());
        assertEquals("please", request.child("status", Ns.CLIENT).orElseThrow().text());
        assertEquals("none ask", item(anna, BEN));
        assertEquals("none listed", item(ben, ANNA));
    }

    @Test // RFC 6121 §3.1.5, §3.1.6
    void anApprovalGivesTheSubscriptionAndThePresence() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        ben.takes();
        ben.sends(presence("subscribed", ANNA));
        assertEquals(List.of("subscribed ben@localhost", "ben@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
        assertEquals("to", item(anna, BEN));
        assertEquals("from", item(ben, ANNA));
    }

    @Test // RFC 6121 §3.1.2, §2.1.6
    void aRequestIsPushedAsAskAndAnApprovalAsTo() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        anna.asks("get", "", QUERY);
        anna.sends(presence("subscribe", BEN));
        ben.sends(presence("subscribed", ANNA));
        List<Element> pushed = anna.takes().stream()
                .filter(Stanza::isIq)
                .map(s -> s.firstChild().orElseThrow().firstChild().orElseThrow())
                .toList();
        assertEquals("subscribe", pushed.get(0).attribute("ask", ""));
        assertEquals("to", pushed.get(1).attribute("subscription", ""));
        assertTrue(pushed.get(1).attribute("ask").isEmpty());
    }

    @Test // RFC 6121 §3.1.3: kept, and delivered again until it is answered
    void aRequestWaitsForTheContactAndComesAgainAtEachLogin() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        server.create("ben@localhost");
        anna.sends(Stanza.presence().type("subscribe").to(BEN).add(Element.of("status", Ns.CLIENT, "please & thanks")));
        for (int login = 0; login < 2; login++) {
            TestServer.Client ben = server.bind("ben@localhost/pc");
            assertTrue(ben.received.isEmpty());
            ben.sends(Stanza.presence());
            Stanza request = ben.takes().stream()
                    .filter(s -> s.hasType("subscribe"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(ANNA, request.from().orElseThrow());
            assertTrue(request.toString().contains("<status>please &amp; thanks</status>"), request.toString());
            ben.ends();
        }
        TestServer.Client ben = server.login("ben@localhost/pc");
        ben.sends(presence("unsubscribed", ANNA));
        ben.ends();
        ben = server.bind("ben@localhost/pc");
        ben.sends(Stanza.presence());
        assertFalse(ben.takes(Stanza.Kind.PRESENCE).contains("subscribe anna@localhost"));
    }

    @Test // RFC 6121 §3.1.3: auto-reply
    void aRequestForWhatIsGrantedIsApprovedByTheServer() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        ben.sends(presence("subscribed", ANNA));
        ben.takes();
        anna.takes();
        anna.sends(presence("subscribe", BEN));
        assertTrue(anna.takes(Stanza.Kind.PRESENCE).contains("subscribed ben@localhost")
                || item(anna, BEN).equals("to"));
        assertTrue(ben.takes().isEmpty());
    }

    @Test // RFC 6121 §3.4
    void aPreApprovedRequestIsApprovedWithoutAsking() {
        TestServer.Client ben = server.login("ben@localhost/pc");
        ben.asks("get", "", QUERY);
        ben.sends(presence("subscribed", ANNA));
        assertEquals(
                "true",
                ben.takes()
                        .get(0)
                        .firstChild()
                        .orElseThrow()
                        .firstChild()
                        .orElseThrow()
                        .attribute("approved", ""));
        assertEquals("none approved", item(ben, ANNA));
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        assertEquals(List.of("subscribed ben@localhost", "ben@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
        assertEquals("to", item(anna, BEN));
        assertEquals("from approved", item(ben, ANNA));
        assertTrue(ben.takes().stream().noneMatch(s -> s.hasType("subscribe")));
    }

    @Test // RFC 6121 §3.4.2
    void aPreApprovalCanBeTakenBack() {
        TestServer.Client ben = server.login("ben@localhost/pc");
        ben.sends(presence("subscribed", ANNA));
        ben.sends(presence("unsubscribed", ANNA));
        assertEquals("none", item(ben, ANNA));
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        assertEquals(List.of("subscribe anna@localhost"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // RFC 6121 §3.4.2: nothing of a pre-approval reaches the contact
    void aPreApprovalIsNotRouted() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        ben.sends(presence("subscribed", ANNA));
        assertTrue(anna.takes().isEmpty());
    }

    @Test // RFC 6121 §3.2
    void aCancelledSubscriptionEndsWithUnavailable() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        befriend(anna, ben);
        ben.sends(presence("unsubscribed", ANNA));
        assertEquals(
                List.of("unsubscribed ben@localhost", "unavailable ben@localhost/pc"),
                anna.takes(Stanza.Kind.PRESENCE));
        assertEquals("from", item(anna, BEN));
        assertEquals("to", item(ben, ANNA));
    }

    @Test // RFC 6121 §3.3
    void whoUnsubscribesIsToldUnavailableAndTheContactLearnsOfIt() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        befriend(anna, ben);
        anna.sends(presence("unsubscribe", BEN));
        assertEquals(List.of("unsubscribe anna@localhost"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("unavailable ben@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
        assertEquals("from", item(anna, BEN));
        assertEquals("to", item(ben, ANNA));
    }

    @Test // RFC 6121 §2.5.2
    void removingAContactEndsBothSubscriptions() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        befriend(anna, ben);
        anna.asks(
                "set",
                "",
                Element.builder("query", Ns.ROSTER)
                        .child(Element.builder("item", Ns.ROSTER)
                                .attribute("jid", BEN.toString())
                                .attribute("subscription", "remove")
                                .build())
                        .build());
        List<String> told = ben.takes(Stanza.Kind.PRESENCE);
        assertTrue(told.contains("unsubscribe anna@localhost"), told.toString());
        assertTrue(told.contains("unsubscribed anna@localhost"), told.toString());
        assertTrue(told.contains("unavailable anna@localhost/pc"), told.toString());
        assertEquals("none", item(ben, ANNA));
        assertEquals("none listed", item(anna, BEN));
    }

    @Test // RFC 6121 §8.5.1
    void aRequestToAnAccountThatDoesNotExistIsIgnored() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(presence("subscribe", Jid.of("nobody@localhost")));
        assertTrue(anna.takes(Stanza.Kind.PRESENCE).isEmpty());
        assertEquals("none ask", item(anna, Jid.of("nobody@localhost")));
        assertEquals(
                Optional.empty(),
                server.storage
                        .rosters()
                        .find(Jid.of("nobody@localhost"), ANNA)
                        .toCompletableFuture()
                        .join());
    }

    @Test // RFC 6121 §3.1.6: nobody asked
    void anApprovalNobodyAskedForIsNotDelivered() {
        server.domains.add("elsewhere");
        TestServer.Client anna = server.login("anna@localhost/pc");
        server.route(Stanza.presence()
                .type("subscribed")
                .from(Jid.of("x@elsewhere"))
                .to(ANNA)
                .build());
        assertTrue(anna.takes().isEmpty());
        assertEquals("none listed", item(anna, Jid.of("x@elsewhere")));
    }

    @Test // RFC 6121 §3.1.1
    void aRequestToARemoteContactIsRouted() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(presence("subscribe", Jid.of("x@elsewhere/res")));
        assertEquals("x@elsewhere", server.remote.get(0).to().orElseThrow().toString());
        assertEquals(ANNA, server.remote.get(0).from().orElseThrow());
    }

    @Test
    void aFullRosterKeepsNoMoreRequests() {
        ImServer small = new ImServer(
                TestServer.config(Rosters.Config.class, Map.of("maxRosterItems", 1)),
                TestServer.config(PresenceProcessor.Config.class));
        TestServer.Client ben = small.server.login("ben@localhost/pc");
        small.server.login("a@localhost/pc").sends(presence("subscribe", BEN));
        small.server.login("b@localhost/pc").sends(presence("subscribe", BEN));
        assertEquals(List.of("subscribe a@localhost"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test
    void withoutADatabaseARequestIsRefusedAndMayBeRepeated() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        server.storage.available(false);
        anna.sends(presence("subscribe", BEN));
        Stanza error = anna.takes().get(0);
        assertEquals("error", error.type());
        assertTrue(error.toString().contains("resource-constraint"));
    }

    @Test
    void nobodySubscribesToHimself() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(presence("subscribe", ANNA));
        anna.sends(presence("subscribed", ANNA));
        assertTrue(anna.takes().isEmpty());
        assertEquals("none listed", item(anna, ANNA));
    }
}
