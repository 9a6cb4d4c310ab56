package org.skein.api.session;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Stanza;

/**
 * Sees each stanza about to be written to one session, as a service. Called on the session's event loop; must answer at
 * once ({@link Verdict#after} and {@link Verdict#refuse} are not allowed here). A message that is {@link Verdict#handled}
 * counts as delivered; who holds it back must send it later with {@link Session#send}.
 */
@ConsumerType
public interface DeliveryProcessor {
    /** See {@link ProcessorOrder}; fixed. */
    int order();

    /** The stanzas it wants to see; fixed. */
    Set<Stanza.Kind> kinds();

    Verdict toSession(Session session, Stanza stanza);
}
