package org.skein.api.session;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** Where edges hand in the streams of users who have logged in. */
@ProviderType
public interface SessionManager {
    /**
     * Takes an authenticated stream after its restart: binding, sessions, stanzas and stream management are the
     * session manager's from here. Event loop.
     *
     * @param account bare
     */
    StreamHandler open(ClientStream stream, Jid account);

    /** {@code <stream:features/>} for a stream after login. Event loop. */
    Element features(String host);
}
