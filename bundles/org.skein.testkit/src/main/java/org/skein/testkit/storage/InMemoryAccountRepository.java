package org.skein.testkit.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository;
import org.skein.xmpp.Jid;

final class InMemoryAccountRepository implements AccountRepository {
    private final InMemoryStorage storage;
    private final Map<Jid, StoredAccount> accounts = new HashMap<>();

    InMemoryAccountRepository(InMemoryStorage storage) {
        this.storage = storage;
    }

    @Override
    public CompletionStage<Boolean> create(Jid account, List<ScramCredentials> credentials) {
        StoredAccount made = new StoredAccount(account, List.copyOf(credentials), false);
        return storage.call(() -> accounts.putIfAbsent(account, made) == null);
    }

    @Override
    public CompletionStage<Optional<StoredAccount>> find(Jid account) {
        return storage.call(() -> Optional.ofNullable(accounts.get(account)));
    }

    @Override
    public CompletionStage<Boolean> setCredentials(Jid account, List<ScramCredentials> credentials) {
        List<ScramCredentials> copy = List.copyOf(credentials);
        return storage.call(() ->
                accounts.computeIfPresent(account, (jid, a) -> new StoredAccount(jid, copy, a.disabled())) != null);
    }

    @Override
    public CompletionStage<Boolean> setDisabled(Jid account, boolean disabled) {
        return storage.call(() ->
                accounts.computeIfPresent(account, (jid, a) -> new StoredAccount(jid, a.credentials(), disabled))
                        != null);
    }

    @Override
    public CompletionStage<Boolean> delete(Jid account) {
        return storage.call(() -> {
            storage.forget(account);
            return accounts.remove(account) != null;
        });
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return storage.call(() -> accounts.keySet().stream()
                .filter(a -> a.domain().equals(domain))
                .sorted(InMemoryAccountRepository::byBytes)
                .filter(a -> after.isEmpty() || byBytes(a, after.get()) > 0)
                .limit(max)
                .toList());
    }

    /** The order of a database that compares the bytes of UTF-8. */
    private static int byBytes(Jid a, Jid b) {
        return Arrays.compareUnsigned(
                a.local().getBytes(StandardCharsets.UTF_8), b.local().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return storage.call(() -> accounts.keySet().stream()
                .filter(a -> a.domain().equals(domain))
                .count());
    }
}
