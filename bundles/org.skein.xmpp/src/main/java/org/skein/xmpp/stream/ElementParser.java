package org.skein.xmpp.stream;

import java.util.ArrayList;
import java.util.List;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.stream.ElementReader.Expect;
import org.skein.xmpp.stream.ElementReader.Outcome;

/**
 * Reads XML that is complete and stands for itself, as storage keeps it, by the same rules as {@link XmlStreamParser}.
 * May be used from any thread.
 */
public final class ElementParser {
    private static final XmlStreamParser.Limits LIMITS =
            new XmlStreamParser.Limits(Integer.MAX_VALUE, 512, 1024, 16 * 1024);

    private ElementParser() {}

    /**
     * Reads one element, with nothing but blanks around it.
     *
     * @param defaultNamespace the namespace of elements without prefix or {@code xmlns}; may be empty
     * @throws IllegalArgumentException with the reason, if {@code xml} is something else
     */
    public static Element parse(byte[] xml, String defaultNamespace) {
        List<Element> all = parseFragment(xml, defaultNamespace);
        if (all.size() != 1) {
            throw new IllegalArgumentException("one element is expected, not " + all.size());
        }
        return all.get(0);
    }

    /**
     * Reads elements side by side, with nothing but blanks around them; none if there are only blanks.
     *
     * @throws IllegalArgumentException with the reason, if {@code xml} is something else
     */
    public static List<Element> parseFragment(byte[] xml, String defaultNamespace) {
        StreamContext context = StreamContext.alone(defaultNamespace);
        List<Element> all = new ArrayList<>(2);
        ThreadCaches caches = ThreadCaches.ofThread();
        ElementReader reader = caches.reader();
        for (int i = blanks(xml, 0); i < xml.length; i = blanks(xml, reader.end())) {
            read(caches, reader, Expect.TREE, context, xml, i);
            all.add(reader.element());
        }
        caches.release(reader);
        return List.copyOf(all);
    }

    /**
     * Reads one message, presence or iq in {@code jabber:client}, which it need not name.
     *
     * @throws IllegalArgumentException with the reason, if {@code xml} is something else or has an address that is none
     */
    public static Stanza parseStanza(byte[] xml) {
        ThreadCaches caches = ThreadCaches.ofThread();
        ElementReader reader = caches.reader();
        read(caches, reader, Expect.ELEMENT, StreamContext.alone(Ns.CLIENT), xml, blanks(xml, 0));
        if (blanks(xml, reader.end()) < xml.length) {
            throw new IllegalArgumentException("something follows the stanza");
        }
        if (reader.stanza() == null) {
            throw new IllegalArgumentException(
                    reader.isStanza()
                            ? "an address of the stanza is none"
                            : "no stanza: " + reader.element().name());
        }
        caches.release(reader);
        return reader.stanza();
    }

    private static int blanks(byte[] xml, int from) {
        int i = from;
        while (i < xml.length && XmlChars.isSpace(xml[i])) {
            i++;
        }
        return i;
    }

    private static void read(
            ThreadCaches caches, ElementReader reader, Expect expect, StreamContext context, byte[] xml, int from) {
        if (from < xml.length && xml[from] != '<') {
            throw new IllegalArgumentException("text outside of an element");
        }
        try {
            if (reader.begin(caches, expect, context, LIMITS, xml, from, xml.length) != Outcome.ELEMENT) {
                throw new IllegalArgumentException("the XML ends inside an element");
            }
        } catch (XmlFault fault) {
            throw new IllegalArgumentException(fault.getMessage(), fault);
        }
    }
}
