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

    /** @param account bare; its {@link OnlineAccount} is at {@link Sessions#account} if it has sessions */
    Verdict toAccount(Jid account, Stanza stanza);
}
