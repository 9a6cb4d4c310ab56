package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.auth.AccountException;
import org.skein.api.auth.AccountException.Reason;
import org.skein.api.auth.Accounts;
import org.skein.api.storage.AccountRepository.StoredAccount;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

/** Accounts over a storage in memory, without keys. */
final class FakeAccounts implements Accounts {
    final List<String> passwords = new ArrayList<>();
    private final InMemoryStorage storage;

    FakeAccounts(InMemoryStorage storage) {
        this.storage = storage;
    }

    private static CompletionStage<Void> or(CompletionStage<Boolean> done, Reason reason, Jid account) {
        return done.thenAccept(ok -> {
            if (!ok) throw new AccountException(reason, reason + " " + account);
        });
    }

    @Override
    public CompletionStage<Void> create(Jid account, String password) {
        if (password.isEmpty()) {
            return CompletableFuture.failedFuture(new AccountException(Reason.INVALID, "password has 0 bytes"));
        }
        return or(storage.accounts().create(account, List.of()), Reason.EXISTS, account);
    }

    @Override
    public CompletionStage<Void> setPassword(Jid account, String password) {
        passwords.add(account + " " + password);
        return or(storage.accounts().setCredentials(account, List.of()), Reason.NOT_FOUND, account);
    }

    @Override
    public CompletionStage<Void> delete(Jid account) {
        return or(storage.accounts().delete(account), Reason.NOT_FOUND, account);
    }

    @Override
    public CompletionStage<Void> setDisabled(Jid account, boolean disabled) {
        return or(storage.accounts().setDisabled(account, disabled), Reason.NOT_FOUND, account);
    }

    @Override
    public CompletionStage<Boolean> isDisabled(Jid account) {
        return storage.accounts()
                .find(account)
                .thenApply(found -> found.filter(StoredAccount::disabled).isPresent());
    }

    @Override
    public CompletionStage<Boolean> exists(Jid account) {
        return storage.accounts().find(account).thenApply(Optional::isPresent);
    }

    @Override
    public CompletionStage<Boolean> verify(Jid account, String password) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return storage.accounts().list(domain, after, max);
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return storage.accounts().count(domain);
    }

    @Override
    public CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max) {
        return storage.accounts().listDisabled(domain, after, max);
    }

    @Override
    public CompletionStage<Long> countDisabled(String domain) {
        return storage.accounts().countDisabled(domain);
    }
}
