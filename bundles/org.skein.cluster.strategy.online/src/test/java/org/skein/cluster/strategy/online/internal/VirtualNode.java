package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A node of a {@link VirtualCluster}: the part of the core that a strategy sees, as its contract describes it. */
final class VirtualNode {
    /** A session of the node. @param life of the strategy that knew of it first */
    static final class Held {
        final long life;
        CompletableFuture<Void> known;
        Optional<Stanza> presence = Optional.empty();

        private Held(long life, CompletableFuture<Void> known) {
            this.life = life;
            this.known = known;
        }
    }

    private record Call(NodeId to, CompletableFuture<Reply> answer) {}

    private static final byte[] NOTHING = {};

    final VirtualCluster cluster;
    final NodeId id;
    final OnlineStrategy strategy;
    final Map<Jid, Held> sessions = new TreeMap<>();
    final Deque<View> views = new ArrayDeque<>();
    final Set<NodeId> full = new HashSet<>();
    View view = new View(0, 1, List.of());
    private final Map<NodeId, Long> publishing = new HashMap<>(); // by life
    private final Set<Call> calls = new LinkedHashSet<>();
    private final List<Runnable> onWritable = new ArrayList<>();
    private boolean dead;
    private long lives;
    private long life; // that runs; 0 for none
    private long published; // life whose sessions are published; 0 for none
    private boolean failed;

    VirtualNode(VirtualCluster cluster, NodeId id) {
        this.cluster = cluster;
        this.id = id;
        strategy = new OnlineStrategy(cluster.limits, Duration.ofSeconds(30), cluster::number);
    }

    boolean isDead() {
        return dead;
    }

    boolean runs() {
        return life != 0;
    }

    /** Its start is complete and its sessions are published. */
    boolean isInUse() {
        return life != 0 && published == life;
    }

    boolean hasFailed() {
        return failed;
    }

    Set<NodeId> located(Jid account) {
        return Set.copyOf(strategy.locate(account).now());
    }

    // what the core does

    void start() {
        long begun = ++lives;
        life = begun;
        strategy.start(new Services(begun)).thenRun(() -> {
            if (life == begun) publish(begun);
        });
    }

    void stop() {
        life = 0;
        strategy.stop();
        if (published != 0) publish(0);
    }

    /** Says that another strategy is used, while this one goes on for a while. */
    void retire() {
        publish(0);
    }

    /** Says anew what was said. */
    void publishAnew() {
        publish(0);
        publish(life);
    }

    private void publish(long what) {
        published = what;
        view.ids().forEach(to -> publish(to, what));
    }

    private void publish(NodeId to, long what) {
        VirtualNode receiver = node(to);
        cluster.transmit(this, to, () -> receiver.published(id, what));
    }

    private VirtualNode node(NodeId of) {
        return cluster.nodes.stream().filter(n -> n.id.equals(of)).findFirst().orElse(this);
    }

    private void published(NodeId by, long what) {
        Long before = what == 0 ? publishing.remove(by) : publishing.put(by, what);
        if (before != null && runs()) strategy.publishes(by, false);
        if (what != 0 && runs()) strategy.publishes(by, true);
    }

    void install() {
        View before = view;
        view = views.poll();
        publishing.keySet().retainAll(view.ids());
        if (runs()) strategy.changed(view);
        List.copyOf(calls).forEach(call -> {
            if (!view.contains(call.to)) finish(call, new Reply(Result.LEFT, NOTHING, "left"));
        });
        if (published != 0) {
            view.ids().stream().filter(to -> !before.contains(to)).forEach(to -> publish(to, published));
        }
    }

    void die() {
        dead = true;
        life = 0;
        calls.clear();
    }

    void bind(Jid full) {
        boolean isTold = runs();
        Held held = new Held(isTold ? life : lives + 1, new CompletableFuture<>());
        sessions.put(full, held);
        if (isTold) held.known = strategy.bound(full).toCompletableFuture();
        else held.known.complete(null);
    }

    void presence(Jid full, Optional<Stanza> presence) {
        sessions.get(full).presence = presence;
        if (runs()) strategy.presence(full, presence);
    }

    void unbind(Jid full) {
        sessions.remove(full);
        if (runs()) strategy.unbound(full);
    }

    /** Whether this node's strategy has to name another that holds a session. */
    boolean mustName(VirtualNode other, Held held) {
        Long of = publishing.get(other.id);
        if (!runs() || of == null || !view.contains(other.id)) return false;
        return held.life < of || held.life == of && held.known.isDone() && !held.known.isCompletedExceptionally();
    }

    void writable() {
        full.clear();
        List<Runnable> tasks = List.copyOf(onWritable);
        onWritable.clear();
        tasks.forEach(Runnable::run);
    }

    // calls

    private CompletionStage<Reply> call(NodeId to, byte[] request, Duration deadline) {
        if (request.length > 1 << 20) throw new IllegalArgumentException("too large: " + request.length);
        Call call = new Call(to, new CompletableFuture<>());
        if (!view.contains(to)) {
            call.answer.complete(new Reply(Result.LEFT, NOTHING, "no member"));
            return call.answer;
        }
        calls.add(call);
        VirtualNode receiver = node(to);
        cluster.tap.accept(receiver, request);
        cluster.transmit(this, to, () -> receiver.called(this, call, request));
        cluster.later(deadline, () -> finish(call, new Reply(Result.TIMEOUT, NOTHING, "")));
        return call.answer;
    }

    private void called(VirtualNode caller, Call call, byte[] request) {
        if (!runs()) {
            cluster.answer(() -> caller.finish(call, new Reply(Result.FAILED, NOTHING, "not here")));
            return;
        }
        strategy.called(caller.id, request)
                .whenComplete((bytes, failure) -> cluster.answer(() -> caller.finish(
                        call,
                        failure == null
                                ? new Reply(Result.ANSWERED, bytes, "")
                                : new Reply(Result.FAILED, NOTHING, failure.toString()))));
    }

    private void finish(Call call, Reply reply) {
        if (!dead && calls.remove(call)) call.answer.complete(reply);
    }

    private final class Services implements Context {
        private final long of;
        private final List<LocalSession> atStart = snapshot();

        private Services(long of) {
            this.of = of;
        }

        private List<LocalSession> snapshot() {
            List<LocalSession> all = new ArrayList<>();
            sessions.forEach((full, held) -> all.add(new LocalSession(full, held.presence)));
            return all;
        }

        @Override
        public NodeId self() {
            return id;
        }

        @Override
        public View view() {
            return view;
        }

        @Override
        public Set<NodeId> publishing() {
            return Set.copyOf(publishing.keySet());
        }

        @Override
        public void send(NodeId to, byte[] message) {
            throw new AssertionError("it only asks");
        }

        @Override
        public CompletionStage<Reply> call(NodeId to, byte[] request, Duration deadline) {
            return life == of ? VirtualNode.this.call(to, request, deadline) : new CompletableFuture<>();
        }

        @Override
        public boolean isWritable(NodeId to) {
            return !full.contains(to);
        }

        @Override
        public void whenWritable(NodeId to, Runnable task) {
            if (isWritable(to)) task.run();
            else onWritable.add(task);
        }

        @Override
        public Iterable<LocalSession> sessions() {
            return cluster.random.nextBoolean() ? atStart : snapshot(); // events tell the rest
        }

        @Override
        public void later(Duration delay, Runnable task) {
            cluster.later(delay, () -> {
                if (life == of) task.run();
            });
        }

        @Override
        public void failed(String reason) {
            failed = true;
        }
    }
}
