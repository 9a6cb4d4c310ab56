package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
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
 * node tells the others which strategy it publishes to; a member that has not said it publishes to ours is "unknown",
 * and included. What nodes say of that, and what their strategies say to each other, goes over one channel, so in order.
 *
 * <p>No strategy is called under a lock of this class.
 */
public final class Routing {
    public static final String CHANNEL = "skein.strategy";

    private static final Logger log = LoggerFactory.getLogger(Routing.class);
    private static final int LANE = Peers.lane(CHANNEL);
    private static final Duration LATE = Duration.ofSeconds(1);
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final int MAX_MESSAGE = 1 << 20;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final Peers peers;
    private final Clockwork clockwork;
    private final LongAdder fallbacks;
    private final Watch watch;
    private final Publications publications;

    /** Sessions of this node: strategies take their snapshot from here. */
    private final Map<Jid, Optional<Stanza>> sessions = new ConcurrentHashMap<>();

    private volatile NodeId self;
    private volatile Now now;

    // Guarded by this.
    private Choice warming;
    private final List<Life> retiring = new ArrayList<>();
    private final Map<ClusteringStrategy, CompletionStage<Void>> stopping = new IdentityHashMap<>();
    private long runs;

    /** All that a look-up needs, exchanged as one. {@code active} is null for "all members". */
    private record Now(
            View view, Life active, List<Life> told, NodeSet all, Set<NodeId> others, List<NodeId> unknown) {}

    /** A strategy that is to route, and who waits for it. */
    private record Choice(Life life, CompletableFuture<Void> routes) {}

    public Routing(NodeId self, Peers peers, Clockwork clockwork, LongAdder fallbacks) {
        this.self = self;
        this.peers = peers;
        this.clockwork = clockwork;
        this.fallbacks = fallbacks;
        watch = new Watch(clockwork, (life, where) -> life.fail("it blocks " + where, null));
        publications = new Publications(peers, CHANNEL, clockwork);
        now = new Now(new View(0, 1, List.of()), null, List.of(), NodeSet.none(), Set.of(), List.of());
    }

    // look-ups: every stanza

    public NodeSet locate(Jid account) {
        Now n = now;
        if (n.active == null || n.others.isEmpty()) return n.all;
        NodeSet answer = n.active.ask(() -> located(n, account));
        if (answer != null) return answer;
        n.active.fail("locate answered null", null); // unless it threw, which is told already
        fallbacks.increment();
        return n.all;
    }

    private NodeSet located(Now n, Jid account) {
        NodeSet answer = n.active.strategy.locate(account);
        if (answer == null) return null;
        return answer.isKnown() ? checked(n, answer) : NodeSet.later(inTime(n, answer.later()));
    }

