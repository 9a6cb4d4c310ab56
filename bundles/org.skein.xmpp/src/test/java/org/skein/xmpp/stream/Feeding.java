package org.skein.xmpp.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Feeds documents to parsers, whole and in pieces. */
final class Feeding {
    static final String HEADER = "<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

    private Feeding() {}

    /** The bytes of {@code s}, where {@code %XX} is the byte XX, and {@code %%} the percent sign. */
    static byte[] bytes(String s) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) == '%' && s.charAt(i + 1) == '%') {
                out.write('%');
                i++;
            } else if (s.charAt(i) == '%') {
                out.write(Integer.parseInt(s.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                int next = s.offsetByCodePoints(i, 1);
                out.writeBytes(s.substring(i, next).getBytes(StandardCharsets.UTF_8));
                i = next - 1;
            }
        }
        return out.toByteArray();
    }

    static Recorder whole(byte[] document, XmlStreamParser.Limits limits) {
        return inPieces(document, limits, document.length);
    }

    static Recorder inPieces(byte[] document, XmlStreamParser.Limits limits, int... cuts) {
        Recorder seen = new Recorder();
        XmlStreamParser parser = new XmlStreamParser(seen, limits);
        int from = 0;
        for (int cut : cuts) {
            feed(parser, document, from, cut);
            from = cut;
        }
        feed(parser, document, from, document.length);
        return seen;
    }

    /** Feeds a copy, with other bytes around it, so that reading what is not there shows. */
    private static void feed(XmlStreamParser parser, byte[] document, int from, int to) {
        byte[] piece = new byte[to - from + 7];
        Arrays.fill(piece, (byte) '>');
        System.arraycopy(document, from, piece, 3, to - from);
        assertEquals(to - from, parser.feed(piece, 3, to - from));
        Arrays.fill(piece, (byte) '!');
    }

    /** What a parser says of the document; and that it says the same however the document is cut. */
    static List<String> everyWay(byte[] document, XmlStreamParser.Limits limits) {
        List<String> events = whole(document, limits).events;
        String name = new String(document, StandardCharsets.ISO_8859_1);
        int[] everywhere = new int[document.length];
        for (int i = 0; i < document.length; i++) {
            everywhere[i] = i;
            assertEquals(events, inPieces(document, limits, i).events, () -> "cut in two: " + name);
        }
        assertEquals(events, inPieces(document, limits, everywhere).events, () -> "byte by byte: " + name);
        return events;
    }

    static Recorder randomly(byte[] document, XmlStreamParser.Limits limits, Random random) {
        int pieces = random.nextInt(6);
        return inPieces(
                document,
                limits,
                random.ints(pieces, 0, document.length + 1).sorted().toArray());
    }
}
