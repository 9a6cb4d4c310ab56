package org.skein.api.auth;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;

/**
 * The accounts of all virtual hosts. Stages fail with {@link AccountException} for what the caller did wrong and with
 * {@link org.skein.api.storage.StorageException} where the database cannot answer. Any thread; never blocks.
 */
@ProviderType
public interface Accounts {
    /** Makes an account; only salted keys of {@code password} are stored. */
    CompletionStage<Void> create(Jid account, String password);

    CompletionStage<Void> setPassword(Jid account, String password);

    /** Removes the account with all it owns; its sessions end with {@code not-authorized}. */
    CompletionStage<Void> delete(Jid account);

    /**
     * Keeps an account from logging in, or lets it again. Its sessions end with {@code not-authorized}, on all nodes; all
     * it owns stays. Doing it twice is no error.
     */
    CompletionStage<Void> setDisabled(Jid account, boolean disabled);

    /** False for one that is not there, too. */
    CompletionStage<Boolean> isDisabled(Jid account);

    CompletionStage<Boolean> exists(Jid account);

    CompletionStage<Boolean> verify(Jid account, String password);

    /**
     * Accounts of a domain in the order of their addresses.
     *
     * @param after where to go on; empty to begin
     * @param max at most that many
     */
    CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max);

    CompletionStage<Long> count(String domain);

    /** As {@link #list}, those that may not log in. */
    CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max);

    CompletionStage<Long> countDisabled(String domain);
}
