package org.skein.im.internal;

import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** Short forms for tests. */
public final class Xml {
    private Xml() {}

    /** {@code type condition} of an error. */
    public static String condition(Stanza error) {
        if (!error.isError()) throw new AssertionError("no error: " + error);
        Element e = error.child("error", Ns.CLIENT).orElseThrow();
        return e.attribute("type", "") + " " + e.firstChild().orElseThrow().name();
    }

    public static Element of(String name, String namespace, Element... children) {
        Element.Builder e = Element.builder(name, namespace);
        for (Element child : children) e.child(child);
        return e.build();
    }
}
