package org.skein.api.session;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/**
 * Something a bundle keeps in memory for each online account (roster, block list), as a service. It is loaded before the
 * first session is bound (so that processors find it at once) and forgotten with the last.
 *
 * @param <T> the state; safe for use from any thread
 */
@ConsumerType
public interface AccountState<T> {
    /** Under this class it is found in {@link OnlineAccount#state}. */
    Class<T> type();

    /** Any thread; must not block. If the stage fails, the login is refused. */
    CompletionStage<T> load(Jid account);
}
