package org.skein.testkit.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository;
import org.skein.xmpp.Jid;

/** An {@link AccountRepository} in memory: that of an {@link InMemoryStorage}, or one by itself. */
public final class InMemoryAccounts implements AccountRepository {
    private final Calls calls;
    private final Consumer<Jid> deleted;
    private final TreeMap<Jid, StoredAccount> accounts = new TreeMap<>(InMemoryAccounts::byBytes);

    /** By itself: nothing else is deleted with an account. */
    public InMemoryAccounts(Executor executor) {
        this(new Calls(executor), account -> {});
    }

    InMemoryAccounts(Calls calls, Consumer<Jid> deleted) {
        this.calls = calls;
        this.deleted = deleted;
    }

    /** The order of a database that compares the bytes of UTF-8. */
    private static int byBytes(Jid a, Jid b) {
        int byDomain = a.domain().compareTo(b.domain());
        return byDomain != 0
                ? byDomain
                : Arrays.compareUnsigned(
                        a.local().getBytes(StandardCharsets.UTF_8), b.local().getBytes(StandardCharsets.UTF_8));
    }

    /** Adds accounts that cannot log in by password. */
    public InMemoryAccounts with(String... accounts) {
        synchronized (calls) {
            for (String a : accounts) {
                Jid jid = Jid.of(a);
                this.accounts.put(jid, new StoredAccount(jid, List.of(), false));
            }
        }
        return this;
    }

    @Override
    public CompletionStage<Boolean> create(Jid account, List<ScramCredentials> credentials) {
        StoredAccount made = new StoredAccount(account, List.copyOf(credentials), false);
        return calls.call(() -> accounts.putIfAbsent(account, made) == null);
    }

    @Override
    public CompletionStage<Optional<StoredAccount>> find(Jid account) {
        return calls.call(() -> Optional.ofNullable(accounts.get(account)));
    }

    @Override
    public CompletionStage<Boolean> setCredentials(Jid account, List<ScramCredentials> credentials) {
        List<ScramCredentials> copy = List.copyOf(credentials);
        return calls.call(() ->
                accounts.computeIfPresent(account, (jid, a) -> new StoredAccount(jid, copy, a.disabled())) != null);
    }

    @Override
    public CompletionStage<Boolean> setDisabled(Jid account, boolean disabled) {
        return calls.call(() ->
                accounts.computeIfPresent(account, (jid, a) -> new StoredAccount(jid, a.credentials(), disabled))
                        != null);
    }

    @Override
    public CompletionStage<Boolean> delete(Jid account) {
        return calls.call(() -> {
            deleted.accept(account);
            return accounts.remove(account) != null;
        });
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return list(all -> true, domain, after, max);
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return calls.call(() -> of(domain).count());
    }

    @Override
    public CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max) {
        return list(StoredAccount::disabled, domain, after, max);
    }

    @Override
    public CompletionStage<Long> countDisabled(String domain) {
        return calls.call(() -> of(domain).filter(StoredAccount::disabled).count());
    }

    private CompletionStage<List<Jid>> list(
            Predicate<StoredAccount> only, String domain, Optional<Jid> after, int max) {
        return calls.call(() -> of(domain)
                .filter(only)
                .map(StoredAccount::account)
                .filter(a -> after.isEmpty() || byBytes(a, after.get()) > 0)
                .limit(max)
                .toList());
    }

    private Stream<StoredAccount> of(String domain) {
        return accounts.values().stream().filter(a -> a.account().domain().equals(domain));
    }
}
