package org.skein.api.session;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Stanza;

/** Told of the life of sessions, as a service, on the session's event loop; must not block. */
@ConsumerType
public interface SessionListener {
    /** A resource was bound; the account's states are loaded. Before the client is answered. */
    default void bound(Session session) {}

    /**
     * The session's presence changed, by {@link Session#presence(Optional)}.
     *
     * @param before empty where it was not available
     * @param now empty where it no longer is
     */
    default void presenceChanged(Session session, Optional<Stanza> before, Optional<Stanza> now) {}

    /** The client lost its stream and may resume it (XEP-0198). */
    default void detached(Session session) {}

    default void resumed(Session session) {}

    /** It is over. Its last {@code unavailable} went out already. */
    default void closed(Session session) {}
}
