package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.xmpp.Attribute;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError.Condition;
import org.skein.xmpp.XmlBuffer;

/** What we accept, and how we read and write it, compared with the parser of the JDK. */
class SecondParserTest {
    private static final XmlStreamParser.Limits LIMITS = XmlStreamParser.Limits.AFTER_LOGIN;
    /** For each row; {@code -Dskein.test.documents=200000 -Dskein.test.seed=7} makes a long run of it. */
    private static final int DOCUMENTS = Integer.getInteger("skein.test.documents", 4_000);

    private static final int SEED = Integer.getInteger("skein.test.seed", 0);

    private static byte[] joined(String before, byte[] middle, String after) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Recorder.utf8(before));
        out.writeBytes(middle);
        out.writeBytes(Recorder.utf8(after));
        return out.toByteArray();
    }

    private static String header(String namespace) {
        return "<stream:stream xmlns='" + namespace + "' xmlns:stream='" + Ns.STREAMS + "' xmlns:q='urn:q'>";
    }

    @ParameterizedTest
    @CsvSource({"jabber:client, 1", "jabber:client, 2", "jabber:server, 3"})
    void bothAcceptTheSameAndReadTheSame(String namespace, int seed) {
        Random random = new Random(SEED + seed);
        RandomXml xml = new RandomXml(random);
        int accepted = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            byte[] element = xml.element();
            if (random.nextBoolean()) element = xml.spoiled(element);
            if (check(namespace, element, random)) accepted++;
        }
        assertTrue(accepted > DOCUMENTS / 4 && accepted < DOCUMENTS * 3 / 4, "accepted " + accepted);
    }

    /** True if the element was accepted, by both. */
    private static boolean check(String namespace, byte[] element, Random random) {
        byte[] document = joined(header(namespace), element, "</stream:stream>");
        String shown = new String(element, StandardCharsets.ISO_8859_1);
        Recorder ours = Feeding.whole(document, LIMITS);
        Optional<Element> theirs = SaxTree.parse(document);
        if (ours.error != null) {
            List<String> inPieces = new ArrayList<>(Feeding.randomly(document, LIMITS, random).events);
            if (inPieces.size() < ours.events.size()) { // the tag that is wrong has not ended
                inPieces.add("error " + ours.error.condition().elementName());
            }
            assertEquals(ours.events, inPieces, shown);
            // We refuse more: comments and the like; and text between stanzas.
            boolean stricter = ours.error.condition() == Condition.RESTRICTED_XML
                    || ours.error.condition() == Condition.BAD_FORMAT;
            assertTrue(stricter || theirs.isEmpty(), () -> "only we refuse: " + ours.error + " " + shown);
            return false;
        }
        assertEquals(ours.events, Feeding.randomly(document, LIMITS, random).events, shown);
        boolean complete = ours.events.get(ours.events.size() - 1).equals("closed");
        if (!complete) {
            assertTrue(theirs.isEmpty(), () -> "only we wait for more: " + shown);
            return false;
        }
        assertTrue(theirs.isPresent(), () -> "only we accept: " + shown);
        List<Element> read = theirs.get().children().stream()
                .map(e -> asWeRead(mapped(e, namespace)))
                .toList();
        List<Element> weRead = ours.all;
        assertEquals(read, weRead, shown);
        ours.stanzas.forEach(s -> checkWritten(s, shown));
        for (Element e : ours.nonzas) {
            byte[] written = new XmlBuffer(64).element(e, "").toByteArray();
            assertEquals(Optional.of(e), SaxTree.parse(written), shown);
            assertEquals(e, ElementParser.parse(written, ""), shown);
        }
        return true;
    }

    /** What is forwarded is read by others as we read it. */
    private static void checkWritten(Stanza stanza, String shown) {
        XmlBuffer out = new XmlBuffer(64);
        stanza.writeTo(out);
        byte[] written = out.toByteArray();
        byte[] around = joined("<s:stream xmlns='jabber:client' xmlns:s='s'>", written, "</s:stream>");
        Optional<Element> back = SaxTree.parse(around);
        assertTrue(back.isPresent(), () -> "written broken: " + stanza + " of " + shown);
        assertEquals(
                List.of(stanza.toElement()),
                back.get().children().stream().map(SecondParserTest::asWeRead).toList(),
                shown);
        assertEquals(stanza.toElement(), ElementParser.parseStanza(written).toElement(), shown);
    }

    /** Stanzas without what RFC 6120 §8 does not know: other attributes, and text between their children. */
    private static Element asWeRead(Element e) {
        boolean isStanza = e.namespace().equals(Ns.CLIENT)
                && List.of("message", "presence", "iq").contains(e.name());
        if (!isStanza) return e;
        Element.Builder b = Element.builder(e.name(), e.namespace());
        for (Attribute a : e.attributes()) {
            boolean isAddress = a.name().equals("to") || a.name().equals("from");
            if (a.namespace().isEmpty() && isAddress) {
                Optional<Jid> jid = Jid.parse(a.value());
                if (jid.isEmpty()) return withoutText(e);
                b.attribute(a.name(), jid.get().toString());
            } else if (a.namespace().isEmpty()
                            && (a.name().equals("type") || a.name().equals("id"))
                    || a.namespace().equals(Ns.XML) && a.name().equals("lang")) {
                if (!a.value().isEmpty()) b.attribute(a.namespace(), a.name(), a.value());
            }
        }
        e.children().forEach(b::child);
        return b.build();
    }

    private static Element withoutText(Element e) {
        Element.Builder b = Element.builder(e.name(), e.namespace());
        e.attributes().forEach(a -> b.attribute(a.namespace(), a.name(), a.value()));
        e.children().forEach(b::child);
        return b.build();
    }

    private static Element mapped(Element e, String namespace) {
        Element.Builder b = Element.builder(e.name(), e.namespace().equals(namespace) ? Ns.CLIENT : e.namespace());
        e.attributes()
                .forEach(a ->
                        b.attribute(a.namespace().equals(namespace) ? Ns.CLIENT : a.namespace(), a.name(), a.value()));
        for (Object o : e.content()) {
            if (o instanceof Element child) b.child(mapped(child, namespace));
            else b.text((String) o);
        }
        return b.build();
    }

    private static Stanza only(String xml) {
        Recorder r = Feeding.whole(joined(header("jabber:client"), Feeding.bytes(xml), ""), LIMITS);
        assertEquals(1, r.stanzas.size(), r.events::toString);
        return r.stanzas.get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<body>x &amp; y</body>",
                "<body>a</body> <x xmlns=\"u\"></x>",
                "<x xmlns='u' xml:lang='de'/>",
                "<p:x xmlns:p='u'><p:y/></p:x>",
                "<q:x xmlns:q='other'/>",
                "<x xmlns=''/>",
                ""
            })
    void bytesThatStandForThemselvesAreKept(String payload) {
        Stanza stanza = only("<message>" + payload + "</message>");
        assertEquals(payload, new String(stanza.payloadXml(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message><q:x/></message>",
                "<message><x q:y=''/></message>",
                "<message xmlns:p='u'><p:x/></message>",
                "<message xmlns:p='u'><x xmlns='u' p:x=''/></message>",
                "<message xmlns:p='u'><stream:x/></message>",
                "<c:message xmlns:c='jabber:client' xmlns='u'><x/></c:message>",
                "<message>text<x/></message>",
                "<message><x><![CDATA[x]]></x></message>",
                "<message><x>%0D%0A</x></message>",
                "<message><x y='%09'/></message>"
            })
    void otherBytesAreWrittenAnew(String xml) {
        Stanza stanza = only(xml);
        byte[] anew = new byte[0];
        for (Element e : stanza.payload()) {
            anew = joined("", anew, new XmlBuffer(16).element(e, Ns.CLIENT).toString());
        }
        assertEquals(new String(anew, StandardCharsets.UTF_8), new String(stanza.payloadXml(), StandardCharsets.UTF_8));
        checkWritten(stanza, xml);
    }

    @Test
    void copiesWithOtherAddressesKeepTheBytes() {
        Stanza stanza = only("<message to='a@b.c'><body>x\"y</body></message>");
        assertEquals(stanza.payloadXml(), stanza.withFrom(Jid.of("x@y.z")).payloadXml());
        Stanza more = stanza.withAdded(Element.of("x", "u"));
        assertEquals("<message to='a@b.c'><body>x\"y</body><x xmlns='u'/></message>", more.toString());
        assertEquals(2, more.payload().size());
        checkWritten(more, "added");
    }

    @Test
    void anyTreeThatCanBeMadeIsWrittenAsXml() {
        Random random = new Random(4);
        for (int i = 0; i < 5_000; i++) {
            Element e = randomTree(random, 0);
            byte[] written = new XmlBuffer(16).element(e, "v").toByteArray();
            Optional<Element> back = SaxTree.parse(joined("<r xmlns='v'>", written, "</r>"));
            assertEquals(Optional.of(e), back.flatMap(Element::firstChild), e::toString);
        }
    }

    private static Element randomTree(Random random, int depth) {
        String[] namespaces = {"u", "v", "", Ns.CLIENT, Ns.XML};
        Element.Builder b = Element.builder("n" + random.nextInt(3), namespaces[random.nextInt(5)]);
        for (int i = random.nextInt(4); i > 0; i--) {
            b.attribute(namespaces[random.nextInt(5)], "n" + random.nextInt(3), randomText(random));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            if (random.nextBoolean()) b.text(randomText(random));
            else if (depth < 4) b.child(randomTree(random, depth + 1));
        }
        return b.build();
    }

    private static String randomText(Random random) {
        String[] parts = {
            "a", "<", ">", "&", "'", "\"", "\n", "\r", "\t", " ", "]]>", "\u00E9", "\u20AC", "\uD83D\uDE00"
        };
        StringBuilder s = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) s.append(parts[random.nextInt(parts.length)]);
        return s.toString();
    }

    @Test
    void whatXmlForbidsIsWrittenAsReplacementCharacter() {
        Element e = Element.builder("a", "u")
                .attribute("b", "\u0000\uFFFE\uD800x")
                .text("\u0001\uFFFF\uDC00\uD800\uD83D")
                .build();
        String written = "<a xmlns='u' b='\uFFFD\uFFFD\uFFFDx'>\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD</a>";
        assertEquals(written, e.toString());
        assertTrue(SaxTree.parse(Recorder.utf8(written)).isPresent());
    }
}
