package org.skein.adhoc.internal.commands;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.DeliveryListener;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/** A session of a {@link FakeNode}. */
final class FakeSession implements Session {
    final List<Stanza> sent = new ArrayList<>();
    Optional<StreamError> error = Optional.empty();
    boolean isConnected = true;
    Optional<Stanza> presence = Optional.of(Stanza.presence().build());
    Instant boundAt = Instant.EPOCH;
    Instant lastActivity = Instant.EPOCH;
    private final FakeNode node;
    private final Jid jid;

    FakeSession(FakeNode node, Jid jid) {
        this.node = node;
        this.jid = jid;
    }

    @Override
    public Jid jid() {
        return jid;
    }

    @Override
    public String id() {
        return "id-" + jid.resource();
    }

    @Override
    public OnlineAccount account() {
        return node.account(jid.bare()).orElseThrow();
    }

    @Override
    public boolean isConnected() {
        return isConnected;
    }

    @Override
    public Optional<Stanza> presence() {
        return presence;
    }

    @Override
    public int priority() {
        return 5;
    }

    @Override
    public void presence(Optional<Stanza> presence) {
        this.presence = presence;
    }

    @Override
    public void send(Stanza stanza, DeliveryListener listener) {
        sent.add(stanza);
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void close(StreamError error) {
        this.error = Optional.of(error);
        node.sessions.remove(this);
    }

    @Override
    public <T> Optional<T> get(Class<T> key) {
        return Optional.empty();
    }

    @Override
    public <T> void put(Class<T> key, T value) {}

    @Override
    public CompletionStage<Void> mark(String mark, boolean on) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean has(String mark) {
        return false;
    }

    @Override
    public Instant boundAt() {
        return boundAt;
    }

    @Override
    public Instant lastActivity() {
        return lastActivity;
    }

    @Override
    public String transport() {
        return "c2s";
    }

    @Override
    public Optional<SocketAddress> remoteAddress() {
        return Optional.of(new InetSocketAddress("192.0.2." + node.name.charAt(0) % 10, 5000));
    }

    @Override
    public String security() {
        return "TLSv1.3";
    }
}
