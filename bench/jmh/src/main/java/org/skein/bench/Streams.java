package org.skein.bench;

import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.infra.Blackhole;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.stream.StreamSink;

/** XML as ordinary clients send it. */
final class Streams {
    static final byte[] HEADER = utf8("<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>");

    /** 200 bytes. */
    static final byte[] CHAT = utf8("<message to='juliet@example.org' type='chat' id='a8f3-17'>"
            + "<body>Shall I hear more, or shall I speak at this?</body>"
            + "<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/></message>");

    static final byte[] CHAT_ESCAPED = utf8("<message to='juliet@example.org/balcony' type='chat' id='a8f3-18'>"
            + "<body>&lt;3 &amp; \u00FCber \uD83D\uDE00, isn&apos;t it?</body><thread>1</thread></message>");

    static final byte[] PRESENCE = utf8("<presence><show>away</show><status>afk</status><priority>5</priority>"
            + "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org/client'"
            + " ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>");

    static final byte[] ROSTER_GET = utf8("<iq type='get' id='r1'><query xmlns='jabber:iq:roster' ver='ver11'/></iq>");

    private Streams() {}

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /** Hands everything to a black hole. */
    static final class Consumer implements StreamSink {
        private final Blackhole hole;

        Consumer(Blackhole hole) {
            this.hole = hole;
        }

        @Override
        public void streamOpened(Element header, String defaultNamespace) {
            hole.consume(header);
        }

        @Override
        public void stanza(Stanza stanza) {
            hole.consume(stanza);
        }

        @Override
        public void malformedAddress(Element raw) {
            throw new IllegalStateException("address");
        }

        @Override
        public void nonza(Element element) {
            throw new IllegalStateException("nonza");
        }

        @Override
        public void streamClosed() {
            throw new IllegalStateException("closed");
        }

        @Override
        public void streamError(StreamError error) {
            throw new IllegalStateException(error.toString());
        }
    }
}
