package org.skein.auth.internal.keys;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.AccountRepository.StoredAccount;
import org.skein.api.storage.StorageException;
import org.skein.auth.internal.AuthSettings;
import org.skein.xmpp.Jid;

/**
 * Finds the keys a login is checked against, for accounts that exist and for those that do not: the work is the same,
 * and so is the look of what is sent. (Real keys have the iterations that were set when the password was; those made up
 * have today's. So who changes {@code scram-iterations} later shows which accounts are older than that.) Does without the storage while it is replaced: the stages fail meanwhile.
 */
@Component(service = AccountKeys.class)
public final class AccountKeys {
    /** Bytes of the salt of every account, and of what looks like one. */
    public static final int SALT_BYTES = 16;

    private final AuthSettings settings;
    private final DecoySecret secret;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AccountRepository accounts;

    @Activate
    public AccountKeys(@Reference AuthSettings settings, @Reference DecoySecret secret) {
        this.settings = settings;
        this.secret = secret;
    }

    /** For tests. */
    public AccountKeys(AuthSettings settings, DecoySecret secret, AccountRepository accounts) {
        this(settings, secret);
        this.accounts = accounts;
    }

    /**
     * @param name the user name as the client gave it
     * @param account its address, or empty where it cannot be one
     * @return fails only where the database does not answer
     */
    public CompletionStage<LoginKeys> find(String name, Optional<Jid> account, String host, ScramFunctions functions) {
        return secret.of(host).thenCompose(bytes -> {
            ScramCredentials decoy = decoy(bytes, account.map(Jid::local).orElse(name), functions);
            return stored(account).thenApply(found -> choose(found, decoy, functions));
        });
    }

    private CompletionStage<Optional<StoredAccount>> stored(Optional<Jid> account) {
        if (account.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        AccountRepository repository = accounts;
        return repository == null
                ? CompletableFuture.failedFuture(new StorageException("no storage is running"))
                : repository.find(account.get());
    }

    private static LoginKeys choose(Optional<StoredAccount> found, ScramCredentials decoy, ScramFunctions functions) {
        if (found.isPresent()) {
            for (ScramCredentials keys : found.get().credentials()) {
                if (keys.hash().equals(functions.hash())) {
                    return new LoginKeys(keys, !found.get().disabled());
                }
            }
        }
        return new LoginKeys(decoy, false);
    }

    /** Made for every login, so that those of real accounts take as long. Nobody knows a password for them. */
    private ScramCredentials decoy(byte[] secret, String name, ScramFunctions functions) {
        byte[] of = (functions.hash() + '\0' + name).getBytes(StandardCharsets.UTF_8);
        byte[] made = functions.hmac(secret, of);
        return new ScramCredentials(
                functions.hash(), Arrays.copyOf(made, SALT_BYTES), settings.scramIterations(), made, made);
    }
}
