package org.skein.xmpp.stream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/** Writes down what a parser says, one line for each call. */
class Recorder implements StreamSink {
    final List<String> events = new ArrayList<>();
    final List<Stanza> stanzas = new ArrayList<>();
    final List<Element> nonzas = new ArrayList<>();
    final List<Element> all = new ArrayList<>(); // first-level elements
    StreamError error; // null where there was none

    @Override
    public void streamOpened(Element header, String defaultNamespace) {
        events.add("opened " + defaultNamespace + " " + header);
    }

    @Override
    public void stanza(Stanza stanza) {
        stanzas.add(stanza);
        all.add(stanza.toElement());
        events.add("stanza " + stanza.toElement());
    }

    @Override
    public void malformedAddress(Element raw) {
        all.add(raw);
        events.add("address " + raw);
    }

    @Override
    public void nonza(Element element) {
        nonzas.add(element);
        all.add(element);
        events.add("nonza " + element);
    }

    @Override
    public void streamClosed() {
        events.add("closed");
    }

    @Override
    public void streamError(StreamError error) {
        this.error = error;
        events.add("error " + error.condition().elementName());
    }

    static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }
}
