package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.stream.XmlStreamParser.Limits;

/** Order, pauses, restarts, limits, and what is held meanwhile. */
class XmlStreamParserTest {
    private final Recorder seen = new Recorder();
    private final XmlStreamParser parser = new XmlStreamParser(seen, Limits.AFTER_LOGIN);

    private int feed(XmlStreamParser to, String xml) {
        byte[] bytes = Feeding.bytes(xml);
        return to.feed(bytes, 0, bytes.length);
    }

    private int feed(String xml) {
        return feed(parser, xml);
    }

    private List<String> sinceHeader() {
        return seen.events.subList(1, seen.events.size());
    }

    @Test
    void anOrdinaryStreamIsRead() {
        String message = "<message to='b@example.org/x' type='chat' id='1'><body>H&amp;i</body>"
                + "<active xmlns='http://jabber.org/protocol/chatstates'/></message>";
        feed(Feeding.HEADER + " " + message + "<a xmlns='urn:xmpp:sm:3' h='1'/></stream:stream>");
        assertEquals(4, seen.events.size(), seen.events::toString);
        Stanza stanza = seen.stanzas.get(0);
        assertEquals("H&i", stanza.body());
        assertEquals(message, stanza.toString());
        assertEquals("urn:xmpp:sm:3", seen.nonzas.get(0).namespace());
        assertEquals("closed", seen.events.get(3));
    }

    @Test
    void nothingIsReadAfterTheEnd() {
        feed(Feeding.HEADER + "</stream:stream>");
        assertEquals(10, feed("<message/>"));
        assertEquals(List.of("closed"), sinceHeader());
    }

    @Test
    void nothingIsReadAfterAnError() {
        feed(Feeding.HEADER + "<message><a></b>");
        assertEquals(10, feed("<message/>"));
        assertEquals(List.of("error not-well-formed"), sinceHeader());
        assertEquals(0, parser.retainedBytes());
    }

    @Test
    void anIdleStreamHoldsNoBuffer() {
        feed(Feeding.HEADER);
        assertEquals(0, parser.retainedBytes());
        String message = "<message><body>" + "x".repeat(1000) + "</body></message>";
        feed(message.substring(0, 500));
        assertTrue(parser.retainedBytes() >= 500);
        feed(message.substring(500) + " ");
        assertEquals(0, parser.retainedBytes());
        assertEquals(1, seen.stanzas.size());
        feed("<message>");
        parser.reset();
        assertEquals(0, parser.retainedBytes());
    }

    @Test // RFC 6120 §5.4.3.3: what follows <starttls/> is discarded by the caller
    void theSinkStopsTheParserAfterAnElement() {
        String rest = "<message/><message/>";
        XmlStreamParser[] holder = new XmlStreamParser[1];
        StoppingSink sink = new StoppingSink(holder);
        holder[0] = new XmlStreamParser(sink, Limits.BEFORE_LOGIN);
        String first = Feeding.HEADER + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
        assertEquals(first.length(), feed(holder[0], first + rest));
        assertEquals(0, sink.stanzas);
        assertEquals(rest.length(), feed(holder[0], rest));
        assertEquals(2, sink.stanzas);
        // the same where the element was cut
        assertEquals(5, feed(holder[0], "<star"));
        assertEquals(6, feed(holder[0], "ttls/>" + rest));
        assertEquals(2, sink.stanzas);
    }

    private static final class StoppingSink implements StreamSink {
        private final XmlStreamParser[] parser;
        private int stanzas;

        StoppingSink(XmlStreamParser[] parser) {
            this.parser = parser;
        }

        @Override
        public void streamOpened(Element header, String defaultNamespace) {}

        @Override
        public void stanza(Stanza stanza) {
            stanzas++;
        }

        @Override
        public void malformedAddress(Element raw) {}

        @Override
        public void nonza(Element element) {
            parser[0].stop();
        }

        @Override
        public void streamClosed() {}

        @Override
        public void streamError(org.skein.xmpp.StreamError error) {
            throw new AssertionError(error);
        }
    }

