package org.skein.api.session;

import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A session of an account that has sessions here too, on another node of the cluster. Any thread. */
@ProviderType
public interface RemoteSession {
    /** The full JID. */
    Jid jid();

    /** The name of its node. */
    String node();

    /** Whether it carries a mark of {@link Session#mark}. */
    boolean has(String mark);

    /** Delivers to exactly this session what is safe at hand-over, as {@link Session#send(Stanza)} does; dropped if it is gone. */
    void send(Stanza stanza);
}
