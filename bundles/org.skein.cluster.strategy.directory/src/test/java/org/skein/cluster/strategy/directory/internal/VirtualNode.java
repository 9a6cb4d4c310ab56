package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.View;
import org.skein.xmpp.Jid;

/**
 * A node: its strategy with the core around it. What a node sends to another arrives in order, answers of requests at any
 * time. Other nodes' strategies are told of as the core does it: "no more" and "from now on" come in order with messages.
 */
final class VirtualNode {
    static final byte[] NOTHING = {};

    /** A session; {@code isBound}: stanzas are owed to it. */
    static final class Session {
        final VirtualNode node;
        final Jid full;
        boolean isBound;
        boolean isOver;

        Session(VirtualNode node, Jid full) {
            this.node = node;
            this.full = full;
        }
    }

    private record Announcement(NodeId to, long run, long number) {}

    record Call(NodeId to, CompletableFuture<Reply> answer) {}

    final NodeId id;
    final VirtualCluster cluster;
    final Deque<View> nextViews = new ArrayDeque<>();
    final Map<Jid, Session> sessions = new LinkedHashMap<>();
    final Set<NodeId> publishing = new LinkedHashSet<>(); // as it has heard
    final Set<NodeId> blocked = new LinkedHashSet<>();
    boolean isAlive = true;
    View view = new View(0, 1, List.of());

    /** Null while none runs. */
    DirectoryStrategy strategy;

    /** The strategy's start has completed. */
    boolean isStarted;

    boolean announcesEarly;
    final List<Throwable> failures = new ArrayList<>();
    final Set<Call> calls = new LinkedHashSet<>();

    private VirtualContext context;
    private final Map<NodeId, Long> runs = new HashMap<>();
    private final Map<NodeId, Long> distrusted = new HashMap<>();
    private final Map<NodeId, Deque<Runnable>> arrived = new HashMap<>();
    private final Map<NodeId, Long> lastArrival = new HashMap<>();
    final Map<NodeId, List<Runnable>> whenWritable = new HashMap<>();
    private final List<Runnable> whenHeard = new ArrayList<>();
    private final Set<Announcement> unheard = new LinkedHashSet<>();
    private long announcements;
    private long announced;
    private long run;

    VirtualNode(VirtualCluster cluster, NodeId id) {
        this.cluster = cluster;
        this.id = id;
    }

    @Override
    public String toString() {
        return id.name();
    }

    // views

    void installNext() {
        if (!isAlive || cluster.silent.contains(id) || nextViews.isEmpty()) return;
        View next = nextViews.poll();
        Set<NodeId> gone = new TreeSet<>(view.ids());
        gone.removeAll(next.ids());
        Set<NodeId> come = new TreeSet<>(next.ids());
        come.removeAll(view.ids());
        come.remove(id);
        view = next;
        publishing.removeAll(gone);
        gone.forEach(runs::remove);
        boolean tellsFirst = cluster.random.nextBoolean();
        if (tellsFirst && strategy != null) guarded(() -> strategy.changed(next));
        gone.forEach(this::left);
        if (!tellsFirst && strategy != null) guarded(() -> strategy.changed(next));
        if (announced != 0) come.forEach(this::announceTo);
        come.forEach(this::pump);
    }

    private void left(NodeId gone) {
        for (Call call : List.copyOf(calls)) {
            if (call.to.equals(gone)) finish(call, new Reply(Result.LEFT, NOTHING, "left"));
        }
        arrived.remove(gone);
        unheard.removeIf(a -> a.to.equals(gone));
        checkHeard();
        writable(gone);
    }

    void die() {
        isAlive = false;
        sessions.values().forEach(s -> s.isOver = true);
        sessions.clear();
        if (context != null) context.isOver = true;
        if (strategy != null) strategy.stop();
        strategy = null;
    }

    // messages

    void transmit(NodeId to, Consumer<VirtualNode> arrival) {
        VirtualNode node = cluster.node(to);
        if (!isAlive || node == null || !view.contains(to)) return;
        long at = Math.max(lastArrival.getOrDefault(to, 0L), cluster.now + cluster.delay.getAsLong());
        lastArrival.put(to, at);
        cluster.after(at - cluster.now, () -> {
            node.arrived.computeIfAbsent(id, i -> new ArrayDeque<>()).add(() -> arrival.accept(node));
            node.pump(id);
        });
    }

    private void pump(NodeId from) {
        Deque<Runnable> queue = arrived.get(from);
        while (isAlive && queue != null && view.contains(from) && !queue.isEmpty() && !cluster.silent.contains(id)) {
            queue.poll().run();
        }
    }