    /** A late answer holds only this account's stanzas, and after 1 s all members are used (CLUSTER 11). */
    private CompletionStage<List<NodeId>> inTime(Now n, CompletionStage<List<NodeId>> later) {
        CompletableFuture<List<NodeId>> answer = new CompletableFuture<>();
        Clockwork.Pending late = clockwork.after(LATE, () -> answer.completeExceptionally(new TimeoutException()));
        later.whenComplete((nodes, failure) -> {
            late.cancel();
            if (failure != null) answer.completeExceptionally(failure);
            else answer.complete(nodes);
        });
        return answer.handle((nodes, failure) -> {
            Now latest = now; // the view may have changed meanwhile
            boolean inTime = failure == null && nodes != null;
            n.active.answeredInTime(inTime);
            // Who is unknown to it now may have been known when it was asked, or the other way round.
            if (inTime && latest.active == n.active)
                return checked(latest, NodeSet.of(nodes)).now();
            if (!inTime) log.debug("what=strategy_late strategy={}", n.active.key, failure);
            fallbacks.increment();
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

    /** What the strategy knows of presence on other nodes; empty if it keeps none. */
    public Optional<Presences> presences(Jid account) {
        Now n = now;
        if (n.active == null || n.others.isEmpty()) return Optional.empty();
        Optional<Presences> kept = n.active.ask(() -> n.active.strategy.presences(account));
        if (kept == null || kept.isEmpty()) return Optional.empty();
        if (kept.get().ask().isEmpty() && n.unknown.isEmpty()) return kept;
        NodeSet ask = checked(n, NodeSet.of(kept.get().ask()));
        return Optional.of(new Presences(kept.get().known(), ask.now()));
    }

    // events of this node's sessions

    /** Completes when each member knows, or includes this node anyway. */
    public CompletionStage<Void> bound(Jid full) {
        sessions.putIfAbsent(full, Optional.empty()); // one that is replaced here has its presence until it ends
        CompletableFuture<Void> all = null;
        for (Life life : now.told) {
            CompletableFuture<Void> told = life.bound(full).toCompletableFuture();
            if (!told.isDone()) all = all == null ? told : CompletableFuture.allOf(all, told);
        }
        // What was withdrawn meanwhile, by a strategy that failed or by a change of mind, must have been heard.
        return all == null ? publications.confirmed() : all.thenCompose(told -> publications.confirmed());
    }

    public boolean isPublished(Jid full) {
        return sessions.containsKey(full);
    }

    public void presence(Jid full, Optional<Stanza> presence) {
        if (sessions.replace(full, presence) == null) return;
        tell(s -> s.presence(full, presence));
    }

    public void unbound(Jid full) {
        if (sessions.remove(full) == null) return;
        tell(s -> s.unbound(full));
    }

    private void tell(Consumer<ClusteringStrategy> event) {
        now.told.forEach(life -> life.tell(() -> event.accept(life.strategy)));
    }

    // views

    /** The view changes; answers follow before this returns. Those who joined are not heard yet. */
    public void change(View view) {
        synchronized (this) {
            publications.members(
                    view.ids().stream().filter(id -> !id.equals(self)).toList());
            rebuild(view);
        }
        publications.check();
        tell(s -> s.changed(view));
    }

    /** This node goes on under another incarnation: strategies have to be chosen anew. */
    public void reborn(NodeId id) {
        List<Life> all;
        synchronized (this) {
            all = now.told;
            self = id;
            publications.forget();
        }
        all.forEach(this::drop);
    }

    public void forgetSessions() {
        sessions.clear();
    }

    private synchronized void rebuild(View view) {
        rebuild(view, now.active);
    }

    private void rebuild(View view, Life active) {
        List<NodeId> others = view.ids().stream().filter(id -> !id.equals(self)).toList();
        List<NodeId> unknown = active == null
                ? others
                : others.stream()
                        .filter(id -> !publications.publishes(id, active.key))
                        .toList();
        List<Life> told = Stream.of(
                        Stream.ofNullable(active), Stream.ofNullable(warming).map(Choice::life), retiring.stream())
                .flatMap(lives -> lives)
                .toList();
        now = new Now(view, active, told, NodeSet.of(others), Set.copyOf(others), unknown);
    }

    // the strategy in use

    /** The name of the strategy asked now; empty for all members. */
    public Optional<String> current() {
        return Optional.ofNullable(now.active).map(life -> life.name);
    }

    public synchronized Optional<String> warming() {
        return Optional.ofNullable(warming).map(choice -> choice.life.name);
    }

    /** Figures of the strategies that run. */
    public Map<String, Long> figures(String name) {
        for (Life life : now.told) {
            if (!life.name.equals(name)) continue;
            Map<String, Long> figures = life.ask(life.strategy::figures);
            return figures == null ? Map.of() : figures;
        }
        return Map.of();
    }

    /** Members the strategy says nothing about, included in every answer. */
    public List<NodeId> unknown() {
        return now.unknown;
    }

    /**
     * Warms up a strategy and changes to it when it is in step.
     *
     * @param failed told, any thread, if it fails later on and is replaced by all members
     * @return completes when it routes and the one before has been stopped, or fails with the reason why it does not
     */
    public CompletionStage<Void> use(String name, int version, ClusteringStrategy strategy, Consumer<String> failed) {
        Choice choice;
        List<Life> inTheWay;
        synchronized (this) {
            if (now.active != null && now.active.strategy == strategy && warming == null) return DONE;
            if (warming != null && warming.life.strategy == strategy) return warming.routes;
            choice = new Choice(life(name, version, strategy, failed), new CompletableFuture<>());
            // Peers cannot tell two lives of one strategy apart, and another choice overtakes the one before.
            inTheWay = now.told.stream()
                    .filter(l -> l.key.equals(choice.life.key) || warming != null && l == warming.life)
                    .toList();
        }
        inTheWay.forEach(this::drop);
        synchronized (this) {
            choice.life.after(stopping.getOrDefault(strategy, DONE));
            warming = choice;
            rebuild(now.view);
        }
        CompletionStage<Void> inStep = choice.life.start(new LifeContext(choice.life));
        Clockwork.Pending late = clockwork.after(
                WARM_UP,
                () -> refuse(choice, new TimeoutException("not in step within " + WARM_UP.toSeconds() + " s")));
        choice.life.stopped.whenComplete((done, failure) -> late.cancel());
        inStep.whenComplete((done, failure) -> {
            late.cancel();
            if (failure == null) change(choice);
            else refuse(choice, failure);
        });
        return choice.routes;
    }

    private Life life(String name, int version, ClusteringStrategy strategy, Consumer<String> failed) {
        Life[] made = new Life[1];
        made[0] = new Life(name, version, ++runs, strategy, clockwork, watch, () -> {
            drop(made[0]);
            failed.accept(made[0].failure().orElse(""));
        });
        return made[0];
    }

    private void refuse(Choice choice, Throwable failure) {
        log.error("what=strategy_not_started strategy={}", choice.life.key, failure);
        drop(
                choice.life,
                failure.getMessage() == null ? new IllegalStateException(failure.toString(), failure) : failure);
    }

    private void change(Choice choice) {
        Life before;
        synchronized (this) {
            if (warming != choice) return; // overtaken by another choice
            warming = null;
            before = now.active;
            if (before != null) retiring.add(before);
            rebuild(now.view, choice.life);
        }
        log.info("what=strategy_in_use strategy={} before={}", choice.life.key, before == null ? "none" : before.key);
        announce();
        publications.confirmed().thenRun(() -> {
            if (before != null) drop(before);
            choice.routes.complete(null);
        });
    }

    /**
     * The strategy's service goes away: all members instead, before this returns.
     *
     * @return completes when it is stopped
     */
    public CompletionStage<Void> gone(ClusteringStrategy strategy) {
        List<Life> lives;
        CompletionStage<Void> stops;
        lives = now.told.stream().filter(l -> l.strategy == strategy).toList();
        lives.forEach(this::drop);
        synchronized (this) {
            stops = stopping.getOrDefault(strategy, DONE);
        }
        return stops;
    }

    private void drop(Life life) {
        drop(life, null);
    }

    /** @param reason why it does not route, for who waits for that; null: as its life says */
    private void drop(Life life, Throwable reason) {
        Choice abandoned = null;
        synchronized (this) {
            boolean used = now.active == life;
            boolean isWarming = warming != null && warming.life == life;
            boolean retires = retiring.remove(life);
            if (!used && !isWarming && !retires) return;
            if (isWarming) {
                abandoned = warming;
                warming = null;
            }
            if (used) log.warn("what=strategy_gone strategy={} instead=all_members", life.key);
            rebuild(now.view, used ? null : now.active);
            stopping.put(life.strategy, life.stopped);
        }
        announce();
        life.stop();
        life.stopped.whenComplete((done, failed) -> stopped(life));
        if (abandoned != null) {
            abandoned.routes.completeExceptionally(
                    reason != null
                            ? reason
                            : new IllegalStateException(life.failure().orElse("it was stopped before it was in step")));
        }
    }

    private synchronized void stopped(Life life) {
        stopping.remove(life.strategy, life.stopped);
    }

    /** All strategies end; the node goes. */
    public void close() {
        watch.close();
        List<Life> all = now.told;
        publications.close();
        all.forEach(this::drop);
    }

    // among nodes

    /** Tells members which do not know it what this node publishes to. After they are admitted. */
    public void announce() {
        Life active = now.active;
        publications.announce(active == null ? Map.of() : Map.of(active.key, active.run));
    }

    /** Takes what other nodes say, on {@link #CHANNEL}. */
    public PeerHandler handler() {
        return new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                StrategyFrame frame = StrategyFrame.parse(payload).orElse(null);
                if (frame == null || frame.kind() != StrategyFrame.MESSAGE) return;
                for (Life life : now.told) {
                    if (life.key.equals(frame.key())) {
                        life.hear(() -> life.strategy.received(from, frame.bytes()), e -> garbage(from, life, e));
                    }
                }
            }

            @Override
            public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                StrategyFrame frame =
                        StrategyFrame.parse(request).orElseThrow(() -> new IllegalArgumentException("nothing known"));
                if (frame.kind() == StrategyFrame.ANNOUNCE) {
                    announced(from, frame.published());
                    return CompletableFuture.completedFuture(new byte[0]);
                }
                for (Life life : now.told) {
                    if (life.key.equals(frame.key())) return call(life, from, frame.bytes());
                }
                return CompletableFuture.failedFuture(
                        new IllegalStateException("strategy " + frame.key() + " is not running here"));
            }
        };
    }

