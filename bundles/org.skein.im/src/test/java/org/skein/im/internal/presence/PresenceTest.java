package org.skein.im.internal.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class PresenceTest {
    private final ImServer im = new ImServer();
    private final TestServer server = im.server;

    private void subscription(String owner, String contact, Subscription subscription) {
        server.storage
                .rosters()
                .put(
                        Jid.of(owner),
                        new RosterItem(Jid.of(contact), "", Set.of(), subscription, false, false, false, true, ""))
                .toCompletableFuture()
                .join();
    }

    private void friends(String a, String b) {
        server.create(a, b);
        subscription(a, b, Subscription.BOTH);
        subscription(b, a, Subscription.BOTH);
    }

    private static Stanza available(String show) {
        return Stanza.presence().add(Element.of("show", Ns.CLIENT, show)).build();
    }

    private static Stanza to(String type, String to) {
        return Stanza.presence().type(type).to(Jid.of(to)).build();
    }

    @Test // RFC 6121 §4.2.2, §4.2.3
    void initialPresenceGoesToSubscribersAndTheOwnResources() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client phone = server.login("anna@localhost/phone");
        ben.takes();
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence());
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("anna@localhost/pc"), phone.takes(Stanza.Kind.PRESENCE));
        List<String> got = anna.takes(Stanza.Kind.PRESENCE);
        assertTrue(got.containsAll(List.of("anna@localhost/pc", "anna@localhost/phone", "ben@localhost/pc")), "" + got);
        assertEquals(3, got.size());
    }

    @Test // RFC 6121 §4.2.2: only with a subscription
    void initialPresenceGoesToNobodyElse() {
        server.create("anna@localhost", "ben@localhost");
        subscription("anna@localhost", "ben@localhost", Subscription.TO);
        subscription("ben@localhost", "anna@localhost", Subscription.FROM);
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client stranger = server.login("cora@localhost/pc");
        server.login("anna@localhost/pc");
        assertTrue(ben.takes().isEmpty());
        assertTrue(stranger.takes().isEmpty());
    }

    @Test // RFC 6121 §4.3.1: once, at the initial presence
    void contactsAreProbedAtInitialPresenceOnly() {
        friends("anna@localhost", "ben@elsewhere");
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence());
        assertEquals(
                List.of("", "probe"), server.remote.stream().map(Stanza::type).toList());
        assertEquals(
                "anna@localhost/pc", server.remote.get(1).from().orElseThrow().toString());
        anna.sends(available("away"));
        assertEquals(3, server.remote.size());
        assertEquals("", server.remote.get(2).type());
    }

    @Test // RFC 6121 §4.4
    void aChangeOfPresenceIsBroadcast() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        ben.takes();
        anna.sends(available("dnd"));
        Stanza got = ben.takes().get(0);
        assertEquals("dnd", got.child("show", Ns.CLIENT).orElseThrow().text());
        assertEquals("anna@localhost/pc", got.from().orElseThrow().toString());
        assertEquals("ben@localhost", got.to().orElseThrow().toString());
        assertEquals(
                "dnd",
                anna.presence()
                        .orElseThrow()
                        .child("show", Ns.CLIENT)
                        .orElseThrow()
                        .text());
    }

    @Test // RFC 6121 §4.5.2, §4.5.3
    void unavailableIsBroadcastWithItsStatus() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client phone = server.login("anna@localhost/phone");
        TestServer.Client anna = server.login("anna@localhost/pc");
        ben.takes();
        phone.takes();
        anna.sends(Stanza.presence().type("unavailable").add(Element.of("status", Ns.CLIENT, "bye")));
        assertEquals(
                "bye",
                ben.received.get(0).child("status", Ns.CLIENT).orElseThrow().text());
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("unavailable anna@localhost/pc"), phone.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("unavailable anna@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
        assertFalse(anna.isAvailable());
    }

    @Test // RFC 6121 §4.5.2: once
    void unavailableOfAResourceThatIsNotAvailableGoesToNobody() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence().type("unavailable"));
        assertTrue(ben.takes().isEmpty());
    }

    @Test // RFC 6121 §4.5.1: a session that ends
    void aSessionThatEndsIsUnavailableForSubscribers() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        ben.takes();
        anna.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // RFC 6121 §4.6: and the unavailable at the end
    void directedPresenceIsEndedWithUnavailable() {
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(to("", "ben@localhost/pc"));
        anna.sends(to("", "room@muc.elsewhere/anna"));
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        anna.sends(available("away")); // §4.4.2: not to those
        assertTrue(ben.takes().isEmpty());
        anna.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(
                "unavailable room@muc.elsewhere/anna",
                server.remote.get(1).type() + " " + server.remote.get(1).to().orElseThrow());
        assertEquals(2, server.remote.size());
    }

    @Test // RFC 6121 §4.6.3
    void whoGotDirectedUnavailableIsToldNothingAtTheEnd() {
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(to("", "ben@localhost/pc"));
        anna.sends(to("unavailable", "ben@localhost/pc"));
        assertEquals(List.of("anna@localhost/pc", "unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        anna.ends();
        assertTrue(ben.takes().isEmpty());
    }

    @Test // RFC 6121 §4.6.3
    void aSubscriberThatGotDirectedPresenceIsToldOnceAtTheEnd() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(to("", "ben@localhost"));
        ben.takes();
        anna.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // RFC 6121 §4.6.1: also without initial presence
    void directedPresenceOfAResourceNeverAvailableIsEndedToo() {
        friends("anna@localhost", "ben@localhost");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(to("", "ben@localhost/pc"));
        ben.takes();
        anna.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test
    void directedPresenceIsBounded() {
        ImServer small = new ImServer(
                TestServer.config(Rosters.Config.class),
                TestServer.config(PresenceProcessor.Config.class, Map.of("maxDirectedPresence", 1)));
        TestServer.Client anna = small.server.login("anna@localhost/pc");
        anna.sends(to("", "a@elsewhere"));
        anna.sends(to("", "a@elsewhere"));
        assertTrue(anna.takes().isEmpty());
        anna.sends(to("", "b@elsewhere"));
        assertTrue(anna.takes().get(0).toString().contains("resource-constraint"));
    }

    @ParameterizedTest // RFC 6121 §4.7.2.3
    @ValueSource(strings = {"128", "-129", "x", "", "1.5", "99999999999"})
    void aPriorityThatIsNoneIsRefused(String priority) {
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence().add(Element.of("priority", Ns.CLIENT, priority)));
        assertTrue(anna.takes().get(0).toString().contains("bad-request"));
        assertFalse(anna.isAvailable());
    }

    @ParameterizedTest // RFC 6121 §4.7.2.3
    @ValueSource(strings = {"127", "-128", "0", " 5 "})
    void aPriorityInRangeIsTaken(String priority) {
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence().add(Element.of("priority", Ns.CLIENT, priority)));
        assertTrue(anna.isAvailable());
    }

    @Test // RFC 6121 §4.7.1
    void anUnknownTypeIsRefused() {
        TestServer.Client anna = server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence().type("busy"));
        assertTrue(anna.takes().get(0).toString().contains("bad-request"));
        anna.sends(Stanza.presence().type("subscribe"));
        assertTrue(anna.takes().get(0).toString().contains("bad-request"));
        anna.sends(Stanza.presence().type("error"));
        assertTrue(anna.takes().isEmpty());
    }

    @Test // RFC 6121 §4.3.2
    void aProbeOfASubscriberIsAnsweredWithTheLastPresence() {
        server.create("anna@localhost");
        subscription("anna@localhost", "x@elsewhere", Subscription.FROM);
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(available("xa"));
        server.remote.clear();
        server.route(to("probe", "anna@localhost").withFrom(Jid.of("x@elsewhere")));
        Stanza answer = server.remote.get(0);
        assertEquals("xa", answer.child("show", Ns.CLIENT).orElseThrow().text());
        assertEquals("anna@localhost/pc", answer.from().orElseThrow().toString());
    }

    @Test // RFC 6121 §4.3.2
    void aProbeOfSomebodyWithoutSubscriptionIsAnsweredUnsubscribed() {
        server.login("anna@localhost/pc");
        server.route(to("probe", "anna@localhost").withFrom(Jid.of("x@elsewhere/r")));
        server.route(to("probe", "nobody@localhost").withFrom(Jid.of("x@elsewhere/r")));
        assertEquals(
                List.of("unsubscribed anna@localhost x@elsewhere", "unsubscribed nobody@localhost x@elsewhere"),
                server.remote.stream()
                        .map(s -> s.type() + " " + s.from().orElseThrow() + " " + s.to().orElseThrow())
                        .toList());
    }

    @Test // RFC 6121 §4.3.2
    void aProbeOfAnOfflineContactIsAnsweredUnavailable() {
        server.create("anna@localhost");
        subscription("anna@localhost", "x@elsewhere", Subscription.FROM);
        server.route(to("probe", "anna@localhost").withFrom(Jid.of("x@elsewhere")));
        assertEquals("unavailable", server.remote.get(0).type());
        assertEquals("anna@localhost", server.remote.get(0).from().orElseThrow().toString());
    }

    @Test // the figure of merit: no storage and no routing for local contacts that are offline
    void aChangeTouchesOnlyContactsThatAreOnline() {
        for (int i = 0; i < 500; i++) {
            subscription("anna@localhost", "c" + i + "@localhost", Subscription.BOTH);
            subscription("c" + i + "@localhost", "anna@localhost", Subscription.BOTH);
        }
        for (int i = 0; i < 3; i++) server.login("c" + i + "@localhost/pc");
        TestServer.Client anna = server.login("anna@localhost/pc");
        server.routed.clear();
        server.storage.available(false);
        anna.sends(available("away"));
        assertEquals(4, server.routed.size()); // three contacts and the own account
    }

    @Test // RFC 6121 §3.1.2: the request had the bare address, so the error has it too
    void anErrorForTheAccountReachesItsAvailableResources() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        server.bind("anna@localhost/silent");
        server.route(to("error", "anna@localhost").withFrom(Jid.of("x@elsewhere")));
        assertEquals(List.of("error x@elsewhere"), anna.takes(Stanza.Kind.PRESENCE));
    }

    @Test // what XEP-0012 later tells
    void theTimeAndStatusOfTheLastUnavailableAreKept() {
        TestServer.Client phone = server.login("anna@localhost/phone");
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.sends(Stanza.presence().type("unavailable").add(Element.of("status", Ns.CLIENT, "first")));
        Jid jid = Jid.of("anna@localhost");
        assertEquals(
                Optional.empty(),
                server.storage.lastActivity().get(jid).toCompletableFuture().join());
        phone.sends(Stanza.presence().type("unavailable").add(Element.of("status", Ns.CLIENT, "bye")));
        assertEquals(
                "bye",
                server.storage
                        .lastActivity()
                        .get(jid)
                        .toCompletableFuture()
                        .join()
                        .orElseThrow()
                        .status());
    }
}
