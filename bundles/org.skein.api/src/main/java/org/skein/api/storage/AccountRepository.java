package org.skein.api.storage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.api.auth.ScramCredentials;
import org.skein.xmpp.Jid;

/** Accounts and their credentials. Addresses are bare. */
@ConsumerType
public interface AccountRepository {
    /**
     * @param account bare
     * @param credentials one entry for each hash
     * @param disabled true where it may not log in
     */
    record StoredAccount(Jid account, List<ScramCredentials> credentials, boolean disabled) {}

    /** @return false if the account is there already (decided by the database, so by one of two nodes) */
    CompletionStage<Boolean> create(Jid account, List<ScramCredentials> credentials);

    CompletionStage<Optional<StoredAccount>> find(Jid account);

    /** @return false if there is no such account */
    CompletionStage<Boolean> setCredentials(Jid account, List<ScramCredentials> credentials);

    CompletionStage<Boolean> setDisabled(Jid account, boolean disabled);

    /**
     * Removes the account and every row the account owns in any repository, in one transaction.
     *
     * @return false if there was none
     */
    CompletionStage<Boolean> delete(Jid account);

    /** Accounts of a domain, ascending, after {@code after} if present; at most {@code max}. */
    CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max);

    CompletionStage<Long> count(String domain);

    /** As {@link #list}, those that are disabled. */
    CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max);

    CompletionStage<Long> countDisabled(String domain);
}
