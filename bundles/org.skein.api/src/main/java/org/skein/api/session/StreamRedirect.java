package org.skein.api.session;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/**
 * Sends clients to another server, as a service: who is answered with a place gets the stream error
 * {@code see-other-host} (RFC 6120 §4.9.3.19). Called on an event loop; must answer at once.
 */
@ConsumerType
public interface StreamRedirect {
    /**
     * Asked when a stream is opened, before login and again after it.
     *
     * @param host the virtual host
     * @param account who logged in; empty before
     * @return {@code host}, {@code host:port} or {@code [ipv6]:port}; empty to serve the stream here
     */
    Optional<String> otherHost(String host, Optional<Jid> account);
}
