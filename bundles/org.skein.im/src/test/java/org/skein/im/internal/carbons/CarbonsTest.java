package org.skein.im.internal.carbons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class CarbonsTest {
    private static final String CARBONS = "urn:xmpp:carbons:2";
    private static final Element ENABLE = Element.of("enable", CARBONS);

    private final TestServer server = new ImServer().server;
    private TestServer.Client pc;
    private TestServer.Client phone;
    private TestServer.Client ben;

    @BeforeEach
    void wire() {
        server.add(new Carbons(server));
        pc = server.login("anna@localhost/pc");
        phone = server.login("anna@localhost/phone");
        ben = server.login("ben@localhost/pc");
        phone.asks("set", "", ENABLE);
        pc.takes();
        phone.takes();
    }

    private static Stanza.Builder chat(String to) {
        return Stanza.message().type("chat").id("1").to(Jid.of(to)).body("hi");
    }

    /** {@code sent|received from>to} of each carbon the client has. */
    private static List<String> carbons(TestServer.Client client) {
        return client.takes().stream()
                .map(s -> {
                    Element copy = s.firstChild().orElseThrow();
                    assertEquals(CARBONS, copy.namespace(), s.toString());
                    assertEquals("anna@localhost", s.from().orElseThrow().toString());
                    assertEquals(client.jid(), s.to().orElseThrow());
                    Element message = copy.child("forwarded", "urn:xmpp:forward:0")
                            .orElseThrow()
                            .firstChild()
                            .orElseThrow();
                    assertTrue(message.is("message", Ns.CLIENT));
                    return copy.name() + " " + message.attribute("from", "") + ">" + message.attribute("to", "");
                })
                .toList();
    }

    @Test // XEP-0280 §8
    void whatAClientSendsIsCopiedToTheOthers() {
        pc.sends(chat("ben@localhost"));
        assertEquals(List.of("sent anna@localhost/pc>ben@localhost"), carbons(phone));
        assertEquals("hi", ben.takes().get(0).body());
        assertTrue(pc.takes().isEmpty());
    }

    @Test // XEP-0280 §8: never to the sender itself
    void theSenderGetsNoCopyOfItsOwn() {
        phone.sends(chat("ben@localhost"));
        assertTrue(phone.takes().isEmpty());
        assertTrue(pc.takes().isEmpty()); // it did not ask for any
    }

    @Test // XEP-0280 §7
    void aMessageToOneResourceIsCopiedToTheOthers() {
        ben.sends(chat("anna@localhost/pc"));
        assertEquals(1, pc.takes().size());
        assertEquals(List.of("received ben@localhost/pc>anna@localhost/pc"), carbons(phone));
    }

    @Test // XEP-0280 §7: not to who gets it anyway
    void aMessageToTheAccountIsCopiedOnlyToThoseThatDoNotGetIt() {
        TestServer.Client negative = server.bind("anna@localhost/negative");
        negative.asks("set", "", ENABLE);
        negative.sends(Stanza.presence().add(Element.of("priority", Ns.CLIENT, "-1")));
        TestServer.Client silent = server.bind("anna@localhost/silent");
        silent.asks("set", "", ENABLE);
        phone.takes();
        negative.takes();
        silent.takes();
        ben.sends(chat("anna@localhost"));
        assertEquals(List.of("hi"), phone.takes().stream().map(Stanza::body).toList());
        assertEquals(List.of("received ben@localhost/pc>anna@localhost"), carbons(negative));
        assertEquals(List.of("received ben@localhost/pc>anna@localhost"), carbons(silent));
    }

    @Test // RFC 6121 §8.5.3.2.1: as if to the bare JID
    void aMessageToAResourceThatIsGoneIsNotCopiedToThoseThatGetIt() {
        ben.sends(chat("anna@localhost/gone"));
        assertEquals(List.of("hi"), phone.takes().stream().map(Stanza::body).toList());
    }

    @Test // XEP-0280 §5
    void whoDisabledCarbonsGetsNone() {
        phone.asks("set", "", Element.of("disable", CARBONS));
        pc.sends(chat("ben@localhost"));
        ben.sends(chat("anna@localhost/pc"));
        assertTrue(phone.takes().isEmpty());
    }

    @Test
    void aSessionThatEndedGetsNone() {
        phone.ends();
        phone.takes();
        pc.sends(chat("ben@localhost"));
        assertTrue(phone.takes().isEmpty());
    }

    @Test // XEP-0280 §9
    void aPrivateMessageIsNotCopiedAndLosesTheMark() {
        pc.sends(chat("ben@localhost").add(Element.of("private", CARBONS)));
        assertTrue(phone.takes().isEmpty());
        Stanza got = ben.takes().get(0);
        assertTrue(!got.hasChild("private", CARBONS), got.toString());
        assertEquals("hi", got.body());
        ben.sends(chat("anna@localhost/pc").add(Element.of("private", CARBONS)));
        assertTrue(phone.takes().isEmpty());
    }

    @Test // XEP-0334 §4.3
    void theHintNoCopyIsObeyed() {
        pc.sends(chat("ben@localhost").add(Element.of("no-copy", "urn:xmpp:hints")));
        ben.sends(chat("anna@localhost/pc").add(Element.of("no-copy", "urn:xmpp:hints")));
        assertTrue(phone.takes().isEmpty());
    }

    @ParameterizedTest // XEP-0280 §6.1
    @ValueSource(
            strings = {
                "http://jabber.org/protocol/chatstates active",
                "urn:xmpp:receipts received",
                "urn:xmpp:chat-markers:0 displayed",
                "jabber:x:conference x"
            })
    void payloadsOfInstantMessagingMakeANormalMessageEligible(String payload) {
        String[] p = payload.split(" ");
        pc.sends(Stanza.message().to(Jid.of("ben@localhost")).add(Element.of(p[1], p[0])));
        assertEquals(1, carbons(phone).size());
    }

    @Test // XEP-0280 §6.1
    void aNormalMessageIsEligibleWithABodyOnly() {
        pc.sends(Stanza.message().to(Jid.of("ben@localhost")).add(Element.of("event", "urn:test")));
        assertTrue(phone.takes().isEmpty());
        pc.sends(Stanza.message().to(Jid.of("ben@localhost")).body("hi"));
        assertEquals(1, carbons(phone).size());
    }

    @ParameterizedTest // XEP-0280 §6.1
    @ValueSource(strings = {"groupchat", "headline", "error"})
    void otherTypesAreNotEligible(String type) {
        ben.sends(Stanza.message().type(type).to(pc.jid()).body("hi"));
        pc.sends(Stanza.message().type(type).to(Jid.of("room@muc.elsewhere")).body("hi"));
        assertTrue(phone.takes().isEmpty());
    }

    @Test // XEP-0280 §6.1: the room copies what it sends, nobody what is sent to it
    void privateMessagesOfRoomsAreCopiedAsSentOnly() {
        Element mucUser = Element.of("x", "http://jabber.org/protocol/muc#user");
        pc.sends(chat("room@muc.elsewhere/ben").add(mucUser));
        assertEquals(1, carbons(phone).size());
        server.route(chat("anna@localhost/pc")
                .from(Jid.of("room@muc.elsewhere/ben"))
                .add(mucUser)
                .build());
        assertTrue(phone.takes().isEmpty());
    }

    @Test // XEP-0280 §6.1
    void mediatedInvitationsAreCopied() {
        String muc = "http://jabber.org/protocol/muc#user";
        server.route(Stanza.message()
                .from(Jid.of("room@muc.elsewhere"))
                .to(pc.jid())
                .add(Xml.of("x", muc, Element.of("invite", muc)))
                .build());
        assertEquals(1, carbons(phone).size());
    }

    @Test
    void aMessageToOneselfIsCopiedOnce() {
        pc.sends(chat("anna@localhost/pc"));
        assertEquals(List.of("received anna@localhost/pc>anna@localhost/pc"), carbons(phone));
    }

    @Test // XEP-0280 §4
    void onlyTheOwnerSwitchesCarbons() {
        assertEquals("auth forbidden", Xml.condition(ben.asks("set", "anna@localhost", ENABLE)));
        assertEquals("modify bad-request", Xml.condition(pc.asks("get", "", ENABLE)));
        assertEquals("modify bad-request", Xml.condition(pc.asks("set", "", Element.of("on", CARBONS))));
    }
}
