package org.skein.session.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.skein.api.session.AccountState;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** All accounts and sessions of this node. */
final class Registry implements Sessions {
    private final ConcurrentHashMap<Jid, Account> accounts = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Chains chains;
    private final Published published;

    Registry(Chains chains, Published published) {
        this.chains = chains;
        this.published = published;
    }

    /** Keeps an account in memory until {@link #leave}. */
    Account enter(Jid bare) {
        return accounts.compute(bare, (jid, there) -> {
            Account account = there == null ? new Account(jid) : there;
            account.uses++;
            return account;
        });
    }

    void leave(Account account) {
        accounts.computeIfPresent(account.jid(), (jid, there) -> there == account && --there.uses == 0 ? null : there);
    }

    Account.Added add(UserSession session, int max) {
        Account.Added added = session.account().add(session, max);
        if (added.done()) {
            if (!session.isWarmUp()) count.incrementAndGet();
            published.hold(session.jid());
        }
        return added;
    }

    void remove(UserSession session) {
        session.account().remove(session);
        if (!session.isWarmUp()) count.decrementAndGet();
        published.release(session.jid());
        leave(session.account());
    }

    /** The account if it has sessions, or null. */
    Account online(Jid bare) {
        Account account = accounts.get(bare);
        return account == null || account.all().length == 0 ? null : account;
    }

    /** The account while it has sessions, or one is being bound; else null. */
    Account entered(Jid bare) {
        return accounts.get(bare);
    }

    void unboundElsewhere(NodeId node, Jid full, long login) {
        Account account = accounts.get(full.bare());
        if (account != null) account.unboundElsewhere(node, full, login);
    }

    void nodeLeft(NodeId node) {
        accounts.values().forEach(a -> a.nodeLeft(node));
    }

    UserSession find(Jid full) {
        Account account = accounts.get(full.bare());
        return account == null ? null : account.find(full.resource());
    }

    @Override
    public Optional<Session> session(Jid full) {
        return Optional.ofNullable(find(full));
    }

    @Override
    public Optional<OnlineAccount> account(Jid bare) {
        return Optional.ofNullable(online(bare));
    }

    @Override
    public Collection<Session> all() {
        return List.copyOf(snapshot());
    }

    List<UserSession> snapshot() {
        List<UserSession> all = new ArrayList<>();
        accounts.values().forEach(a -> all.addAll(List.of(a.all())));
        return all;
    }

    @Override
    public int count() {
        return count.get();
    }

    @Override
    public <T> CompletionStage<T> state(Jid account, Class<T> type) {
        Account there = online(account);
        Optional<T> state = there == null ? Optional.empty() : there.state(type);
        if (state.isPresent()) return CompletableFuture.completedFuture(state.get());
        for (AccountState<?> kind : chains.states()) {
            if (kind.type() == type) return kind.load(account).thenApply(type::cast);
        }
        return CompletableFuture.failedFuture(new IllegalArgumentException("no such account state: " + type.getName()));
    }
}
