package org.skein.im.internal.blocking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.im.internal.ping.Ping;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class BlockingTest {
    private static final String BLOCKING = "urn:xmpp:blocking";

    private final ImServer im = new ImServer();
    private final TestServer server = im.server;
    private BlockLists lists;
    private TestServer.Client anna;
    private TestServer.Client ben;

    @BeforeEach
    void wire() {
        lists = server.add(im.lists);
        server.add(new BlockingFilter(lists, im.others));
        server.add(new BlockingRequests(lists, server, im.sender));
        server.add(new Ping());
        server.create("anna@localhost", "ben@localhost");
        friends("anna@localhost", "ben@localhost");
        friends("ben@localhost", "anna@localhost");
        anna = server.login("anna@localhost/pc");
        ben = server.login("ben@localhost/pc");
        anna.takes();
        ben.takes();
    }

    private void friends(String owner, String contact) {
        server.storage
                .rosters()
                .put(
                        Jid.of(owner),
                        new RosterItem(
                                Jid.of(contact), "", Set.of(), Subscription.BOTH, false, false, false, true, ""));
    }

    private static Element request(String name, String... jids) {
        Element.Builder e = Element.builder(name, BLOCKING);
        for (String jid : jids) {
            e.child(Element.builder("item", BLOCKING).attribute("jid", jid).build());
        }
        return e.build();
    }

    private static Stanza.Builder message(String to) {
        return Stanza.message().type("chat").id("m1").to(Jid.of(to)).body("hi");
    }

    private List<String> list(TestServer.Client client) {
        return client.asks("get", "", request("blocklist")).firstChild().orElseThrow().children().stream()
                .map(i -> i.attribute("jid", ""))
                .toList();
    }

    private void block(String... jids) {
        assertEquals("result", anna.asks("set", "", request("block", jids)).type());
        anna.takes();
    }

    @Test // XEP-0191 §3.2, §3.3
    void whatIsBlockedIsInTheList() {
        assertEquals(List.of(), list(anna));
        block("cora@localhost", "evil.example");
        assertEquals(List.of("cora@localhost", "evil.example"), list(anna));
        anna.ends();
        assertEquals(List.of("cora@localhost", "evil.example"), list(server.bind("anna@localhost/new")));
    }

    @Test // XEP-0191 §3.3, §3.4, §3.5: pushes to those that asked for the list
    void changesArePushedToResourcesThatAskedForTheList() {
        TestServer.Client phone = server.bind("anna@localhost/phone");
        list(phone);
        anna.asks("set", "", request("block", "cora@localhost"));
        anna.asks("set", "", request("unblock", "cora@localhost"));
        anna.asks("set", "", request("unblock"));
        List<String> pushes = phone.takes().stream()
                .filter(s -> s.isIq() && s.hasType("set"))
                .map(s -> s.firstChild().orElseThrow().name()
                        + s.firstChild().orElseThrow().children().size())
                .toList();
        assertEquals(List.of("block1", "unblock1", "unblock0"), pushes);
        assertTrue(anna.takes().isEmpty());
    }

    @Test // XEP-0191 §3.3
    void badRequestsAreRefused() {
        assertEquals("modify bad-request", Xml.condition(anna.asks("set", "", request("block"))));
        assertEquals("modify jid-malformed", Xml.condition(anna.asks("set", "", request("block", "@"))));
        assertEquals("modify bad-request", Xml.condition(anna.asks("set", "", request("other"))));
        assertEquals("cancel not-allowed", Xml.condition(anna.asks("set", "", request("block", "anna@localhost"))));
        assertEquals("auth forbidden", Xml.condition(ben.asks("get", "anna@localhost", request("blocklist"))));
        assertEquals("auth forbidden", Xml.condition(ben.asks("set", "anna@localhost", request("block", "x@y"))));
    }

    @Test // XEP-0191 §3.3: unavailable, once
    void aBlockedSubscriberSeesTheUserGo() {
        block("ben@localhost");
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        block("ben@localhost");
        anna.sends(Stanza.presence());
        anna.sends(Stanza.presence().type("unavailable"));
        assertTrue(ben.takes().isEmpty());
    }

    @Test // XEP-0191 §3.3
    void aBlockedReceiverOfDirectedPresenceSeesTheUserGo() {
        TestServer.Client cora = server.login("cora@localhost/pc");
        anna.sends(Stanza.presence().to(cora.jid()));
        cora.takes();
        block("cora@localhost");
        assertEquals(List.of("unavailable anna@localhost/pc"), cora.takes(Stanza.Kind.PRESENCE));
        anna.ends();
        assertTrue(cora.takes().isEmpty());
    }

    @Test
    void aSubscriberThatGotDirectedPresenceTooSeesTheUserGoOnce() {
        anna.sends(Stanza.presence().to(Jid.of("ben@localhost")));
        ben.takes();
        block("ben@localhost");
        assertEquals(List.of("unavailable anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test // the account of before is gone, and so is its list
    void aNewAccountOfTheSameNameBlocksNobody() {
        block("ben@localhost");
        anna.ends();
        server.storage.accounts().create(Jid.of("anna@localhost"), List.of());
        server.storage
                .accounts()
                .delete(Jid.of("anna@localhost"))
                .toCompletableFuture()
                .join();
        lists.accountRemoved(Jid.of("anna@localhost"));
        assertEquals(List.of(), list(server.bind("anna@localhost/pc")));
    }

    @Test // XEP-0191 §3.4
    void anUnblockedSubscriberSeesTheUserAgainAndTheUserHim() {
        block("ben@localhost");
        ben.takes();
        anna.asks("set", "", request("unblock", "ben@localhost"));
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(List.of("ben@localhost/pc"), anna.takes(Stanza.Kind.PRESENCE));
    }

    @Test // XEP-0191 §3.5
    void unblockingAllSendsPresenceToWhomItMatters() {
        block("ben@localhost", "localhost", "x@elsewhere");
        ben.takes();
        anna.asks("set", "", request("unblock"));
        assertEquals(List.of(), list(anna));
        assertEquals(List.of("anna@localhost/pc"), ben.takes(Stanza.Kind.PRESENCE));
    }

    @Test
    void whoIsStillBlockedByAnotherEntrySeesNothing() {
        block("ben@localhost", "localhost");
        ben.takes();
        anna.asks("set", "", request("unblock", "ben@localhost"));
        assertTrue(ben.takes().isEmpty());
    }

    @Test // XEP-0191 §3.6: as if the user were not there
    void whatABlockedContactSendsIsRefusedOrDropped() {
        block("ben@localhost");
        ben.takes();
        ben.sends(message("anna@localhost/pc"));
        assertEquals("cancel service-unavailable", Xml.condition(ben.takes().get(0)));
        ben.sends(message("anna@localhost"));
        assertEquals("cancel service-unavailable", Xml.condition(ben.takes().get(0)));
        assertEquals(
                "cancel service-unavailable",
                Xml.condition(ben.asks("get", "anna@localhost/pc", Element.of("ping", "urn:xmpp:ping"))));
        ben.sends(Stanza.presence().to(Jid.of("anna@localhost")));
        ben.sends(Stanza.presence().type("subscribe").to(Jid.of("anna@localhost")));
        ben.sends(Stanza.message().type("headline").to(Jid.of("anna@localhost")).body("news"));
        ben.sends(Stanza.message().type("error").to(Jid.of("anna@localhost/pc")));
        assertTrue(ben.takes().isEmpty());
        assertTrue(anna.takes().isEmpty());
    }

    @Test // XEP-0191 §3.6: also while the user is away
    void aMessageToAUserWhoIsAwayIsRefusedToo() {
        block("ben@localhost");
        anna.ends();
        ben.takes();
        ben.sends(message("anna@localhost"));
        assertEquals("cancel service-unavailable", Xml.condition(ben.takes().get(0)));
    }

    @Test // XEP-0191 §3.6: example 12
    void whatTheUserSendsToABlockedContactIsNotAcceptable() {
        block("ben@localhost");
        ben.takes();
        for (Stanza sent : List.of(
                message("ben@localhost/pc").build(),
                Stanza.presence().to(Jid.of("ben@localhost")).build(),
                Stanza.iq()
                        .type("get")
                        .id("i")
                        .to(Jid.of("ben@localhost/pc"))
                        .add(Element.of("ping", "urn:xmpp:ping"))
                        .build())) {
            anna.sends(sent);
            Stanza error = anna.takes().get(0);
            assertEquals("cancel not-acceptable", Xml.condition(error));
            assertTrue(
                    error.firstChild()
                            .orElseThrow()
                            .child("blocked", "urn:xmpp:blocking:errors")
                            .isPresent(),
                    error.toString());
            assertEquals(sent.to(), error.from());
            assertEquals(sent.id(), error.id());
        }
        assertTrue(ben.takes().isEmpty());
    }

    @Test // XEP-0191 §4: what an entry matches
    void entriesMatchTheAddressOrWhatIsBelowIt() {
        Jid owner = Jid.of("anna@localhost");
        BlockList list = new BlockList(
                owner, Set.of(Jid.of("a@x"), Jid.of("b@x/one"), Jid.of("y"), Jid.of("z/bot"), Jid.of("localhost")));
        assertTrue(list.blocks(Jid.of("a@x")));
        assertTrue(list.blocks(Jid.of("a@x/any")));
        assertTrue(list.blocks(Jid.of("b@x/one")));
        assertFalse(list.blocks(Jid.of("b@x/two")));
        assertFalse(list.blocks(Jid.of("b@x")));
        assertTrue(list.blocks(Jid.of("y")));
        assertTrue(list.blocks(Jid.of("c@y/r")));
        assertFalse(list.blocks(Jid.of("c@sub.y")));
        assertTrue(list.blocks(Jid.of("z/bot")));
        assertFalse(list.blocks(Jid.of("z")));
        assertTrue(list.blocks(Jid.of("ben@localhost/pc")));
        assertFalse(list.blocks(Jid.of("localhost")));
        assertFalse(list.blocks(Jid.of("anna@localhost/pc")));
    }

    @Test
    void aChangeThatIsNotCommittedChangesNothing() {
        server.storage.available(false);
        assertEquals(
                "wait resource-constraint", Xml.condition(anna.asks("set", "", request("block", "ben@localhost"))));
        server.storage.available(true);
        assertTrue(list(anna).isEmpty());
        ben.sends(message("anna@localhost"));
        assertEquals(1, anna.takes().size());
    }
}