    private CompletionStage<byte[]> call(Life life, NodeId from, byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        life.hear(
                () -> life.strategy.called(from, request).whenComplete((bytes, failure) -> {
                    if (failure != null) answer.completeExceptionally(failure);
                    else answer.complete(bytes);
                }),
                e -> {
                    garbage(from, life, e);
                    answer.completeExceptionally(e);
                });
        life.owes(answer);
        return answer;
    }

    private void garbage(NodeId from, Life life, Throwable e) {
        if (!publications.distrust(from, life.key)) {
            log.debug("what=strategy_message_refused strategy={} from={}", life.key, from, e);
            return;
        }
        rebuild(now.view);
        log.warn(
                "what=strategy_message_refused strategy={} from={} effect=\"included in every answer\"",
                life.key,
                from,
                e);
        life.tell(() -> life.strategy.publishes(from, false));
    }

    /** Unknown before it is told that a member publishes no more, known after it is told that it does. */
    private void announced(NodeId from, Map<String, Long> said) {
        Publications.Change change = publications.heard(from, said).orElse(null);
        if (change == null) return;
        rebuild(now.view);
        List<Life> told = now.told;
        told.stream()
                .filter(life -> change.ended().contains(life.key))
                .forEach(life -> life.tell(() -> life.strategy.publishes(from, false)));
        told.stream()
                .filter(life -> change.begun().contains(life.key))
                .forEach(life -> life.tell(() -> life.strategy.publishes(from, true)));
        publications.begin(from, change);
        rebuild(now.view);
    }

