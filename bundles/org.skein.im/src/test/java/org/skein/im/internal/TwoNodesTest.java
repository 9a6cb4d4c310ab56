package org.skein.im.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** What users see is the same whether they, or their resources, are on one node or on two (CLUSTER 20, 22). */
class TwoNodesTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid BEN = Jid.of("ben@localhost");
    private static final Element ROSTER = Element.of("query", Ns.ROSTER);
    private static final String BLOCKING = "urn:xmpp:blocking";
    private static final String CARBONS = "urn:xmpp:carbons:2";

    private final TwoNodes nodes = new TwoNodes();

    private void friends(Jid one, Jid other) {
        nodes.friends(one, other);
    }

    private static Stanza presence(String type, Jid to) {
        return Stanza.presence().type(type).to(to).build();
    }

    private static Element item(String contact, String name) {
        return Element.builder("query", Ns.ROSTER)
                .child(Element.builder("item", Ns.ROSTER)
                        .attribute("jid", contact)
                        .attribute("name", name)
                        .build())
                .build();
    }

    private static List<String> names(Stanza rosterResult) {
        return rosterResult.firstChild().orElseThrow().children().stream()
                .map(i -> i.attribute("name", ""))
                .sorted()
                .toList();
    }

    static Element block(String name, String jid) {
        return Element.builder(name, BLOCKING)
                .child(Element.builder("item", BLOCKING).attribute("jid", jid).build())
                .build();
    }

    private static Stanza chat(Jid to) {
        return Stanza.message().type("chat").id("1").to(to).body("hi").build();
    }

    // presence

    @Test // RFC 6121 §4.2
    void contactsOnAnotherNodeSeeEachOther() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        TestServer.Client anna = nodes.a.server.bind("anna@localhost/pc");
        anna.sends(Stanza.presence());
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("anna@localhost/pc", "ben@localhost/pc"), sorted(anna.takes(Stanza.Kind.PRESENCE)));
        anna.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    private static List<String> sorted(List<String> all) {
        return all.stream().sorted().toList();
    }

    @Test // RFC 6121 §4.2.2
    void ownResourcesOnAnotherNodeSeeEachOther() {
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client tablet = nodes.a.login("anna@localhost/tablet");
        pc.takes();
        TestServer.Client phone = nodes.b.server.bind("anna@localhost/phone");
        phone.sends(Stanza.presence());
        assertEquals(List.of("anna@localhost/phone"), pc.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("anna@localhost/phone"), tablet.takes(Stanza.Kind.PRESENCE));
        assertEquals(
                List.of("anna@localhost/pc", "anna@localhost/phone", "anna@localhost/tablet"),
                sorted(phone.takes(Stanza.Kind.PRESENCE)));
        phone.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("unavailable anna@localhost/phone"), pc.takes(Stanza.Kind.PRESENCE));
    }

    @Test // RFC 6121 §4.3.2
    void aProbeIsAnsweredOnceWhereverTheUserIs() {
        friends(ANNA, BEN);
        TestServer.Client anna = nodes.a.login("anna@localhost/pc");
        anna.sends(presence("probe", BEN));
        assertEquals(List.of("unavailable ben@localhost"), anna.takes(Stanza.Kind.PRESENCE));
        nodes.a.server.bind("ben@localhost/silent");
        anna.sends(presence("probe", BEN));
        assertEquals(List.of("unavailable ben@localhost"), anna.takes(Stanza.Kind.PRESENCE));
        nodes.b.login("ben@localhost/pc");
        anna.takes();
        anna.sends(presence("probe", BEN));
        assertEquals(List.of("ben@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
        TestServer.Client stranger = nodes.b.login("cleo@localhost/pc");
        stranger.sends(presence("probe", ANNA));
        assertTrue(stranger.takes().isEmpty());
    }

    @Test // RFC 6121 §4.6
    void directedPresenceIsTakenBackOnAnotherNode() {
        TestServer.Client anna = nodes.a.login("anna@localhost/pc");
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        anna.sends(presence("", ben.jid()));
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        anna.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // XEP-0012 §4
    void aUserWithAnotherResourceElsewhereIsNotGone() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        nodes.b.login("anna@localhost/phone");
        nodes.a.login("anna@localhost/pc").ends();
        assertEquals(
                Optional.empty(),
                nodes.storage.lastActivity().get(ANNA).toCompletableFuture().join());
        Element query = Element.of("query", "jabber:iq:last");
        assertEquals(
                "0",
                ben.asks("get", "anna@localhost", query)
                        .firstChild()
                        .orElseThrow()
                        .attribute("seconds", ""));
    }

    @Test // XEP-0012 §4
    void aUserOnAnotherNodeIsThere() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        nodes.a.login("anna@localhost/pc");
        Element query = Element.of("query", "jabber:iq:last");
        assertEquals(
                "0",
                ben.asks("get", "anna@localhost", query)
                        .firstChild()
                        .orElseThrow()
                        .attribute("seconds", ""));
    }

    // a node is lost

    @Test // CLUSTER 20
    void whenANodeIsLostItsUsersAreSeenToGo() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        nodes.a.login("anna@localhost/pc");
        nodes.a.login("anna@localhost/phone");
        nodes.a.login("ben@localhost/phone");
        ben.takes();
        nodes.crash(nodes.a);
        assertEquals(
                List.of(
                        "unavailable anna@localhost/pc",
                        "unavailable anna@localhost/phone",
                        "unavailable ben@localhost/phone"),
                sorted(ben.takes(Stanza.Kind.PRESENCE)));
    }

    @Test // CLUSTER 20
    void whoWasSeenAgainElsewhereIsNotTakenForGone() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        nodes.a.login("anna@localhost/pc");
        nodes.a.server.dies();
        nodes.b.login("anna@localhost/pc");
        ben.takes();
        nodes.crash(nodes.a);
        assertTrue(ben.takes().isEmpty());
    }

    @Test
    void whoSaidGoodbyeIsNotSeenToGoAgain() {
        friends(ANNA, BEN);
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        nodes.a.login("anna@localhost/pc").ends();
        ben.takes();
        nodes.crash(nodes.a);
        assertTrue(ben.takes().isEmpty());
    }

    // rosters

    @Test // CLUSTER 22: read your writes on any node
    void aRosterChangeIsSeenAndPushedOnAllNodes() {
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client phone = nodes.b.login("anna@localhost/phone");
        phone.asks("get", "", ROSTER);
        phone.takes();
        pc.asks("set", "", item("cleo@localhost", "Cleo"));
        Stanza push = phone.takes().get(0);
        assertEquals("Cleo", push.firstChild().orElseThrow().children().get(0).attribute("name", ""));
        assertEquals(List.of("Cleo"), names(phone.asks("get", "", ROSTER)));
        phone.asks("set", "", item("dora@localhost", "Dora"));
        assertEquals(List.of("Cleo", "Dora"), names(pc.asks("get", "", ROSTER)));
    }

    @Test
    void oneOfTwoNodesThatChangeARosterAtTheSameMomentDecidesAgain() {
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client phone = nodes.b.login("anna@localhost/phone");
        nodes.cluster.hold(nodes.a.member, nodes.b.member); // b does not hear of it
        var first = nodes.a.im.rosters.change(ANNA, BEN, (roster, before) -> Optional.of(named(BEN, "Ben")));
        assertFalse(first.toCompletableFuture().isDone(), "the other node has not confirmed");
        phone.asks("get", "", ROSTER);
        phone.takes();
        var second = nodes.b.im.rosters.change(ANNA, Jid.of("cleo@localhost"), (roster, before) -> {
            return Optional.of(
                    named(Jid.of("cleo@localhost"), "Cleo " + roster.items().size()));
        });
        nodes.cluster.release(nodes.a.member, nodes.b.member);
        nodes.scheduler.runAll();
        assertTrue(first.toCompletableFuture().isDone());
        assertTrue(second.toCompletableFuture().isDone());
        assertEquals(List.of("Ben", "Cleo 1"), names(phone.asks("get", "", ROSTER)));
        assertEquals(List.of("Ben", "Cleo 1"), names(pc.asks("get", "", ROSTER)));
        assertEquals(2, phone.takes().size(), "each is pushed once");
    }

    static RosterItem named(Jid contact, String name) {
        return new RosterItem(contact, name, Set.of(), Subscription.NONE, false, false, false, true, "");
    }

    @Test
    void aNodeThatWasExcludedReadsItsCopiesAnewWhenItIsBack() {
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client phone = nodes.b.login("anna@localhost/phone");
        nodes.cluster.exclude(nodes.b.member);
        nodes.scheduler.runAll();
        pc.asks("set", "", item("cleo@localhost", "Cleo"));
        assertEquals(List.of(), names(phone.asks("get", "", ROSTER)), "it was not told");
        nodes.cluster.join(nodes.b.member);
        nodes.scheduler.runAll();
        assertEquals(List.of("Cleo"), names(phone.asks("get", "", ROSTER)));
    }

    @Test // RFC 6121 §3
    void aSubscriptionIsMadeAcrossNodes() {
        TestServer.Client anna = nodes.a.login("anna@localhost/pc");
        TestServer.Client annasPhone = nodes.b.login("anna@localhost/phone");
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        TestServer.Client bensPhone = nodes.a.login("ben@localhost/phone");
        nodes.create("anna@localhost", "ben@localhost");
        for (TestServer.Client c : List.of(anna, annasPhone, ben, bensPhone)) {
            c.asks("get", "", ROSTER);
            c.takes();
        }
        anna.sends(presence("subscribe", BEN));
        assertEquals(List.of("subscribe anna@localhost"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("subscribe anna@localhost"), bensPhone.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("set"), annasPhone.takes(Stanza.Kind.IQ));
        anna.takes();

        ben.sends(presence("subscribed", ANNA));
        nodes.scheduler.runAll();
        List<String> seen = List.of("ben@localhost/pc", "ben@localhost/phone", "subscribed ben@localhost");
        assertEquals(seen, sorted(anna.takes(Stanza.Kind.PRESENCE)));
        assertEquals(seen, sorted(annasPhone.takes(Stanza.Kind.PRESENCE)));
        assertEquals(List.of("set"), bensPhone.takes(Stanza.Kind.IQ));

        ben.sends(presence("unsubscribed", ANNA));
        nodes.scheduler.runAll();
        List<String> gone = List.of(
                "unavailable ben@localhost/pc", "unavailable ben@localhost/phone", "unsubscribed ben@localhost");
        assertEquals(gone, sorted(anna.takes(Stanza.Kind.PRESENCE)));
    }

    @Test // RFC 6121 §3.1.3
    void aRequestWaitsForAUserWhoLogsInOnAnotherNode() {
        nodes.create("anna@localhost", "ben@localhost");
        TestServer.Client anna = nodes.a.login("anna@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        TestServer.Client ben = nodes.b.server.bind("ben@localhost/pc");
        ben.sends(Stanza.presence());
        assertTrue(ben.takes(Stanza.Kind.PRESENCE).contains("subscribe anna@localhost"));
    }

    // blocking

    @Test // XEP-0191
    void aBlockHoldsOnAllNodesWhenItIsAnswered() {
        friends(ANNA, BEN);
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client phone = nodes.b.login("anna@localhost/phone");
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        phone.asks("get", "", Element.of("blocklist", BLOCKING));
        ben.sends(chat(ANNA));
        phone.takes();
        pc.takes();
        ben.takes();

        pc.asks("set", "", block("block", "ben@localhost"));
        assertEquals(List.of("set"), phone.takes(Stanza.Kind.IQ));
        assertEquals(
                List.of("unavailable anna@localhost/pc", "unavailable anna@localhost/phone"),
                sorted(ben.takes(Stanza.Kind.PRESENCE)));
        ben.sends(chat(ANNA));
        assertEquals("cancel service-unavailable", Xml.condition(ben.takes().get(0)));
        ben.sends(Stanza.presence());
        assertTrue(phone.takes().isEmpty());
        assertTrue(pc.takes().isEmpty());
        ben.takes();

        phone.asks("set", "", block("unblock", "ben@localhost"));
        assertTrue(ben.takes(Stanza.Kind.PRESENCE).containsAll(List.of("anna@localhost/pc", "anna@localhost/phone")));
        ben.sends(chat(ANNA));
        assertEquals(1, pc.takes(Stanza.Kind.MESSAGE).size());
    }

    @Test // XEP-0191: the list that is asked is on the sender's node, where the user is not
    void aBlockHoldsForSendersOnOtherNodesWhoWroteBefore() {
        TestServer.Client anna = nodes.a.login("anna@localhost/pc");
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        ben.sends(chat(ANNA));
        assertEquals(1, anna.takes().size());
        anna.asks("set", "", block("block", "ben@localhost"));
        ben.sends(chat(ANNA));
        assertEquals("cancel service-unavailable", Xml.condition(ben.takes().get(0)));
    }

    // carbons

    private static List<String> carbons(TestServer.Client client) {
        return client.takes().stream()
                .map(s -> s.firstChild().orElseThrow())
                .map(e -> e.namespace().equals(CARBONS) ? e.name() : "itself")
                .toList();
    }

    @Test // XEP-0280
    void carbonsReachResourcesOnOtherNodesOnce() {
        TestServer.Client pc = nodes.a.login("anna@localhost/pc");
        TestServer.Client tablet = nodes.a.login("anna@localhost/tablet");
        TestServer.Client phone = nodes.b.login("anna@localhost/phone");
        TestServer.Client ben = nodes.b.login("ben@localhost/pc");
        for (TestServer.Client c : List.of(pc, tablet, phone)) c.asks("set", "", Element.of("enable", CARBONS));
        for (TestServer.Client c : List.of(pc, tablet, phone, ben)) c.takes();

        pc.sends(chat(BEN));
        assertEquals(List.of("sent"), carbons(tablet));
        assertEquals(List.of("sent"), carbons(phone));

        ben.sends(chat(pc.jid()));
        assertEquals(List.of("itself"), carbons(pc));
        assertEquals(List.of("received"), carbons(tablet));
        assertEquals(List.of("received"), carbons(phone));

        ben.sends(chat(ANNA));
        assertEquals(List.of("itself"), carbons(pc));
        assertEquals(List.of("itself"), carbons(tablet));
        assertEquals(List.of("itself"), carbons(phone));

        phone.sends(Stanza.presence().add(Element.of("priority", Ns.CLIENT, "-1")));
        for (TestServer.Client c : List.of(pc, tablet, phone)) c.takes();
        ben.sends(chat(ANNA));
        assertEquals(List.of("itself"), carbons(pc));
        assertEquals(List.of("received"), carbons(phone));
    }
}
