package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** The sessions of one node of a {@link FakeCluster}. */
final class FakeNode implements Sessions {
    final String name;
    final List<FakeSession> sessions = new ArrayList<>();
    private final FakeCluster cluster;

    FakeNode(String name, FakeCluster cluster) {
        this.name = name;
        this.cluster = cluster;
    }

    FakeSession online(String full) {
        FakeSession session = new FakeSession(this, Jid.of(full));
        sessions.add(session);
        return session;
    }

    private record User(Jid jid, FakeNode node) implements OnlineAccount {
        @Override
        public List<Session> sessions() {
            return node.sessions.stream()
                    .filter(s -> s.jid().bare().equals(jid))
                    .map(Session.class::cast)
                    .toList();
        }

        @Override
        public List<RemoteSession> remoteSessions() {
            return node.cluster.nodes.stream()
                    .filter(n -> n != node)
                    .flatMap(n -> n.sessions.stream()
                            .filter(s -> s.jid().bare().equals(jid))
                            .map(s -> (RemoteSession) new Elsewhere(s.jid(), n.name)))
                    .toList();
        }

        @Override
        public <T> Optional<T> state(Class<T> type) {
            return Optional.empty();
        }
    }

    private record Elsewhere(Jid jid, String node) implements RemoteSession {
        @Override
        public boolean has(String mark) {
            return false;
        }

        @Override
        public void send(Stanza stanza) {}
    }

    @Override
    public Optional<Session> session(Jid full) {
        return sessions.stream()
                .filter(s -> s.jid().equals(full))
                .map(Session.class::cast)
                .findFirst();
    }

    @Override
    public Optional<OnlineAccount> account(Jid bare) {
        return sessions.stream().anyMatch(s -> s.jid().bare().equals(bare))
                ? Optional.of(new User(bare, this))
                : Optional.empty();
    }

    @Override
    public Collection<Session> all() {
        return List.copyOf(sessions);
    }

    @Override
    public int count() {
        return sessions.size();
    }

    @Override
    public <T> CompletionStage<T> state(Jid account, Class<T> type) {
        return CompletableFuture.failedFuture(new IllegalArgumentException());
    }
}
