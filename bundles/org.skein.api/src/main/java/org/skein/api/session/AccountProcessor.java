package org.skein.api.session;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Sees each stanza addressed to an account here (its bare JID or one of its full JIDs), once, before the sessions that
 * get it are chosen, as a service. The account may be offline, or not exist. Called on the caller's thread, mostly the
 * sender's event loop; must not block.
 */
@ConsumerType
public interface AccountProcessor {
    /** See {@link ProcessorOrder}; fixed. */
    int order();

    /** The stanzas it wants to see; fixed. */
    Set<Stanza.Kind> kinds();

    /**
     * Where in a cluster it is called. False: once, on the sender's node, whether the account has sessions there or not.
     * True: on each node that may have sessions of the account, for the sessions there, behind all that are called
     * once. Presence that is no subscription is always processed on each node. Fixed.
     */
    default boolean onEachNode() {
        return false;
    }

    /** @param account bare; its {@link OnlineAccount} is at {@link Sessions#account} if it has sessions here */
    Verdict toAccount(Jid account, Stanza stanza);

    /**
     * A probe (RFC 6121 §4.3) that found no available session of the account on any node; on the asker's node. Any
     * thread.
     */
    default void unanswered(Jid account, Stanza probe) {}
}
