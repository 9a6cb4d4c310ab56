package org.skein.session.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.skein.api.session.AccountState;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** An account with sessions here, or one that is just logging in. */
final class Account implements OnlineAccount {
    private static final UserSession[] NONE = {};

    private final Jid jid;
    private volatile UserSession[] sessions = NONE; // in the order bound
    private volatile Map<Class<?>, Object> states = Map.of();
    private volatile Elsewhere[] elsewhere = {}; // sessions on other nodes
    private final List<Binds.Pending> pending = new ArrayList<>(1); // guarded by this
    private CompletableFuture<Void> loading; // guarded by this
    int uses; // sessions and binds under way; guarded by the registry's map

    Account(Jid jid) {
        this.jid = jid;
    }

    @Override
    public Jid jid() {
        return jid;
    }

    UserSession[] all() {
        return sessions;
    }

    @Override
    public List<Session> sessions() {
        return List.of(sessions);
    }

    @Override
    public <T> Optional<T> state(Class<T> type) {
        Object state = states.get(type);
        return state == null ? Optional.empty() : Optional.of(type.cast(state));
    }

    @Override
    public List<RemoteSession> remoteSessions() {
        Elsewhere[] all = elsewhere;
        return all.length == 0 ? List.of() : List.of(all);
    }

    Set<NodeId> nodesElsewhere() {
        Elsewhere[] all = elsewhere;
        if (all.length == 0) return Set.of();
        Set<NodeId> nodes = new LinkedHashSet<>();
        for (Elsewhere e : all) {
            nodes.add(e.at());
        }
        return nodes;
    }

    synchronized void elsewhere(List<Elsewhere> found) {
        for (Elsewhere e : found) {
            elsewhere = Stream.concat(
                            Arrays.stream(elsewhere).filter(o -> !o.jid().equals(e.jid())), Stream.of(e))
                    .toArray(Elsewhere[]::new);
        }
    }

    synchronized void marked(Elsewhere e) {
        for (Elsewhere o : elsewhere) {
            if (o.is(e.jid(), e.login())) {
                elsewhere(List.of(e));
                return;
            }
        }
    }

    synchronized void unboundElsewhere(NodeId node, Jid full, long login) {
        elsewhere = Arrays.stream(elsewhere)
                .filter(e -> !(e.at().equals(node) && e.is(full, login)))
                .toArray(Elsewhere[]::new);
    }

    synchronized void nodeLeft(NodeId node) {
        if (elsewhere.length == 0) return;
        elsewhere = Arrays.stream(elsewhere).filter(e -> !e.at().equals(node)).toArray(Elsewhere[]::new);
    }

    synchronized void pending(Binds.Pending bind) {
        pending.add(bind);
    }

    synchronized void pendingDone(Binds.Pending bind) {
        pending.remove(bind);
    }

    /** True if a bind of this resource is under way, and what the node sends from now on may be for it. */
    synchronized boolean awaits(String resource, NodeId sender) {
        for (Binds.Pending bind : pending) {
            if (bind.isFor(resource) && bind.isKnownTo(sender)) return true;
        }
        return false;
    }

    /** Binds under way; with the lock held. */
    List<Binds.Pending> pending() {
        return pending;
    }

    /** Sessions here with other resources than this. */
    int countBut(String resource) {
        int n = 0;
        for (UserSession s : sessions) {
            if (!s.jid().resource().equals(resource)) n++;
        }
        return n;
    }

    UserSession find(String resource) {
        for (UserSession s : sessions) {
            if (s.jid().resource().equals(resource)) return s;
        }
        return null;
    }

    /** A session that takes messages for the bare address, or null. */
    UserSession accepting() {
        for (UserSession s : sessions) {
            if (s.accepts()) return s;
        }
        return null;
    }

    /** What came of adding: done, or the session that has the address, or neither if there are too many. */
    record Added(boolean done, UserSession conflict) {}

    /** @param max 0 for no limit */
    synchronized Added add(UserSession session, int max) {
        UserSession conflict = find(session.jid().resource());
        if (conflict != null) return new Added(false, conflict);
        if (max > 0 && sessions.length >= max) return new Added(false, null);
        UserSession[] more = Arrays.copyOf(sessions, sessions.length + 1);
        more[sessions.length] = session;
        sessions = more;
        return new Added(true, null);
    }

    synchronized void remove(UserSession session) {
        sessions = Arrays.stream(sessions).filter(s -> s != session).toArray(UserSession[]::new);
    }

    /** Loads the states, once for binds at the same time; a failure is forgotten, so that the next bind tries again. */
    CompletableFuture<Void> load(AccountState<?>[] kinds) {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (loading != null) return loading;
            loading = mine = new CompletableFuture<>();
        }
        Map<Class<?>, Object> loaded = new HashMap<>();
        CompletableFuture<?>[] parts = new CompletableFuture<?>[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            parts[i] = load(kinds[i], loaded);
        }
        CompletableFuture.allOf(parts).whenComplete((done, failure) -> {
            if (failure != null) {
                synchronized (this) {
                    loading = null;
                }
                mine.completeExceptionally(failure);
                return;
            }
            synchronized (loaded) {
                states = Map.copyOf(loaded);
            }
            mine.complete(null);
        });
        return mine;
    }

    private <T> CompletableFuture<?> load(AccountState<T> kind, Map<Class<?>, Object> into) {
        try {
            return kind.load(jid)
                    .thenAccept(state -> {
                        synchronized (into) {
                            into.put(kind.type(), state);
                        }
                    })
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