    @Test // RFC 6120 §4.3.3
    void aNewStreamBeginsAfterReset() {
        feed(Feeding.HEADER + "<auth/><mess");
        parser.reset();
        feed("\n" + Feeding.HEADER.replace(" to='example.org'", "") + "<message/>");
        assertEquals(4, seen.events.size());
        assertTrue(seen.events.get(2).startsWith("opened"), seen.events::toString);
        assertEquals("stanza <message xmlns='jabber:client'/>", seen.events.get(3));
        parser.reset();
        feed("<message/>");
        assertEquals("error bad-format", seen.events.get(4));
    }

    @Test
    void aStreamOnWhichTheSinkResetsGoesOnWithAHeader() {
        XmlStreamParser[] holder = new XmlStreamParser[1];
        Recorder resetting = new Recorder() {
            @Override
            public void nonza(Element element) {
                super.nonza(element);
                holder[0].reset();
            }
        };
        holder[0] = new XmlStreamParser(resetting, Limits.BEFORE_LOGIN);
        feed(holder[0], Feeding.HEADER + "<response/>" + Feeding.HEADER + "<iq/>");
        assertEquals(4, resetting.events.size(), resetting.events::toString);
        assertEquals("stanza <iq xmlns='jabber:client'/>", resetting.events.get(3));
    }

    @Test
    void ofAnAddressThatComesAgainNoSecondIsMade() {
        feed(Feeding.HEADER + "<message to='Ab@example.org/x'/><message to='Ab@example.org/x'/>");
        assertSame(
                seen.stanzas.get(0).to().orElseThrow(), seen.stanzas.get(1).to().orElseThrow());
    }

    // ---- limits

    private static List<String> limited(Limits limits, String xml) {
        return Feeding.everyWay(Feeding.bytes(Feeding.HEADER + xml), limits).stream()
                .skip(1)
                .toList();
    }

    @Test
    void anElementMayBeAsLargeAsTheLimitAndNoLarger() {
        Limits limits = new Limits(200, 8, 8, 64);
        String frame = "<message><body></body></message>";
        String fits = frame.replace("></b", ">" + "x".repeat(200 - frame.length()) + "</b");
        assertEquals(200, fits.length());
        assertEquals(2, limited(limits, fits + fits).size());
        assertEquals(
                List.of("error policy-violation"),
                limited(limits, fits.replace("xx", "xxx").substring(0, 201)));
        assertEquals(List.of("error policy-violation"), limited(limits, "<message>" + "<a/>".repeat(48)));
        assertEquals(List.of("error policy-violation"), limited(limits, "<message id='" + "x".repeat(188)));
        assertEquals(List.of("error policy-violation"), limited(limits, "<message><![CDATA[" + "x".repeat(188)));
    }

    @Test
    void theErrorTellsTheLimit() {
        Recorder r = Feeding.whole(
                Feeding.bytes(Feeding.HEADER + "<message>" + "<a>".repeat(100)), new Limits(8192, 16, 8, 64));
        assertEquals("error policy-violation", r.events.get(1));
        assertTrue(r.error.text().contains("16"), r.error.text());
    }

    @Test
    void depthAttributesAndNamesAreLimited() {
        Limits limits = new Limits(1000, 4, 5, 13);
        List<String> refused = List.of("error policy-violation");
        assertTrue(limited(limits, "<a><b><c><d/></c></b></a>").get(0).startsWith("nonza"));
        assertEquals(refused, limited(limits, "<a><b><c><d><e>"));
        assertTrue(limited(limits, "<a b='' c='' d='' e='' f=''/>").get(0).startsWith("nonza"));
        assertEquals(refused, limited(limits, "<a b='' c='' d='' e='' f='' g=''/>"));
        assertEquals(refused, limited(limits, "<a xmlns='u' xmlns:c='v' d='' e='' f='' g=''/>"));
        assertTrue(limited(limits, "<abcdefghijklm nopqrstuvwxyz=''/>").get(0).startsWith("nonza"));
        assertEquals(refused, limited(limits, "<abcdefghijklmn/>"));
        assertEquals(refused, limited(limits, "<a bcdefghijklmno=''/>"));
        assertEquals(refused, limited(limits, "<abcde:fghijklmn xmlns:abcde='u'/>"));
    }

