package org.skein.session.internal;

import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.StanzaError;

/** The elements of stream management (XEP-0198). */
final class StreamManagement {
    static final String NS = "urn:xmpp:sm:3";
    static final Element REQUEST = Element.of("r", NS);
    static final Element FEATURE = Element.of("sm", NS);

    private StreamManagement() {}

    static Element answer(int h) {
        return Element.builder("a", NS).attribute("h", text(h)).build();
    }

    static Element enabled(String id, long maxSeconds) {
        Element.Builder b = Element.builder("enabled", NS);
        if (!id.isEmpty()) {
            b.attribute("id", id).attribute("resume", "true").attribute("max", Long.toString(maxSeconds));
        }
        return b.build();
    }

    static Element resumed(String id, int h) {
        return Element.builder("resumed", NS)
                .attribute("h", text(h))
                .attribute("previd", id)
                .build();
    }

    static Element failed(StanzaError.Condition condition) {
        return Element.builder("failed", NS)
                .child(Element.of(condition.elementName(), Ns.STANZA_ERROR))
                .build();
    }

    /** {@code handled-count-too-high}, the detail of a stream error (XEP-0198 §4). */
    static Element tooHigh(int h, int sent) {
        return Element.builder("handled-count-too-high", NS)
                .attribute("h", text(h))
                .attribute("send-count", text(sent))
                .build();
    }

    static String text(int h) {
        return Integer.toUnsignedString(h);
    }

    /** @throws NumberFormatException if it is no number from 0 to 2^32 - 1 */
    static int parse(String h) {
        return Integer.parseUnsignedInt(h);
    }
}
