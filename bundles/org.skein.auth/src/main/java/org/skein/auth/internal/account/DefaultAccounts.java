package org.skein.auth.internal.account;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountException;
import org.skein.api.auth.AccountException.Reason;
import org.skein.api.auth.Accounts;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.component.VirtualHosts;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.AccountRepository.StoredAccount;
import org.skein.auth.internal.account.AccountNews.Event;
import org.skein.auth.internal.keys.AccountKeys;
import org.skein.auth.internal.keys.PasswordWorkers;
import org.skein.auth.internal.keys.Passwords;
import org.skein.auth.internal.keys.ScramHash;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accounts in the {@link AccountRepository}, with keys for every hash that is offered. There only while that is. */
@Component(service = {Accounts.class, DefaultAccounts.class})
public final class DefaultAccounts implements Accounts {
    private static final Logger log = LoggerFactory.getLogger(DefaultAccounts.class);

    private final VirtualHosts hosts;
    private final PasswordWorkers workers;
    private final KeyMaker keyMaker;
    private final AccountKeys loginKeys;
    private final AccountNews news;

    @Reference(policy = DYNAMIC, policyOption = GREEDY)
    private volatile AccountRepository accounts;

    @Activate
    public DefaultAccounts(
            @Reference VirtualHosts hosts,
            @Reference PasswordWorkers workers,
            @Reference KeyMaker keyMaker,
            @Reference AccountKeys loginKeys,
            @Reference AccountNews news) {
        this.hosts = hosts;
        this.workers = workers;
        this.keyMaker = keyMaker;
        this.loginKeys = loginKeys;
        this.news = news;
    }

    /** For tests. */
    public DefaultAccounts(
            VirtualHosts hosts,
            PasswordWorkers workers,
            KeyMaker keyMaker,
            AccountKeys loginKeys,
            AccountNews news,
            AccountRepository accounts) {
        this(hosts, workers, keyMaker, loginKeys, news);
        this.accounts = accounts;
    }

    @Override
    public CompletionStage<Void> create(Jid account, String password) {
        return checked(
                account,
                password,
                prepared -> accounts.find(account)
                        .thenCompose(found -> {
                            if (found.isPresent()) { // also decided by create below, but this spares the work of the
                                // keys
                                throw alreadyThere(account);
                            }
                            return keys(prepared);
                        })
                        .thenCompose(keys -> accounts.create(account, keys))
                        .thenCompose(created -> {
                            if (!created) {
                                throw alreadyThere(account);
                            }
                            log.debug("what=account_created account={}", account);
                            return news.everywhere(Event.CREATED, account);
                        })
                        .thenRun(() -> news.createdHere(account)));
    }

    @Override
    public CompletionStage<Void> setPassword(Jid account, String password) {
        return checked(
                account,
                password,
                prepared -> keys(prepared)
                        .thenCompose(keys -> accounts.setCredentials(account, keys))
                        .thenCompose(changed -> {
                            requireFound(account, changed);
                            log.info("what=password_changed account={}", account);
                            return news.everywhere(Event.PASSWORD_CHANGED, account);
                        }));
    }

    /** The session manager is one of the listeners, and ends the account's sessions. */
    @Override
    public CompletionStage<Void> delete(Jid account) {
        return remove(account).thenAccept(Runnable::run);
    }

    /**
     * Removes the account, and tells the other nodes, but nobody here yet: so that a user who does it over a session of the
     * account can be answered before it ends.
     *
     * @return to be run soon: tells the listeners on this node
     */
    public CompletionStage<Runnable> remove(Jid account) {
        try {
            requireAccount(account);
        } catch (AccountException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Preparations.of(news.listeners(), account)
                .thenCompose(prepared -> accounts.delete(account).thenCompose(removed -> {
                    requireFound(account, removed);
                    log.info("what=account_removed account={}", account);
                    prepared.run();
                    return news.elsewhere(Event.REMOVED, account)
                            .thenApply(confirmed -> () -> news.here(Event.REMOVED, account));
                }));
    }

    /** Also where it was so before: listeners of a node that was not reached then hear of it now. */
    @Override
    public CompletionStage<Void> setDisabled(Jid account, boolean disabled) {
        try {
            requireAccount(account);
        } catch (AccountException e) {
            return CompletableFuture.failedFuture(e);
        }
        return accounts.setDisabled(account, disabled).thenCompose(found -> {
            requireFound(account, found);
            log.info("what=account_{} account={}", disabled ? "disabled" : "enabled", account);
            return news.everywhere(disabled ? Event.DISABLED : Event.ENABLED, account);
        });
    }

    @Override
    public CompletionStage<Boolean> isDisabled(Jid account) {
        return isAccountAddress(account)
                ? accounts.find(account)
                        .thenApply(
                                found -> found.filter(StoredAccount::disabled).isPresent())
                : CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<Boolean> exists(Jid account) {
        return isAccountAddress(account)
                ? accounts.find(account).thenApply(Optional::isPresent)
                : CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<Boolean> verify(Jid account, String password) {
        byte[] prepared;
        try {
            prepared = Passwords.prepare(password);
        } catch (IllegalArgumentException notAllowed) {
            return CompletableFuture.completedFuture(false);
        }
        if (!isAccountAddress(account)) {
            return CompletableFuture.completedFuture(false);
        }
        return loginKeys
                .find(account.local(), Optional.of(account), account.domain(), ScramHash.SHA_256)
                .thenCompose(found ->
                        workers.submit(() -> ScramHash.SHA_256.isPassword(prepared, found.keys()) & found.mayLogIn()));
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return accounts.list(domain, after, max);
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return accounts.count(domain);
    }

    @Override
    public CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max) {
        return accounts.listDisabled(domain, after, max);
    }

    @Override
    public CompletionStage<Long> countDisabled(String domain) {
        return accounts.countDisabled(domain);
    }

    private interface Work {
        CompletionStage<Void> with(byte[] preparedPassword);
    }

    private CompletionStage<Void> checked(Jid account, String password, Work work) {
        try {
            requireAccount(account);
            return work.with(Passwords.prepare(password));
        } catch (AccountException e) {
            return CompletableFuture.failedFuture(e);
        } catch (IllegalArgumentException notAllowed) {
            return CompletableFuture.failedFuture(new AccountException(Reason.INVALID, notAllowed.getMessage()));
        }
    }

    private CompletionStage<List<ScramCredentials>> keys(byte[] preparedPassword) {
        return workers.submit(() -> keyMaker.keys(preparedPassword));
    }

    private boolean isAccountAddress(Jid account) {
        return account.isBare() && account.hasLocal() && hosts.isLocal(account.domain());
    }

    private void requireAccount(Jid account) {
        if (!account.isBare() || !account.hasLocal()) {
            throw new AccountException(Reason.INVALID, "not an address of the form user@domain: " + account);
        }
        if (!hosts.isLocal(account.domain())) {
            throw new AccountException(Reason.UNKNOWN_HOST, "not a virtual host of this server: " + account.domain());
        }
    }

    private static AccountException alreadyThere(Jid account) {
        return new AccountException(Reason.EXISTS, "account exists already: " + account);
    }

    private static void requireFound(Jid account, boolean found) {
        if (!found) {
            throw new AccountException(Reason.NOT_FOUND, "no such account: " + account);
        }
    }
}
