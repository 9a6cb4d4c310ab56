package org.skein.c2s.internal;

import java.util.List;
import java.util.Optional;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.XmlBuffer;

/** Writes what stands in a stream outside of stanzas. Simple clients know {@code stream:} only by its prefix. */
final class StreamXml {
    private StreamXml() {}

    static void header(XmlBuffer xml, String id, String from, Optional<Jid> to) {
        xml.raw(
                "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'");
        xml.attribute("id", id).attribute("from", from);
        to.ifPresent(jid -> xml.attribute("to", jid.toString()));
        xml.raw(" version='1.0' xml:lang='en'>");
    }

    /** A first-level element. */
    static void element(XmlBuffer xml, Element element) {
        if (!element.namespace().equals(Ns.STREAMS)) {
            xml.element(element, Ns.CLIENT);
            return;
        }
        List<Element> children = element.children();
        xml.raw("<stream:").raw(element.name());
        if (children.isEmpty()) {
            xml.raw("/>");
            return;
        }
        xml.raw(">");
        for (Element child : children) {
            xml.element(child, Ns.CLIENT);
        }
        xml.raw("</stream:").raw(element.name()).raw(">");
    }
}
