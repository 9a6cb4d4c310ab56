package org.skein.testkit;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Jid;

/** An {@link AccountRepository} in memory; its work is done on the executor given. */
public final class InMemoryAccounts implements AccountRepository {
    private final Executor executor;
    private final TreeMap<Jid, StoredAccount> accounts = new TreeMap<>();
    private boolean down;

    public InMemoryAccounts() {
        this(Runnable::run);
    }

    public InMemoryAccounts(Executor executor) {
        this.executor = executor;
    }

    /** Adds an account that cannot log in by password. */
    public synchronized InMemoryAccounts with(String... accounts) {
        for (String a : accounts) {
            Jid jid = Jid.of(a);
            this.accounts.put(jid, new StoredAccount(jid, List.of(), false));
        }
        return this;
    }

    public synchronized void down(boolean down) {
        this.down = down;
    }

    private <T> CompletionStage<T> later(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        executor.execute(() -> {
            T result;
            try {
                synchronized (this) {
                    if (down) throw new StorageException("the test says the database is down");
                    result = work.get();
                }
            } catch (StorageException e) {
                done.completeExceptionally(e);
                return;
            }
            done.complete(result);
        });
        return done;
    }

    @Override
    public CompletionStage<Boolean> create(Jid account, List<ScramCredentials> credentials) {
        return later(() -> accounts.putIfAbsent(account, new StoredAccount(account, credentials, false)) == null);
    }

    @Override
    public CompletionStage<Optional<StoredAccount>> find(Jid account) {
        return later(() -> Optional.ofNullable(accounts.get(account)));
    }

    @Override
    public CompletionStage<Boolean> setCredentials(Jid account, List<ScramCredentials> credentials) {
        return later(() ->
                accounts.computeIfPresent(account, (jid, old) -> new StoredAccount(jid, credentials, old.disabled()))
                        != null);
    }

    @Override
    public CompletionStage<Boolean> setDisabled(Jid account, boolean disabled) {
        return later(() ->
                accounts.computeIfPresent(account, (jid, old) -> new StoredAccount(jid, old.credentials(), disabled))
                        != null);
    }

    @Override
    public CompletionStage<Boolean> delete(Jid account) {
        return later(() -> accounts.remove(account) != null);
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return later(() -> (after.isPresent() ? accounts.tailMap(after.get(), false) : accounts)
                .keySet().stream()
                        .filter(j -> j.domain().equals(domain))
                        .limit(max)
                        .toList());
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return later(() -> accounts.keySet().stream()
                .filter(j -> j.domain().equals(domain))
                .count());
    }
}
