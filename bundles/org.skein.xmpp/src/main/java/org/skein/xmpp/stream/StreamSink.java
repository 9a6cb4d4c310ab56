package org.skein.xmpp.stream;

import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/**
 * Receives what an {@link XmlStreamParser} reads, in the order of the stream, on the thread that called the parser.
 */
public interface StreamSink {
    /**
     * The opening {@code <stream:stream>} tag: an element without content. {@code defaultNamespace} is what the stream
     * declared as its default namespace; empty where it declared none.
     */
    void streamOpened(Element header, String defaultNamespace);

    /** A complete message, presence or iq. */
    void stanza(Stanza stanza);

    /**
     * A message, presence or iq that is well-formed but has an address that is no JID; {@code raw} is all of it. To be
     * answered with {@code jid-malformed} (RFC 6120 §8.3.3.8).
     */
    void malformedAddress(Element raw);

    /** Any other complete first-level element (SASL, STARTTLS, stream management …). */
    void nonza(Element element);

    /** {@code </stream:stream>}. Nothing follows. */
    void streamClosed();

    /** The stream broke a rule. The parser ignores all that follows; called at most once. */
    void streamError(StreamError error);
}
