package org.skein.im.internal.stamp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.skein.api.session.Verdict;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class StampsTest {
    private static final String SID = "urn:xmpp:sid:0";

    private final TestServer server = new ImServer().server;
    private final TestServer.Client anna = server.login("anna@localhost/pc");
    private final TestServer.Client ben = server.login("ben@localhost/pc");

    private void stamps(boolean ids) {
        server.add(new Stamps(TestServer.config(Stamps.Config.class, Map.of("stanzaIds", ids)), server.hosts));
    }

    private static Element stanzaId(String by) {
        return Element.builder("stanza-id", SID)
                .attribute("by", by)
                .attribute("id", "forged")
                .build();
    }

    private static Element delay(String from) {
        return Element.builder("delay", "urn:xmpp:delay")
                .attribute("from", from)
                .attribute("stamp", "2002-09-10T23:08:25Z")
                .build();
    }

    private Stanza sentWith(Element payload) {
        anna.sends(Stanza.message().type("chat").to(ben.jid()).body("hi").add(payload));
        return ben.takes().get(0);
    }

    @Test // XEP-0359 §3
    void aMessageToAnAccountGetsAnIdOfItsOwn() {
        stamps(true);
        anna.sends(Stanza.message().type("chat").to(ben.jid()).body("1"));
        anna.sends(Stanza.message().type("chat").to(Jid.of("ben@localhost")).body("2"));
        List<Element> ids = ben.takes().stream()
                .map(s -> s.child("stanza-id", SID).orElseThrow())
                .toList();
        assertEquals("ben@localhost", ids.get(0).attribute("by", ""));
        assertNotEquals(ids.get(0).attribute("id", ""), ids.get(1).attribute("id", ""));
    }

    @Test // XEP-0359 §6.1, rules 2 to 4
    void aForgedIdIsReplacedAndThatOfOthersKept() {
        stamps(true);
        for (String by : List.of("ben@localhost", "localhost", "", "anna@localhost", "BEN@LOCALHOST")) {
            if (by.equals("BEN@LOCALHOST") && !Jid.of(by).equals(Jid.of("ben@localhost"))) continue;
            List<Element> ids = sentWith(stanzaId(by)).payload().stream()
                    .filter(e -> e.is("stanza-id", SID))
                    .toList();
            assertEquals(1, ids.size(), by);
            assertNotEquals("forged", ids.get(0).attribute("id", ""), by);
        }
        Stanza fromRoom = sentWith(stanzaId("room@muc.localhost"));
        assertEquals(
                2,
                fromRoom.payload().stream().filter(e -> e.is("stanza-id", SID)).count());
    }

    @Test
    void withoutTheSettingForgedIdsGoAllTheSame() {
        stamps(false);
        assertTrue(!sentWith(stanzaId("ben@localhost")).hasPayloadIn(SID));
    }

    @Test // XEP-0359 §3.2: the origin's id is the client's
    void theOriginIdStays() {
        stamps(true);
        Element origin = Element.of("origin-id", SID).with("id", "o");
        assertTrue(sentWith(origin).payload().contains(origin));
    }

    @Test // XEP-0203 §4
    void aDelayInTheNameOfThisServerIsRemoved() {
        stamps(true);
        assertTrue(!sentWith(delay("localhost")).hasPayloadIn("urn:xmpp:delay"));
        assertTrue(sentWith(delay("anna@localhost/pc")).hasPayloadIn("urn:xmpp:delay"));
        assertTrue(sentWith(delay("room@muc.localhost")).hasPayloadIn("urn:xmpp:delay"));
        anna.sends(Stanza.presence().to(ben.jid()).add(delay("localhost")));
        assertTrue(!ben.takes().get(0).hasPayloadIn("urn:xmpp:delay"));
    }

    @Test // XEP-0280 §11
    void forgedCarbonsAreRemoved() {
        stamps(true);
        for (String direction : List.of("sent", "received")) {
            Element carbon = Xml.of(direction, "urn:xmpp:carbons:2", Element.of("forwarded", "urn:xmpp:forward:0"));
            assertTrue(!sentWith(carbon).hasPayloadIn("urn:xmpp:carbons:2"));
            server.route(Stanza.message()
                    .from(Jid.of("x@elsewhere"))
                    .to(ben.jid())
                    .add(carbon)
                    .build());
            assertTrue(!ben.takes().get(0).hasPayloadIn("urn:xmpp:carbons:2"));
        }
    }

    @Test // a room's payload is encoded once for all occupants
    void groupMessagesAndErrorsGetNoId() {
        stamps(true);
        for (String type : List.of("groupchat", "headline", "error")) {
            server.route(Stanza.message()
                    .type(type)
                    .from(Jid.of("room@muc.localhost/x"))
                    .to(ben.jid())
                    .body("hi")
                    .build());
            assertTrue(!ben.takes().get(0).hasPayloadIn(SID), type);
        }
    }

    @Test
    void whatHasNoMarkersIsNotCopied() {
        Stamps stamps = new Stamps(TestServer.config(Stamps.Config.class), server.hosts);
        Stanza plain = Stanza.message().to(ben.jid()).body("hi").build();
        assertSame(Verdict.next(), stamps.fromClient(anna, plain));
    }
}
