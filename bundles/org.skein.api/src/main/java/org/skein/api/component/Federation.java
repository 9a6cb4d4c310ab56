package org.skein.api.component;

import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Stanza;

/** Takes stanzas for domains that are not served here. Without one they get {@code remote-server-not-found}. */
@ConsumerType
public interface Federation {
    void deliver(Stanza stanza, DeliveryListener listener);
}
