package org.skein.im.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.session.SessionTransfer;
import org.skein.im.internal.csi.ClientState;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** What a session has asked for is still so after it moved to another node (CLUSTER 15). */
class TransferTest {
    private final TwoNodes nodes = new TwoNodes();
    private final TestServer.Client old = nodes.a.login("anna@localhost/pc");
    private final TestServer.Client ben = nodes.b.login("ben@localhost/pc");

    /** The session is bound on the other node, with what the old one hands over. */
    private TestServer.Client moved() {
        Optional<Stanza> presence = old.presence();
        old.presence(Optional.empty());
        TestServer.Client now = nodes.b.server.bind("anna@localhost/pc");
        now.presence(presence);
        for (SessionTransfer from : nodes.a.server.transfers()) {
            from.save(old)
                    .ifPresent(saved -> nodes.b.server.transfers().stream()
                            .filter(to -> to.name().equals(from.name()))
                            .forEach(to -> to.restore(now, saved)));
        }
        old.gone();
        return now;
    }

    @Test
    void rosterPushesGoOn() {
        old.asks("get", "", Element.of("query", Ns.ROSTER));
        TestServer.Client now = moved();
        nodes.a.im.rosters.change(
                Jid.of("anna@localhost"),
                Jid.of("x@elsewhere"),
                (roster, before) -> Optional.of(TwoNodesTest.named(Jid.of("x@elsewhere"), "X")));
        nodes.scheduler.runAll();
        assertEquals(List.of("set"), now.takes(Stanza.Kind.IQ));
    }

    @Test
    void blockListPushesGoOn() {
        old.asks("get", "", Element.of("blocklist", "urn:xmpp:blocking"));
        TestServer.Client now = moved();
        TestServer.Client other = nodes.a.login("anna@localhost/other");
        other.asks("set", "", TwoNodesTest.block("block", "x@elsewhere"));
        assertEquals(List.of("set"), now.takes(Stanza.Kind.IQ));
    }

    @Test
    void carbonsGoOn() {
        old.asks("set", "", Element.of("enable", "urn:xmpp:carbons:2"));
        TestServer.Client now = moved();
        assertTrue(now.has("carbons"));
        TestServer.Client other = nodes.a.login("anna@localhost/other");
        now.takes();
        ben.sends(Stanza.message().type("chat").to(other.jid()).body("hi"));
        assertEquals(1, now.takes(Stanza.Kind.MESSAGE).size());
    }

    @Test // RFC 6121 §2.1.6
    void whatChangedInTheRosterOnTheWayIsPushed() {
        old.asks("get", "", Element.of("query", Ns.ROSTER));
        SessionTransfer requests = nodes.a.server.transfers().stream()
                .filter(t -> t.name().equals("im.roster"))
                .findFirst()
                .orElseThrow();
        byte[] saved = requests.save(old).orElseThrow();
        TestServer.Client now = nodes.b.server.bind("anna@localhost/pc");
        nodes.b.im.rosters.change(
                Jid.of("anna@localhost"),
                Jid.of("x@elsewhere"),
                (roster, before) -> Optional.of(TwoNodesTest.named(Jid.of("x@elsewhere"), "X")));
        nodes.scheduler.runAll();
        assertTrue(now.takes().isEmpty());
        nodes.b.server.transfers().stream()
                .filter(t -> t.name().equals("im.roster"))
                .forEach(t -> t.restore(now, saved));
        assertEquals(List.of("set"), now.takes(Stanza.Kind.IQ));
    }

    @Test // CLUSTER 20
    void whatItHadSeenOfTheOldNodeIsTakenBackWhenThatIsLost() {
        TestServer.Client tablet = nodes.a.login("anna@localhost/tablet");
        TestServer.Client now = moved();
        now.takes();
        nodes.crash(nodes.a);
        assertEquals(List.of("unavailable " + tablet.jid()), now.takes(Stanza.Kind.PRESENCE));
    }

    @Test // CLUSTER 20: the node it left is drained, and goes
    void directedPresenceIsNotTakenBackWhenTheOldNodeGoes() {
        old.sends(Stanza.presence().to(ben.jid()));
        ben.takes();
        moved();
        ben.takes();
        nodes.crash(nodes.a);
        assertTrue(ben.takes().isEmpty());
    }

    @Test // RFC 6121 §4.6.3
    void directedPresenceIsTakenBack() {
        old.sends(Stanza.presence().to(ben.jid()));
        ben.takes();
        TestServer.Client now = moved();
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE), "of the new node");
        now.ends();
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // XEP-0352: what waits goes along with the queue
    void whatAnInactiveClientWasNotSentIsSent() {
        ClientState csi = nodes.a.server.add(new ClientState());
        old.sends(Element.of("inactive", "urn:xmpp:csi:0"));
        old.send(Stanza.presence().from(ben.jid()).to(old.jid()).build());
        assertTrue(old.takes().isEmpty());
        assertTrue(csi.save(old).isEmpty());
        assertEquals(1, old.takes().size());
    }
}