    void pumpAll() {
        while (!nextViews.isEmpty()) installNext();
        List.copyOf(arrived.keySet()).forEach(this::pump);
    }

    void finish(Call call, Reply reply) {
        if (isAlive && calls.remove(call)) guarded(() -> call.answer.complete(reply));
    }

    private void answerLater(VirtualNode caller, Call call, Reply reply) {
        cluster.after(cluster.answerDelay.getAsLong(), () -> caller.finish(call, reply));
    }

    void called(VirtualNode from, Call call, byte[] request) {
        if (strategy == null) {
            answerLater(from, call, new Reply(Result.FAILED, NOTHING, "not running"));
            return;
        }
        try {
            strategy.called(from.id, request)
                    .whenComplete((bytes, failure) -> answerLater(
                            from,
                            call,
                            failure == null
                                    ? new Reply(Result.ANSWERED, bytes, "")
                                    : new Reply(Result.FAILED, NOTHING, failure.toString())));
        } catch (IllegalArgumentException garbage) {
            answerLater(from, call, new Reply(Result.FAILED, NOTHING, garbage.toString()));
            distrust(from.id);
        }
    }

    private void distrust(NodeId from) {
        Long r = runs.remove(from);
        if (r == null) return;
        distrusted.put(from, r);
        publishing.remove(from);
        strategy.publishes(from, false);
    }

    void blocked(NodeId to, boolean is) {
        if (is) blocked.add(to);
        else if (blocked.remove(to)) writable(to);
    }

    private void writable(NodeId to) {
        blocked.remove(to);
        List<Runnable> tasks = whenWritable.remove(to);
        if (tasks != null) tasks.forEach(t -> cluster.after(0, () -> guarded(t)));
    }

    // strategies

    void startStrategy() {
        isStarted = false;
        strategy = new DirectoryStrategy(cluster.cacheEntries);
        context = new VirtualContext(this);
        VirtualContext mine = context;
        long thisRun = ++run;
        if (announcesEarly) announce(thisRun);
        strategy.start(mine).thenRun(() -> {
            if (mine.isOver) return;
            isStarted = true;
            if (!announcesEarly) announce(thisRun);
        });
    }

    /** Says "unknown" first. Who waits for a session waits until that was heard. */
    void stopStrategy() {
        announce(0);
        context.isOver = true;
        strategy.stop();
        strategy = null;
        isStarted = false;
    }

    private void announce(long now) {
        announced = now;
        view.ids().stream().filter(i -> !i.equals(id)).forEach(this::announceTo);
    }

    private void announceTo(NodeId to) {
        if (!view.contains(to)) return;
        Announcement announcement = new Announcement(to, announced, ++announcements);
        unheard.add(announcement);
        transmit(to, node -> {
            node.heard(id, announcement.run);
            unheard.remove(announcement);
            checkHeard();
        });
    }

    private void checkHeard() {
        if (!unheard.isEmpty()) return;
        List<Runnable> due = List.copyOf(whenHeard);
        whenHeard.clear();
        due.forEach(Runnable::run);
    }

    private void heard(NodeId from, long now) {
        if (distrusted.getOrDefault(from, -1L) == now) return;
        Long before = now == 0 ? runs.remove(from) : runs.put(from, now);
        if (before != null && before == now) return;
        if (before != null) publishing.remove(from);
        if (before != null && strategy != null) guarded(() -> strategy.publishes(from, false));
        if (now != 0 && strategy != null) guarded(() -> strategy.publishes(from, true));
        if (now != 0) publishing.add(from);
    }

    void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }

    // sessions

    Session bind(Jid full) {
        Session session = new Session(this, full);
        sessions.put(full, session);
        CompletionStage<Void> found = strategy == null ? CompletableFuture.completedFuture(null) : strategy.bound(full);
        found.thenRun(() -> {
            Runnable bound = () -> session.isBound = !session.isOver;
            if (unheard.isEmpty()) bound.run();
            else whenHeard.add(bound);
        });
        return session;
    }

    void unbind(Jid full) {
        Session session = sessions.remove(full);
        session.isOver = true;
        if (strategy != null) strategy.unbound(full);
    }

    Set<Jid> accounts() {
        Set<Jid> bare = new LinkedHashSet<>();
        sessions.keySet().forEach(full -> bare.add(full.bare()));
        return bare;
    }

    /** A message that is none. */
    void sendGarbage(NodeId to, byte[] bytes) {
        if (context != null) context.call(to, bytes, Duration.ofSeconds(1));
    }
}
