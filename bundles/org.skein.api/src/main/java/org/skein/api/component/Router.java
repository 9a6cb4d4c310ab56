package org.skein.api.component;

import java.util.Collection;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Finds who answers for a stanza's {@code to}: an account or session of a virtual host, the host itself, a component,
 * another domain; if nobody does, the sender gets a stanza error (RFC 6120 §10). Any thread; never blocks. Stanzas
 * routed one after the other by one thread between the same two addresses arrive in that order.
 */
@ProviderType
public interface Router {
    /**
     * @param stanza has both {@code to} and {@code from}; {@code from} is trusted
     * @param listener told what became of it
     */
    void route(Stanza stanza, DeliveryListener listener);

    default void route(Stanza stanza) {
        route(stanza, DeliveryListener.NONE);
    }

    /**
     * Routes the same presence to many: one frame for each other node, never one for each contact. Recipients of hosted
     * domains that have no session get nothing.
     *
     * @param stanza its {@code to} is not looked at
     */
    default void route(Stanza stanza, Collection<Jid> recipients) {
        recipients.forEach(to -> route(stanza.withTo(to)));
    }
}
