package org.skein.im.internal.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.cluster.api.strategy.ClusteringStrategy.RemotePresence;
import org.skein.im.internal.TestServer;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Where the strategy keeps presence, who logs in is told of it by his own node (RFC 6121 §4.3.2). */
class AnswersHereTest extends KeptPresence {
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
}
