package org.skein.api.component;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** What a component is given with each stanza. */
@ProviderType
public interface ComponentContext {
    /** The address the component has here, such as {@code echo.localhost}. */
    Jid domain();

    /** Sends a stanza whose {@code from} is in the component's domain. Any thread; never blocks. */
    void send(Stanza stanza);
}
