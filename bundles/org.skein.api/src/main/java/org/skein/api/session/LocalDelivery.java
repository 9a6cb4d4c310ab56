package org.skein.api.session;

import java.util.Collection;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.api.component.DeliveryListener;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Delivery to accounts and sessions of hosted domains (RFC 6121 §8.5); the router hands it what is addressed there. */
@ProviderType
public interface LocalDelivery {
    /** @param stanza {@code to} has a local part and a hosted domain; {@code from} is present. Any thread. */
    void deliver(Stanza stanza, DeliveryListener listener);

    /**
     * Delivers the same presence to many accounts that may have sessions, at the cost of one frame for each other node.
     * Accounts without a session get nothing, and nobody is told.
     *
     * @param stanza its {@code to} is not looked at; {@code from} is present
     * @param accounts addresses with a local part, of hosted domains
     */
    default void deliver(Stanza stanza, Collection<Jid> accounts) {
        accounts.forEach(to -> deliver(stanza.withTo(to), DeliveryListener.NONE));
    }
}
