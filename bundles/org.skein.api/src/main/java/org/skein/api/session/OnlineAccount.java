package org.skein.api.session;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;

/** An account with at least one session on this node. Any thread. */
@ProviderType
public interface OnlineAccount {
    /** Bare. */
    Jid jid();

    /** Its sessions now, connected or waiting to be resumed, in the order they were bound. Unchanging snapshot. */
    List<Session> sessions();

    /** The account's sessions on other nodes of the cluster, as known here. Unchanging snapshot. */
    default List<RemoteSession> remoteSessions() {
        return List.of();
    }

    /** The state kept under {@code type}; empty only if no {@link AccountState} of that type was there at login. */
    <T> Optional<T> state(Class<T> type);
}
