package org.skein.api.session;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;

/** The sessions on this node. Any thread; never blocks. */
@ProviderType
public interface Sessions {
    Optional<Session> session(Jid full);

    Optional<OnlineAccount> account(Jid bare);

    /** A snapshot. */
    Collection<Session> all();

    /** How many users' sessions there are; those of {@link Session#WARM_UP} are nobody's. */
    int count();

    /**
     * A state of an account whether online or not: from memory, else loaded for this call.
     *
     * @param type of an {@link AccountState} that is registered; else the stage fails
     */
    <T> CompletionStage<T> state(Jid account, Class<T> type);
}
