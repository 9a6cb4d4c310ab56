package org.skein.c2s.internal;

import java.util.Optional;
import org.skein.api.session.StreamHandler;
import org.skein.xmpp.Element;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;
import org.skein.xmpp.stream.StreamSink;

/** A stream after login: all goes to the session manager, but TLS and SASL are over. */
final class EstablishedStream implements StreamSink {
    private final ClientConnection connection;
    private final StreamHandler handler;

    EstablishedStream(ClientConnection connection, StreamHandler handler) {
        this.connection = connection;
        this.handler = handler;
    }

    @Override
    public void streamOpened(Element header, String defaultNamespace) {
        connection.close(Optional.of(StreamError.Condition.POLICY_VIOLATION.error("the stream is open already")));
    }

    @Override
    public void stanza(Stanza stanza) {
        handler.stanza(stanza);
    }

    @Override
    public void malformedAddress(Element raw) {
        handler.malformedAddress(raw);
    }

    @Override
    public void nonza(Element element) {
        if (element.namespace().equals(Ns.SASL) || element.namespace().equals(Ns.TLS)) {
            connection.close(
                    Optional.of(StreamError.Condition.POLICY_VIOLATION.error("this stream is negotiated already")));
        } else {
            handler.nonza(element);
        }
    }

    @Override
    public void streamClosed() {
        connection.clientClosed();
    }

    @Override
    public void streamError(StreamError error) {
        connection.close(Optional.of(error));
    }
}
