package org.skein.api.session;

import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Told of presence that comes from other nodes of the cluster, as a service: so that it is known whose presence is void
 * when a node is lost. Called in the order of arrival, before the {@link AccountProcessor}s; must not block.
 */
@ConsumerType
public interface RemotePresenceListener {
    /**
     * @param origin the life of the node it comes from; another one after that node was excluded and came back
     * @param account bare; it has sessions here
     * @param presence available or {@code unavailable}; {@code to} is the account or one of its full JIDs
     */
    void arrived(String origin, Jid account, Stanza presence);
}
