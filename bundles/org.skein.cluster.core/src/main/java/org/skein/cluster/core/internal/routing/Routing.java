package org.skein.cluster.core.internal.routing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes hear of an account: the current strategy's answer, plus every member it cannot know about, so that the
 * answer is never too small (P3, CLUSTER 18). Without a strategy, or when it fails, all other members.
 *
 * <p>A strategy goes through: <em>warming</em> (started; local events go to it too) → <em>current</em> (asked) →
 * <em>retiring</em> (told of events until every member knows that this node publishes to it no more) → stopped. Each
 * node tells the others which strategies it publishes to; a member that has not said it publishes to ours is "unknown",
 * and included. Two channels: {@link #ANNOUNCE} says what is published, {@link #MESSAGES} carries the strategies' own.
 */
public final class Routing {
    public static final String ANNOUNCE = "skein.strategies";
    public static final String MESSAGES = "skein.strategy";

    private static final Logger log = LoggerFactory.getLogger(Routing.class);
    private static final Duration LATE = Duration.ofSeconds(1);
    private static final Duration ANNOUNCE_WITHIN = Duration.ofSeconds(2);
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final Peers peers;
    private final ScheduledExecutorService timer;
    private final LongAdder fallbacks;

    /** Sessions of this node: strategies take their snapshot from here. */
    private final Map<Jid, Optional<Stanza>> sessions = new ConcurrentHashMap<>();

    private volatile NodeId self;
    private volatile Now now;

    // Guarded by this. What members say they publish to; and what each has confirmed of ours.
    private final Map<NodeId, Set<String>> published = new HashMap<>();
    private final Map<NodeId, Integer> confirmed = new HashMap<>();
    private Active warming;
    private final List<Active> retiring = new ArrayList<>();
    private Set<String> announced = Set.of();
    private int announcement;
    private CompletableFuture<Void> allConfirmed = new CompletableFuture<>();

    /** All that a look-up needs, exchanged as one. {@code active} is null for "all members". */
    private record Now(
            View view, Active active, List<Active> told, NodeSet all, Set<NodeId> others, List<NodeId> unknown) {}

    /** A strategy in use, by the name it was chosen by. */
    private static final class Active {
        private final String name;
        private final ClusteringStrategy strategy;
        private final LongAdder failures = new LongAdder();
        private volatile boolean broken;

        private Active(String name, ClusteringStrategy strategy) {
            this.name = name;
            this.strategy = strategy;
        }
    }

    public Routing(NodeId self, Peers peers, ScheduledExecutorService timer, LongAdder fallbacks) {
        this.self = self;
        this.peers = peers;
        this.timer = timer;
        this.fallbacks = fallbacks;
        allConfirmed.complete(null);
        now = new Now(new View(0, 1, List.of()), null, List.of(), NodeSet.none(), Set.of(), List.of());
    }

    // look-ups: every stanza

    public NodeSet locate(Jid account) {
        Now n = now;
        if (n.active == null || n.others.isEmpty()) return n.all;
        NodeSet answer;
        try {
            answer = n.active.strategy.locate(account);
        } catch (RuntimeException | LinkageError e) {
            return failed(n, e);
        }
        if (answer == null) return failed(n, new NullPointerException("locate answered null"));
        if (answer.isKnown()) return checked(n, answer);
        return NodeSet.later(inTime(n, answer.later()));
    }

    private NodeSet failed(Now n, Throwable e) {
        fallbacks.increment();
        n.active.failures.increment();
        if (!n.active.broken) {
            n.active.broken = true;
            log.error("what=strategy_failed strategy={} instead=all_members", n.active.name, e);
            try {
                timer.execute(() -> drop(n.active));
            } catch (RejectedExecutionException stopping) {
                log.trace("what=stopping", stopping);
            }
        }
        return n.all;
    }

    /** A late answer holds only this account's stanzas, and after 1 s all members are used (CLUSTER 11). */
    private CompletionStage<List<NodeId>> inTime(Now n, CompletionStage<List<NodeId>> later) {
        return later.toCompletableFuture()
                .copy()
                .orTimeout(LATE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((nodes, failure) -> {
                    Now latest = now; // the view may have changed meanwhile
                    if (failure == null && nodes != null) {
                        return checked(latest, NodeSet.of(nodes)).now();
                    }
                    fallbacks.increment();
                    log.debug("what=strategy_late strategy={}", n.active.name, failure);
                    return latest.all.now();
                });
    }

    /** What it named, without strangers and this node, plus who is unknown to it. The usual answer is not copied. */
    private static NodeSet checked(Now n, NodeSet answer) {
        List<NodeId> named = answer.now();
        if (n.unknown.isEmpty()) {
            boolean clean = true;
            for (int i = 0; i < named.size() && clean; i++) clean = n.others.contains(named.get(i));
            if (clean) return answer;
        }
        Set<NodeId> nodes = new TreeSet<>(n.unknown);
        named.stream().filter(n.others::contains).forEach(nodes::add);
        return NodeSet.of(List.copyOf(nodes));
    }

    // events of this node's sessions

    /** Completes when each member knows, or includes this node anyway. */
    public CompletionStage<Void> bound(Jid full) {
        sessions.put(full, Optional.empty());
        CompletionStage<Void> all = withdrawn();
        for (Active a : now.told) {
            try {
                CompletionStage<Void> told = a.strategy.bound(full);
                if (told != null) all = isDone(all) ? told : all.thenCombine(told, (x, y) -> null);
            } catch (RuntimeException | LinkageError e) {
                broken(a, e);
            }
        }
        return all;
    }

    public boolean isPublished(Jid full) {
        return sessions.containsKey(full);
    }

    private static boolean isDone(CompletionStage<Void> stage) {
        CompletableFuture<Void> future = stage.toCompletableFuture();
        return future.isDone() && !future.isCompletedExceptionally();
    }

    private synchronized CompletionStage<Void> withdrawn() {
        return allConfirmed.isDone() ? DONE : allConfirmed;
    }

    public void presence(Jid full, Optional<Stanza> presence) {
        if (sessions.replace(full, presence) == null) return;
        for (Active a : now.told) {
            try {
                a.strategy.presence(full, presence);
            } catch (RuntimeException | LinkageError e) {
                broken(a, e);
            }
        }
    }

    public void unbound(Jid full) {
        if (sessions.remove(full) == null) return;
        for (Active a : now.told) {
            try {
                a.strategy.unbound(full);
            } catch (RuntimeException | LinkageError e) {
                broken(a, e);
            }
        }
    }

    private void broken(Active a, Throwable e) {
        log.error("what=strategy_failed strategy={} instead=all_members", a.name, e);
        timer.execute(() -> drop(a));
    }

    // views

    /** The view changes; answers follow before this returns. Those who joined are not admitted yet. */
    public void change(View view) {
        List<Active> told;
        synchronized (this) {
            published.keySet().retainAll(view.ids());
            confirmed.keySet().retainAll(view.ids());
            rebuild(view);
            told = now.told;
        }
        for (Active a : told) {
            try {
                a.strategy.changed(view);
            } catch (RuntimeException | LinkageError e) {
                broken(a, e);
            }
        }
    }

    /** This node goes on under another incarnation. What was said of the one before is void. */
    public synchronized void reborn(NodeId id) {
        self = id;
        published.clear();
        confirmed.clear();
    }

    public void forgetSessions() {
        sessions.clear();
    }

    private void rebuild(View view) {
        Active active = now.active;
        List<NodeId> others = view.ids().stream().filter(id -> !id.equals(self)).toList();
        List<NodeId> unknown = active == null
                ? others
                : others.stream().filter(id -> !publishes(id, active.name)).toList();
        List<Active> told = new ArrayList<>();
        if (active != null) told.add(active);
        if (warming != null) told.add(warming);
        told.addAll(retiring);
        now = new Now(view, active, List.copyOf(told), NodeSet.of(others), Set.copyOf(others), unknown);
    }

    private boolean publishes(NodeId id, String strategy) {
        return published.getOrDefault(id, Set.of()).contains(strategy);
    }

    // the strategy in use

    /** The name of the strategy asked now; empty for all members. */
    public Optional<String> current() {
        Active active = now.active;
        return active == null ? Optional.empty() : Optional.of(active.name);
    }

    public synchronized Optional<String> warming() {
        return warming == null ? Optional.empty() : Optional.of(warming.name);
    }

    /** Members the strategy says nothing about, included in every answer. */
    public List<NodeId> unknown() {
        return now.unknown;
    }

    /**
     * Warms up a strategy and changes to it when it is in step.
     *
     * @return completes when it routes, or fails with the reason why it does not
     */
    public CompletionStage<Void> use(String name, ClusteringStrategy strategy) {
        Active next = new Active(name, strategy);
        CompletableFuture<Void> routes = new CompletableFuture<>();
        Active abandoned;
        synchronized (this) {
            if (now.active != null && now.active.strategy == strategy) return DONE;
            abandoned = warming;
            warming = next;
            rebuild(now.view);
        }
        if (abandoned != null) stop(abandoned);
        CompletionStage<Void> inStep;
        try {
            inStep = strategy.start(new StrategyContext(name));
            if (inStep == null) inStep = CompletableFuture.failedFuture(new NullPointerException("start"));
        } catch (RuntimeException | LinkageError e) {
            inStep = CompletableFuture.failedFuture(e);
        }
        inStep.toCompletableFuture()
                .copy()
                .orTimeout(WARM_UP.toSeconds(), TimeUnit.SECONDS)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        change(next);
                        routes.complete(null);
                    } else {
                        log.error("what=strategy_not_started strategy={}", name, failure);
                        drop(next);
                        routes.completeExceptionally(failure);
                    }
                });
        return routes;
    }

    private void change(Active next) {
        Active before;
        synchronized (this) {
            if (warming != next) return; // overtaken by another choice
            warming = null;
            before = now.active;
            if (before != null) retiring.add(before);
            now = new Now(now.view, next, now.told, now.all, now.others, now.unknown);
            rebuild(now.view);
        }
        log.info("what=strategy_in_use strategy={} before={}", next.name, before == null ? "none" : before.name);
        announce();
        if (before != null) withdrawn().thenRun(() -> retire(before));
    }

    private void retire(Active a) {
        synchronized (this) {
            if (!retiring.remove(a)) return;
            rebuild(now.view);
        }
        stop(a);
    }

    /** The strategy's service goes away, or it is not to be trusted: all members instead, before this returns. */
    public void gone(ClusteringStrategy strategy) {
        Active dropped = null;
        synchronized (this) {
            if (now.active != null && now.active.strategy == strategy) dropped = now.active;
            else if (warming != null && warming.strategy == strategy) dropped = warming;
            else
                dropped = retiring.stream()
                        .filter(a -> a.strategy == strategy)
                        .findFirst()
                        .orElse(null);
        }
        if (dropped != null) drop(dropped);
    }

    private void drop(Active a) {
        synchronized (this) {
            boolean used = now.active == a;
            boolean known = used | warming == a | retiring.remove(a);
            if (!known) return;
            if (warming == a) warming = null;
            if (used) {
                now = new Now(now.view, null, now.told, now.all, now.others, now.unknown);
                log.warn("what=strategy_gone strategy={} instead=all_members", a.name);
            }
            rebuild(now.view);
        }
        announce();
        stop(a);
    }

    private static void stop(Active a) {
        try {
            a.strategy.stop();
        } catch (RuntimeException | LinkageError e) {
            log.warn("what=strategy_stop_failed strategy={}", a.name, e);
        }
    }

    /** All strategies end; the node goes. */
    public void close() {
        List<Active> all;
        synchronized (this) {
            all = now.told;
            warming = null;
            retiring.clear();
            now = new Now(now.view, null, List.of(), now.all, now.others, List.of());
            allConfirmed.complete(null);
        }
        all.forEach(Routing::stop);
    }

    // what is published, among nodes

    /** Tells the members which have not confirmed it what this node publishes to. After they are admitted. */
    public void announce() {
        Set<String> names = new TreeSet<>();
        int number;
        List<NodeId> to;
        synchronized (this) {
            if (now.active != null) names.add(now.active.name);
            if (!names.equals(announced)) {
                announced = Set.copyOf(names);
                announcement++;
            }
            number = announcement;
            to = now.others.stream()
                    .filter(id -> confirmed.getOrDefault(id, -1) != number)
                    .toList();
            if (!to.isEmpty() && number > 0 && allConfirmed.isDone()) {
                // Who was never told anything includes this node anyway; only a change of mind is waited for.
                boolean anyTold = to.stream().anyMatch(confirmed::containsKey);
                if (anyTold) allConfirmed = new CompletableFuture<>();
            }
        }
        byte[] message = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
        to.forEach(id -> announce(id, number, message));
        checkConfirmed();
    }

    private void announce(NodeId to, int number, byte[] message) {
        peers.call(to, ANNOUNCE, message, ANNOUNCE_WITHIN).thenAccept(reply -> {
            synchronized (this) {
                if (number != announcement || !now.others.contains(to)) return;
                if (reply.isAnswered()) confirmed.put(to, number);
            }
            if (reply.isAnswered()) {
                checkConfirmed();
            } else if (reply.result() != Peers.Result.LEFT) {
                log.debug("what=strategy_not_announced to={} result={} error={}", to, reply.result(), reply.error());
                retry(to, number, message);
            }
        });
    }

    private void retry(NodeId to, int number, byte[] message) {
        try {
            timer.schedule(
                    () -> {
                        synchronized (this) {
                            if (number != announcement || !now.others.contains(to)) return;
                        }
                        announce(to, number, message);
                    },
                    ANNOUNCE_WITHIN.toMillis() / 4,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            log.trace("what=stopping", stopping);
        }
    }

    private void checkConfirmed() {
        CompletableFuture<Void> done;
        synchronized (this) {
            boolean all =
                    now.others.stream().allMatch(id -> !confirmed.containsKey(id) || confirmed.get(id) == announcement);
            if (!all || allConfirmed.isDone()) return;
            done = allConfirmed;
        }
        done.complete(null);
    }

    /** Hears what members publish to. */
    public PeerHandler announcements() {
        return new PeerHandler() {
            @Override
            public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                String text = new String(request, StandardCharsets.UTF_8);
                Set<String> names = text.isEmpty() ? Set.of() : new HashSet<>(Arrays.asList(text.split("\n")));
                synchronized (Routing.this) {
                    published.put(from, names);
                    rebuild(now.view);
                }
                return CompletableFuture.completedFuture(new byte[0]);
            }
        };
    }

    /** Hears the messages of strategies: name's length, name, message. */
    public PeerHandler messages() {
        return new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                if (payload.length == 0 || payload.length <= (payload[0] & 0xff)) return;
                int length = payload[0] & 0xff;
                String name = new String(payload, 1, length, StandardCharsets.UTF_8);
                byte[] message = Arrays.copyOfRange(payload, 1 + length, payload.length);
                for (Active a : now.told) {
                    if (a.name.equals(name)) a.strategy.received(from, lane, message);
                }
            }
        };
    }

    private final class StrategyContext implements ClusteringStrategy.Context {
        private final byte[] name;

        private StrategyContext(String name) {
            this.name = name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public View view() {
            return now.view;
        }

        @Override
        public void send(NodeId to, int lane, byte[] message) {
            byte[] tagged = new byte[1 + name.length + message.length];
            tagged[0] = (byte) name.length;
            System.arraycopy(name, 0, tagged, 1, name.length);
            System.arraycopy(message, 0, tagged, 1 + name.length, message.length);
            peers.send(to, lane, MESSAGES, tagged);
        }

        @Override
        public Iterable<ClusteringStrategy.LocalSession> sessions() {
            return () -> sessions.entrySet().stream()
                    .map(e -> new ClusteringStrategy.LocalSession(e.getKey(), e.getValue()))
                    .iterator();
        }
    }
}
