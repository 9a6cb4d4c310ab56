package org.skein.api.session;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Stanza;

/**
 * Sees each stanza a client of this node sends, as a service: {@code from} is stamped and trusted, {@code to} may be
 * absent. Called on the sender's event loop, in the order sent; must not block. What it throws is caught, counted, and
 * answered with {@code internal-server-error}.
 */
@ConsumerType
public interface ClientProcessor {
    /** See {@link ProcessorOrder}; fixed. */
    int order();

    /** The stanzas it wants to see; fixed. */
    Set<Stanza.Kind> kinds();

    Verdict fromClient(Session session, Stanza stanza);
}
