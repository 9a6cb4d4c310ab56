package org.skein.im.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.TestServer;
import org.skein.xmpp.Element;

class EntityTimeTest {
    @Test // XEP-0202 §3
    void theHostTellsItsTimeInUtc() {
        TestServer server = new TestServer();
        Clock clock = Clock.fixed(Instant.parse("2026-11-22T23:27:05.123Z"), ZoneId.of("Asia/Tokyo"));
        server.add(new EntityTime(clock));
        TestServer.Client anna = server.bind("anna@localhost/pc");
        Element time = Element.of("time", "urn:xmpp:time");
        Element result = anna.asks("get", "localhost", time).firstChild().orElseThrow();
        assertEquals("+00:00", result.childText("tzo", "urn:xmpp:time"));
        assertEquals("2026-11-22T23:27:05Z", result.childText("utc", "urn:xmpp:time"));
        assertEquals("error", anna.asks("set", "localhost", time).type());
    }
}
