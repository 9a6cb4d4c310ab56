package org.skein.c2s.internal;

import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.stream.StreamSink;

/** Of a stream that is being closed: what still comes does not matter. */
enum IgnoringSink implements StreamSink {
    INSTANCE;

    @Override
    public void streamOpened(Element header, String defaultNamespace) {}

    @Override
    public void stanza(Stanza stanza) {}

    @Override
    public void malformedAddress(Element raw) {}

    @Override
    public void nonza(Element element) {}

    @Override
    public void streamClosed() {}

    @Override
    public void streamError(StreamError error) {}
}
