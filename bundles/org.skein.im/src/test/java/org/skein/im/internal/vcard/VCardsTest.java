package org.skein.im.internal.vcard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;

class VCardsTest {
    private static final Element GET = Element.of("vCard", "vcard-temp");
    private static final Element CARD =
            Element.builder("vCard", "vcard-temp").child("FN", "Anna").build();

    private final TestServer server = new ImServer().server;
    private TestServer.Client anna;
    private TestServer.Client ben;

    @BeforeEach
    void wire() {
        server.add(new VCards(server.storage.xml()));
        anna = server.bind("anna@localhost/pc");
        ben = server.bind("ben@localhost/pc");
    }

    @Test // XEP-0054 §3.1, §3.2, §3.3
    void theOwnVCardIsSetAndEverybodyReadsIt() {
        assertEquals("result", anna.asks("set", "", CARD).type());
        assertEquals(CARD, anna.asks("get", "", GET).firstChild().orElseThrow());
        assertEquals(CARD, ben.asks("get", "anna@localhost", GET).firstChild().orElseThrow());
        anna.ends();
        assertEquals(CARD, ben.asks("get", "anna@localhost", GET).firstChild().orElseThrow());
    }

    @Test // XEP-0054 §3.3: no difference, against harvesting
    void noVCardLooksLikeNoAccount() {
        assertEquals("cancel service-unavailable", Xml.condition(ben.asks("get", "anna@localhost", GET)));
        assertEquals("cancel service-unavailable", Xml.condition(ben.asks("get", "nobody@localhost", GET)));
        assertEquals("cancel item-not-found", Xml.condition(anna.asks("get", "", GET)));
    }

    @Test // XEP-0054 §3.2
    void nobodySetsTheVCardOfAnother() {
        assertEquals("auth forbidden", Xml.condition(ben.asks("set", "anna@localhost", CARD)));
        assertEquals("auth forbidden", Xml.condition(ben.asks("set", "localhost", CARD)));
        assertEquals("modify bad-request", Xml.condition(anna.asks("set", "", Element.of("card", "vcard-temp"))));
    }

    @Test
    void theHostHasAVCard() {
        Stanza result = ben.asks("get", "localhost", GET);
        assertEquals("Skein", result.firstChild().orElseThrow().childText("FN", "vcard-temp"));
    }

    @Test
    void withoutADatabaseOneIsAskedToWait() {
        server.storage.available(false);
        assertEquals("wait resource-constraint", Xml.condition(anna.asks("set", "", CARD)));
        assertEquals("wait resource-constraint", Xml.condition(anna.asks("get", "", GET)));
    }
}
