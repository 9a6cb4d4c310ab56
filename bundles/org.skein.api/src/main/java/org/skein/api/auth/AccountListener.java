package org.skein.api.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/** Told of changes to accounts, after they are committed if nothing else is said; on any thread; must not block. */
@ConsumerType
public interface AccountListener {
    default void accountCreated(Jid account) {}

    /** Behind {@link #accountCreated}, on one node only: that which made the account. */
    default void createdHere(Jid account) {}

    /**
     * An account is about to be removed, and all it owns is still there to be read. The removal waits for the stage, but
     * not for long, and takes place whatever becomes of it.
     *
     * @return what is to be done once the account is removed, before {@link #accountRemoved}; not done if it is not
     */
    default CompletionStage<Runnable> accountRemoving(Jid account) {
        return CompletableFuture.completedStage(() -> {});
    }

    default void accountRemoved(Jid account) {}

    default void passwordChanged(Jid account) {}

    /** It may not log in from now on. */
    default void accountDisabled(Jid account) {}

    /** It may log in again. */
    default void accountEnabled(Jid account) {}
}
