package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class XmlStreamParserTest {
    private static final String HEADER = "<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

    private final Recorder seen = new Recorder();
    private final XmlStreamParser parser = new XmlStreamParser(seen, XmlStreamParser.Limits.AFTER_LOGIN);

    private void feed(String xml) {
        byte[] bytes = Recorder.utf8(xml);
        parser.feed(bytes, 0, bytes.length);
    }

    @Test
    void anOrdinaryStreamIsRead() {
        String message = "<message to='b@example.org/x' type='chat' id='1'><body>H&amp;i</body>"
                + "<active xmlns='http://jabber.org/protocol/chatstates'/></message>";
        feed(HEADER + " " + message + "<a xmlns='urn:xmpp:sm:3' h='1'/></stream:stream>");
        assertEquals(4, seen.events.size(), seen.events::toString);
        Stanza stanza = seen.stanzas.get(0);
        assertEquals("H&i", stanza.body());
        assertEquals(message, stanza.toString().replace("></active>", "/>"));
        assertEquals("urn:xmpp:sm:3", seen.nonzas.get(0).namespace());
        assertEquals("closed", seen.events.get(3));
    }

    @Test
    void oneByteAtATimeGivesTheSame() {
        byte[] bytes =
                Recorder.utf8(HEADER + " <message to='b@example.org'><body>x&lt;<![CDATA[<ä>]]>y</body></message>"
                        + "<iq from='@'/></stream:stream>");
        for (byte b : bytes) {
            parser.feed(new byte[] {b}, 0, 1);
        }
        Recorder whole = new Recorder();
        new XmlStreamParser(whole, XmlStreamParser.Limits.AFTER_LOGIN).feed(bytes, 0, bytes.length);
        assertEquals(whole.events, seen.events);
        assertEquals("x<<ä>y", seen.stanzas.get(0).body());
        assertEquals(Ns.CLIENT, seen.stanzas.get(0).payload().get(0).namespace());
        assertEquals(0, parser.retainedBytes());
    }

    @Test
    void aBrokenTagIsNoticedAtOnce() {
        feed(HEADER + "<message><body>hi</message>");
        assertEquals("error not-well-formed", seen.events.get(1));
    }
}