    @Test
    void prefixesInForceAreLimited() {
        StringBuilder xml = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            xml.append("<a xmlns:a").append(i).append("='u' xmlns:b").append(i).append("='u' xmlns:c");
            xml.append(i).append("='u'>");
        }
        assertEquals(List.of("error policy-violation"), limited(Limits.AFTER_LOGIN, xml.toString()));
    }

    @Test
    void zeroIsNoLimitButOfDepth() {
        Limits none = new Limits(0, 0, 0, 0);
        String name = "n".repeat(5000);
        assertTrue(limitedWhole(none, "<" + name + " a='" + "x".repeat(500_000) + "'/>")
                .startsWith("nonza"));
        assertEquals("error policy-violation", limitedWhole(none, "<a>".repeat(1001)));
        assertThrows(IllegalArgumentException.class, () -> new Limits(-1, 1, 1, 1));
    }

    private static String limitedWhole(Limits limits, String xml) {
        return Feeding.whole(Feeding.bytes(Feeding.HEADER + xml), limits).events.get(1);
    }

    @Test
    void limitsMayBeRaisedWhileAnElementIsUnderWay() {
        XmlStreamParser small = new XmlStreamParser(seen, new Limits(200, 16, 16, 64));
        feed(small, Feeding.HEADER + "<message><body>");
        small.limits(Limits.AFTER_LOGIN);
        feed(small, "x".repeat(1000) + "</body></message>");
        assertEquals(1, seen.stanzas.size());
    }

    @Test
    void whateverIsSentNoMoreThanTwiceTheLimitIsHeld() {
        List<String> bombs = List.of(
                "<a>",
                "<a b='",
                "<a b='x' ",
                "x",
                "<a/>",
                "&#65;",
                "<![CDATA[",
                "<![CDATA[>]]>",
                ">",
                "<a b='&lt;'/>",
                "]");
        for (String bomb : bombs) {
            XmlStreamParser victim =
                    new XmlStreamParser(new Recorder(), new Limits(16 * 1024, 1 << 20, 1 << 20, 1 << 20));
            feed(victim, Feeding.HEADER + "<message>");
            for (int i = 0; i < 64; i++) {
                feed(victim, bomb.repeat(1000));
                assertTrue(victim.retainedBytes() <= 32 * 1024, bomb);
            }
            assertEquals(0, victim.retainedBytes(), bomb);
        }
    }

    /** Fails by taking minutes if each byte of a large element that comes in pieces were read more than a few times. */
    @Test
    void largeElementsInSmallPiecesAreReadInLinearTime() {
        List<String> contents = List.of("x", ">", "&lt;", "&#65;", "]", "%0D", "<![CDATA[>]]>", "<a/>", "<a b='>'/>");
        for (String content : contents) {
            String body = content.repeat(Limits.AFTER_LOGIN.maxStanzaBytes() / content.length() - 40);
            checkByteByByte("<message><body>" + body + "</body></message>");
        }
        checkByteByByte("<message><body><![CDATA[" + "]>?".repeat(80_000) + "]]></body></message>");
        checkByteByByte("<message><body a='" + "&gt;>\"".repeat(40_000) + "'/></message>");
        checkByteByByte("<message><body " + " ".repeat(250_000) + "/></message>");
    }

    private void checkByteByByte(String xml) {
        byte[] bytes = Feeding.bytes(Feeding.HEADER + xml);
        Recorder r = new Recorder();
        XmlStreamParser p = new XmlStreamParser(r, Limits.AFTER_LOGIN);
        for (int i = 0; i < bytes.length; i++) {
            p.feed(bytes, i, 1);
        }
        assertEquals(1, r.stanzas.size(), () -> xml.substring(0, 40) + r.events);
    }
}
