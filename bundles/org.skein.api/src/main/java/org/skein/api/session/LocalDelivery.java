package org.skein.api.session;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.api.component.DeliveryListener;
import org.skein.xmpp.Stanza;

/** Delivery to accounts and sessions of hosted domains (RFC 6121 §8.5); the router hands it what is addressed there. */
@ProviderType
public interface LocalDelivery {
    /** @param stanza {@code to} has a local part and a hosted domain; {@code from} is present. Any thread. */
    void deliver(Stanza stanza, DeliveryListener listener);
}