    /** What a strategy may do, while its life lasts. */
    private final class LifeContext implements ClusteringStrategy.Context {
        private final Life life;

        private LifeContext(Life life) {
            this.life = life;
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
        public Set<NodeId> publishing() {
            return publications.publishing(life.key);
        }

        private byte[] frame(NodeId to, byte[] message) {
            if (message.length > MAX_MESSAGE) throw new IllegalArgumentException(message.length + " bytes");
            life.sends(to, message.length, peers.isWritable(to, LANE));
            return StrategyFrame.message(life.key, message);
        }

        @Override
        public void send(NodeId to, byte[] message) {
            byte[] frame = frame(to, message);
            if (!life.isOver()) peers.send(to, LANE, CHANNEL, frame);
        }

        @Override
        public CompletionStage<Peers.Reply> call(NodeId to, byte[] request, Duration deadline) {
            byte[] frame = frame(to, request);
            if (life.isOver()) {
                return CompletableFuture.completedFuture(
                        new Peers.Reply(Peers.Result.FAILED, new byte[0], "stopped here"));
            }
            return peers.call(to, CHANNEL, frame, deadline);
        }

        @Override
        public boolean isWritable(NodeId to) {
            return peers.isWritable(to, LANE);
        }

        @Override
        public void whenWritable(NodeId to, Runnable task) {
            peers.whenWritable(to, LANE, () -> life.tell(task));
        }

        @Override
        public Iterable<ClusteringStrategy.LocalSession> sessions() {
            return () -> sessions.entrySet().stream()
                    .map(e -> new ClusteringStrategy.LocalSession(e.getKey(), e.getValue()))
                    .iterator();
        }

        @Override
        public void later(Duration delay, Runnable task) {
            life.later(delay, task);
        }

        @Override
        public void failed(String reason) {
            life.fail(reason, null);
        }
    }
}
