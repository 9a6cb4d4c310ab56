package org.skein.api.session;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Element;
import org.skein.xmpp.Stanza;

/** What comes from an authenticated stream, as the session manager takes it. Called on the stream's event loop. */
@ProviderType
public interface StreamHandler {
    void stanza(Stanza stanza);

    void nonza(Element element);

    /** A stanza whose {@code to} or {@code from} is no address. */
    void malformedAddress(Element raw);

    /** The bytes that had arrived are all handed over; a good moment for what is done once per batch. */
    void readComplete();

    /** The socket took the next {@code stanzas} of the stanzas written, in order. */
    void taken(int stanzas);

    /**
     * The stream is gone; nothing is called after.
     *
     * @param orderly true if the client closed it ({@code </stream:stream>}): the session ends. False if the connection
     *     was lost: it may be resumed.
     */
    void closed(boolean orderly);
}
