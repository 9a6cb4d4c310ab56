package org.skein.im.internal.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.skein.im.internal.TestServer;
import org.skein.xmpp.Element;

class SoftwareVersionTest {
    @Test // XEP-0092 §3
    void theHostTellsNameAndVersion() {
        TestServer server = new TestServer();
        server.add(new SoftwareVersion("1.2.3"));
        TestServer.Client anna = server.bind("anna@localhost/pc");
        Element query = Element.of("query", "jabber:iq:version");
        Element result = anna.asks("get", "localhost", query).firstChild().orElseThrow();
        assertEquals("Skein", result.childText("name", "jabber:iq:version"));
        assertEquals("1.2.3", result.childText("version", "jabber:iq:version"));
        assertTrue(result.child("os", "jabber:iq:version").isEmpty());
        assertEquals("error", anna.asks("set", "localhost", query).type());
    }
}
