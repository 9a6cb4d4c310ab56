package org.skein.im.internal.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.session.Session;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.cluster.api.strategy.ClusteringStrategy.RemotePresence;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.TwoNodes;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Where the strategy keeps presence, who logs in is told of it by his own node (RFC 6121 §4.3.2). */
class AnswersHereTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid BEN = Jid.of("ben@localhost");
    private static final Jid CLEO = Jid.of("cleo@localhost");

    /** Calls of the database under way, while it is slow. */
    private final List<Runnable> calls = new ArrayList<>();

    private boolean isSlow;
    private final TwoNodes nodes = new TwoNodes(new InMemoryStorage(call -> {
        if (isSlow) calls.add(call);
        else call.run();
    }));

    /** What the strategy keeps at node a. */
    private final Map<Jid, Presences> kept = new HashMap<>();

    private TestServer.Client ben;

    AnswersHereTest() {
        nodes.friends(ANNA, BEN);
        nodes.friends(ANNA, CLEO);
        nodes.a.member.presences(
                account -> Optional.of(kept.getOrDefault(account, new Presences(List.of(), List.of()))));
        ben = nodes.b.server.bind("ben@localhost/pc");
        ben.sends(saying("one"));
        keeps(BEN, ben);
    }

    private static Stanza saying(String status) {
        return Stanza.presence().add(Element.of("status", Ns.CLIENT, status)).build();
    }

    private NodeId there() {
        return nodes.b.member.self();
    }

    /** The strategy knows these as they are now. */
    private void keeps(Jid account, Session... sessions) {
        keeps(account, List.of(), sessions);
    }

    private void keeps(Jid account, List<NodeId> ask, Session... sessions) {
        kept.put(
                account,
                new Presences(
                        Arrays.stream(sessions)
                                .map(s ->
                                        new RemotePresence(there(), s.presence().orElseThrow()))
                                .toList(),
                        ask));
    }

    private TestServer.Client binds(String full) {
        return nodes.a.server.bind(full);
    }

    /** Becomes available. @return what it then gets of others, as {@code type from status} */
    private List<String> seenBy(TestServer.Client client) {
        client.takes();
        client.sends(Stanza.presence());
        return seen(client);
    }

    private static List<String> seen(TestServer.Client client) {
        return client.takes().stream()
                .filter(s -> s.isPresence() && !s.from().orElseThrow().equals(client.jid()))
                .map(s -> String.join(
                                " ",
                                s.type(),
                                s.from().orElseThrow().toString(),
                                s.child("status", Ns.CLIENT).map(Element::text).orElse(""))
                        .trim())
                .sorted()
                .toList();
    }

    /** Whom node a asked. */
    private List<String> asked() {
        List<String> asked = nodes.a.server.routed.stream()
                .filter(s -> s.hasType("probe"))
                .map(s -> s.to().orElseThrow().toString())
                .sorted()
                .toList();
        nodes.a.server.routed.clear();
        return asked;
    }

    private void databaseAnswers() {
        isSlow = false;
        for (Runnable call : List.copyOf(calls)) call.run();
        calls.clear();
    }

    private void blocks(TestServer.Client client, Jid who) {
        Element item = Element.builder("item", "urn:xmpp:blocking")
                .attribute("jid", who.toString())
                .build();
        client.asks(
                "set",
                "",
                Element.builder("block", "urn:xmpp:blocking").child(item).build());
    }

    @Test
    void contactsAreShownWithoutBeingAsked() {
        TestServer.Client phone = nodes.b.server.bind("ben@localhost/phone");
        phone.sends(saying("two"));
        keeps(BEN, ben, phone);
        TestServer.Client anna = binds("anna@localhost/pc");
        anna.sends(Stanza.presence());
        Stanza first = anna.takes().stream()
                .filter(s -> s.from().orElseThrow().equals(ben.jid()))
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of(anna.jid()), first.to());
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked(), "nothing is known of these");
        TestServer.Client tablet = binds("anna@localhost/tablet");
        assertEquals(List.of("anna@localhost/pc", "ben@localhost/pc one", "ben@localhost/phone two"), seenBy(tablet));
        assertEquals(0, nodes.a.im.arrivals.size(), "nothing is kept for those who are available");
    }

    @Test
    void ownResourcesAreShownWithoutBeingAsked() {
        TestServer.Client phone = nodes.b.server.bind("anna@localhost/phone");
        phone.sends(saying("two"));
        TestServer.Client pc = binds("anna@localhost/pc");
        keeps(ANNA, phone);
        assertEquals(List.of("anna@localhost/phone two", "ben@localhost/pc one"), seenBy(pc));
        TestServer.Client tablet = binds("anna@localhost/tablet");
        assertEquals(List.of("anna@localhost/pc", "anna@localhost/phone two", "ben@localhost/pc one"), seenBy(tablet));
        assertEquals(List.of(CLEO.toString(), CLEO.toString()), asked());
    }

    @Test // the strategy may still have what was there before this session took its place
    void anOwnResourceThatIsHereNowIsShownAsItIsHere() {
        TestServer.Client old = nodes.b.server.bind("anna@localhost/pc");
        old.sends(saying("old"));
        keeps(ANNA, old);
        old.ends();
        assertEquals(List.of("ben@localhost/pc one"), seenBy(binds("anna@localhost/pc")));
    }

    @Test // CLUSTER 20
    void whenTheirNodeIsLostTheyAreSeenToGo() {
        TestServer.Client anna = binds("anna@localhost/pc");
        seenBy(anna);
        nodes.crash(nodes.b);
        assertEquals(List.of("unavailable ben@localhost/pc"), seen(anna));
    }

    @Test // CLUSTER 20: nobody would take it back
    void whoseNodeIsLostAlreadyIsNotShown() {
        NodeId lost = there();
        Stanza presence = ben.presence().orElseThrow();
        kept.put(BEN, new Presences(List.of(new RemotePresence(new NodeId(lost.name(), 77), presence)), List.of()));
        assertEquals(List.of(), seenBy(binds("anna@localhost/pc")));
    }

    // who is asked

    @Test
    void whereMembersAreNotKnownAllAreAsked() {
        keeps(BEN, List.of(there()), ben);
        assertEquals(List.of("ben@localhost/pc one"), seenBy(binds("anna@localhost/pc")));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void aContactWhoIsHereAsWellIsAsked() {
        TestServer.Client here = nodes.a.server.bind("ben@localhost/here");
        here.sends(saying("two"));
        asked();
        assertEquals(List.of("ben@localhost/here two", "ben@localhost/pc one"), seenBy(binds("anna@localhost/pc")));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void withAStrategyThatKeepsNoPresenceAllAreAsked() {
        nodes.a.member.presences(account -> Optional.empty());
        TestServer.Client anna = binds("anna@localhost/pc");
        assertEquals(0, nodes.a.im.arrivals.size());
        assertEquals(List.of("ben@localhost/pc one"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test // what arrived before it went is not known any more, and the strategy may be behind that
    void aSessionThatComesBackAsks() {
        TestServer.Client anna = binds("anna@localhost/pc");
        seenBy(anna);
        ben.sends(saying("two"));
        anna.sends(Stanza.presence().type("unavailable"));
        asked();
        assertEquals(List.of("ben@localhost/pc two"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void aClientsOwnProbeIsAnsweredByTheContact() {
        TestServer.Client anna = binds("anna@localhost/pc");
        seenBy(anna);
        asked();
        anna.sends(Stanza.presence().type("probe").to(BEN));
        assertEquals(List.of("ben@localhost/pc one"), seen(anna));
        assertEquals(List.of(BEN.toString()), asked());
    }

    @Test // the strategy was exchanged since the session was bound
    void aSessionNothingWasKeptForAsks() {
        nodes.a.member.presences(account -> Optional.empty());
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(saying("two"));
        nodes.a.member.presences(account -> Optional.ofNullable(kept.get(account)));
        assertEquals(List.of("ben@localhost/pc two"), seenBy(anna));
    }

    // block lists

    @Test // XEP-0191 §3.3
    void whoBlocksTheUserIsNotShown() {
        blocks(ben, ANNA);
        assertEquals(List.of(), seenBy(binds("anna@localhost/pc")));
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked());
    }

    @Test
    void whoBlocksAResourceIsNotShownToThat() {
        blocks(ben, Jid.of("anna@localhost/pc"));
        assertEquals(List.of(), seenBy(binds("anna@localhost/pc")));
        assertEquals(List.of("anna@localhost/pc", "ben@localhost/pc one"), seenBy(binds("anna@localhost/phone")));
    }

    @Test
    void aResourceTheUserBlocksIsNotShown() {
        TestServer.Client phone = nodes.b.login("ben@localhost/phone");
        keeps(BEN, ben, phone);
        TestServer.Client anna = binds("anna@localhost/pc");
        blocks(anna, ben.jid());
        assertEquals(List.of("ben@localhost/phone"), seenBy(anna));
    }

    @Test
    void whileTheDatabaseIsAwayContactsAreAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        nodes.storage.available(false);
        assertEquals(List.of("ben@localhost/pc one"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
        assertEquals(0, nodes.a.im.arrivals.size());
    }

    @Test
    void aSlowDatabaseHoldsOnlyThoseOfWhomItIsAsked() {
        TestServer.Client phone = nodes.b.server.bind("anna@localhost/phone");
        phone.sends(saying("two"));
        keeps(ANNA, phone);
        TestServer.Client anna = binds("anna@localhost/pc");
        isSlow = true;
        assertEquals(List.of("anna@localhost/phone two"), seenBy(anna));
        assertEquals(List.of(CLEO.toString()), asked());
        assertEquals(1, calls.size());
        databaseAnswers();
        assertEquals(List.of("ben@localhost/pc one"), seen(anna));
        assertEquals(List.of(), asked());
    }

    @Test
    void allMissingBlockListsAreReadAtOnce() {
        TestServer.Client cleo = nodes.b.server.bind("cleo@localhost/pc");
        cleo.sends(saying("hello"));
        keeps(CLEO, cleo);
        TestServer.Client anna = binds("anna@localhost/pc");
        isSlow = true;
        seenBy(anna);
        assertEquals(1, calls.size());
        databaseAnswers();
        assertEquals(List.of("ben@localhost/pc one", "cleo@localhost/pc hello"), seen(anna));
    }

    // what arrives is newer than what the strategy has

    @Test
    void whatArrivedBeforeTheSessionWasAvailableIsShownInPlaceOfWhatIsOlder() {
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(saying("two"));
        ben.sends(saying("three"));
        assertEquals(List.of("ben@localhost/pc three"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked());
        nodes.crash(nodes.b);
        assertEquals(List.of("unavailable ben@localhost/pc"), seen(anna));
    }

    @Test
    void whoIsKnownToHaveGoneIsNotShown() {
        TestServer.Client phone = nodes.b.login("ben@localhost/phone");
        keeps(BEN, ben, phone);
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("ben@localhost/phone"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked());
    }

    @Test // for the account another session is waited for, or was
    void whatArrivesForAnotherResourceAloneIsNotShown() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = nodes.a.login("anna@localhost/phone");
        ben.sends(Stanza.presence().to(phone.jid()).add(Element.of("status", Ns.CLIENT, "private")));
        assertEquals(List.of("anna@localhost/phone", "ben@localhost/pc one"), seenBy(anna));
    }

    @Test // of two lives nobody here knows the later
    void aResourceThatMovedIsAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        nodes.a.seen.arrived("b#77", ANNA, saying("two").withFrom(ben.jid()).withTo(ANNA));
        assertEquals(List.of("ben@localhost/pc one"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void aContactWithAResourceTheStrategyHasNotHeardOfIsAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = nodes.b.server.bind("ben@localhost/phone");
        phone.sends(saying("two"));
        assertEquals(List.of("ben@localhost/pc one", "ben@localhost/phone two"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void whenTooManyArriveForOneWhoDoesNotBecomeAvailableContactsAreAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        for (int i = 0; i < Awaited.MAX; i++) {
            Jid from = Jid.of("c" + i + "@localhost/pc");
            nodes.a.seen.arrived(
                    there().toString(), ANNA, saying("").withFrom(from).withTo(ANNA));
        }
        ben.sends(saying("two"));
        assertEquals(List.of("ben@localhost/pc two"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void nothingIsKeptForSessionsThatEnd() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = binds("anna@localhost/phone");
        phone.ends();
        assertEquals(1, nodes.a.im.arrivals.size());
        anna.ends();
        assertEquals(0, nodes.a.im.arrivals.size());
    }

    // while the database is asked

    private TestServer.Client waiting() {
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(saying("two")); // is not shown, nor does the strategy have it yet
        isSlow = true;
        assertEquals(List.of(), seenBy(anna));
        return anna;
    }

    @Test
    void whatArrivedBeforeIsShown() {
        TestServer.Client anna = waiting();
        databaseAnswers();
        assertEquals(List.of("ben@localhost/pc two"), seen(anna));
    }

    @Test
    void whatArrivesMeanwhileIsNotOvertaken() {
        TestServer.Client anna = waiting();
        ben.sends(saying("three"));
        assertEquals(List.of("ben@localhost/pc three"), seen(anna));
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void whoGoesMeanwhileIsNotShown() {
        TestServer.Client anna = waiting();
        ben.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("unavailable ben@localhost/pc"), seen(anna));
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void whoseNodeIsLostMeanwhileIsNotShown() {
        TestServer.Client anna = waiting();
        nodes.crash(nodes.b);
        seen(anna);
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void aSessionThatGoesMeanwhileIsToldNothing() {
        TestServer.Client anna = waiting();
        anna.sends(Stanza.presence().type("unavailable"));
        assertEquals(0, nodes.a.im.arrivals.size());
        seen(anna);
        asked();
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
        assertEquals(List.of(), asked());
    }
}
