package org.skein.im.internal.privatexml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;

class PrivateXmlTest {
    private static final String PRIVATE = "jabber:iq:private";
    private static final Element PREFS =
            Element.builder("prefs", "urn:a").child("color", "red").build();

    private final TestServer server = new TestServer();
    private TestServer.Client anna;

    @BeforeEach
    void wire() {
        server.add(new PrivateXml(server.storage.xml()));
        anna = server.bind("anna@localhost/pc");
    }

    private static Element query(Element... children) {
        return Xml.of("query", PRIVATE, children);
    }

    private Element stored(Element asked) {
        return anna.asks("get", "", query(asked))
                .firstChild()
                .orElseThrow()
                .firstChild()
                .orElseThrow();
    }

    @Test // XEP-0049 §2.1
    void whatIsStoredIsReadBack() {
        Element other = Element.of("prefs", "urn:b").with("x", "1");
        assertEquals("result", anna.asks("set", "", query(PREFS, other)).type());
        assertEquals(PREFS, stored(Element.of("prefs", "urn:a")));
        assertEquals(other, stored(Element.of("prefs", "urn:b")));
    }

    @Test // XEP-0049 §2.1
    void whatWasNeverStoredIsReadAsEmpty() {
        assertEquals(Element.of("prefs", "urn:c"), stored(Element.of("prefs", "urn:c")));
    }

    @Test // XEP-0049 §2.2, §2.3
    void badRequestsAreRefused() {
        assertEquals("modify bad-request", Xml.condition(anna.asks("get", "", query())));
        assertEquals("modify bad-request", Xml.condition(anna.asks("set", "", query())));
        assertEquals(
                "modify bad-request", Xml.condition(anna.asks("get", "", query(PREFS, Element.of("more", "urn:a")))));
        assertEquals("modify bad-request", Xml.condition(anna.asks("set", "", query(Element.of("x", PRIVATE)))));
        TestServer.Client ben = server.bind("ben@localhost/pc");
        assertEquals("auth forbidden", Xml.condition(ben.asks("get", "anna@localhost", query(PREFS))));
        assertEquals("auth forbidden", Xml.condition(ben.asks("set", "anna@localhost", query(PREFS))));
    }

    @Test
    void manyElementsInOneRequestAreRefused() {
        Element[] many = new Element[21];
        for (int i = 0; i < many.length; i++) many[i] = Element.of("e" + i, "urn:a");
        assertEquals("modify not-acceptable", Xml.condition(anna.asks("set", "", query(many))));
    }
}
