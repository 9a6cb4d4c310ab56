package org.skein.testkit.cluster;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.ManualScheduler;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** One node of an {@link InMemoryCluster}. */
public final class InMemoryNode implements Cluster, Peers {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final byte[] NOTHING = {};

    private final InMemoryCluster cluster;
    private final ManualScheduler.Loop events;
    private final Map<String, PeerHandler> handlers = new HashMap<>();
    private final List<ClusterListener> listeners = new ArrayList<>();
    private final Map<Lane, Inbox> inboxes = new HashMap<>();
    private final Map<InMemoryNode, Deque<Runnable>> waiting = new LinkedHashMap<>();
    private final Set<Call> calls = new LinkedHashSet<>();
    private final Set<Jid> bound = new LinkedHashSet<>();
    private final Map<Lane, List<Runnable>> onWritable = new HashMap<>();
    private final Set<Lane> full = new HashSet<>();
    private boolean overflows;
    final Map<InMemoryNode, Boolean> held = new LinkedHashMap<>();

    private final Deque<View> heldViews = new ArrayDeque<>();
    private boolean holdsViews;
    private NodeId self;
    private View view;
    private boolean serving;
    private boolean dead;
    private Function<Jid, NodeSet> strategy = account -> NodeSet.of(others());
    private Function<Jid, Optional<ClusteringStrategy.Presences>> presences = account -> Optional.empty();
    private Function<Jid, CompletionStage<Void>> publication = full -> DONE;

    /** A lane to or from a node. */
    private record Lane(NodeId peer, int number) {}

    /** What has arrived in a lane; messages of an epoch not installed yet wait, and all behind them. */
    private static final class Inbox {
        private final ManualScheduler.Loop loop;
        private final Deque<Runnable> newer = new ArrayDeque<>();
        private final Deque<Long> epochs = new ArrayDeque<>();

        private Inbox(ManualScheduler.Loop loop) {
            this.loop = loop;
        }
    }

    private record Call(NodeId to, CompletableFuture<Reply> answer) {}

    InMemoryNode(InMemoryCluster cluster, NodeId self) {
        this.cluster = cluster;
        this.self = self;
        events = cluster.scheduler.loop();
        view = new View(0, 1, List.of(new Member(self, NodeState.SERVING, 1)));
    }

    // what a test does

    /** What a service with the property {@link PeerHandler#CHANNEL} would be; null takes it away. */
    public InMemoryNode handler(String channel, PeerHandler handler) {
        if (handler == null) handlers.remove(channel);
        else handlers.put(channel, handler);
        return this;
    }

    public InMemoryNode listener(ClusterListener listener) {
        listeners.add(listener);
        return this;
    }

    /** What {@link #locate} answers, instead of all other members. */
    public void strategy(Function<Jid, NodeSet> locate) {
        strategy = locate;
    }

    /** What {@link #presences(Jid)} answers, instead of "keeps none". */
    public void presences(Function<Jid, Optional<ClusteringStrategy.Presences>> kept) {
        presences = kept;
    }

    /** What {@link #bound(Jid)} answers, instead of "all know". */
    public void publication(Function<Jid, CompletionStage<Void>> bound) {
        publication = bound;
    }

    /** The sessions published now. */
    public Set<Jid> published() {
        return Set.copyOf(bound);
    }

    /** Takes the permit away or gives it back. */
    public void serving(boolean now) {
        if (serving == now) return;
        serving = now;
        events.execute(() -> listeners.forEach(l -> l.serving(now)));
    }

    /** Makes a lane to a node full, or writable again. */
    public void full(NodeId to, int lane, boolean isFull) {
        Lane key = new Lane(to, lane);
        if (isFull) full.add(key);
        else if (full.remove(key)) writable(key);
    }

    /** Makes a lane to a node take nothing at all, as when many have not heeded {@link #isWritable}; it must be full. */
    public void overflows(boolean overflows) {
        this.overflows = overflows;
    }

    /** New views wait until they are released, as on a node slower than the others. */
    public void holdViews(boolean hold) {
        holdsViews = hold;
        while (!holdsViews && !heldViews.isEmpty()) install(heldViews.poll());
    }

    // views

    void install(View next) {
        if (holdsViews) {
            heldViews.add(next);
            return;
        }
        events.execute(() -> {
            if (!dead && next.contains(self)) change(next);
        });
    }

    private void change(View next) {
        Set<NodeId> left = new LinkedHashSet<>(view.ids());
        left.removeAll(next.ids());
        left.remove(self);
        Set<NodeId> joined = new LinkedHashSet<>(next.ids());
        joined.removeAll(view.ids());
        joined.remove(self);
        if (!left.isEmpty()) List.copyOf(listeners).forEach(l -> l.leaving(Set.copyOf(left)));
        view = next;
        left.forEach(this::forget);
        List.copyOf(listeners).forEach(l -> l.changed(next, Set.copyOf(left), Set.copyOf(joined)));
        serving(true);
        inboxes.values().forEach(this::pump);
    }

    private void forget(NodeId peer) {
        for (Call call : List.copyOf(calls)) {
            if (call.to.equals(peer)) finish(call, failure(Result.LEFT, "left the cluster"));
        }
        for (int lane = 0; lane < LANES; lane++) {
            full.remove(new Lane(peer, lane));
            writable(new Lane(peer, lane));
        }
    }

    private void writable(Lane lane) {
        List<Runnable> tasks = onWritable.remove(lane);
        if (tasks != null) tasks.forEach(events::execute);
    }

    void dead() {
        dead = true;
        serving = false;
        waiting.clear();
    }

    void left() {
        events.execute(() -> {
            serving(false);
            alone(self);
        });
    }

    void excluded(NodeId reborn) {
        waiting.clear();
        events.execute(() -> {
            serving(false);
            List.copyOf(listeners).forEach(ClusterListener::excluded);
            alone(reborn);
        });
    }

    private void alone(NodeId id) {
        List<NodeId> peers = others();
        self = id;
        view = new View(0, 1, List.of(new Member(id, NodeState.SERVING, 1)));
        peers.forEach(this::forget);
        inboxes.clear();
        bound.clear();
    }

    int inFlight() {
        return waiting.values().stream().mapToInt(Deque::size).sum()
                + inboxes.values().stream().mapToInt(i -> i.newer.size()).sum();
    }

    // Cluster

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public boolean isServing() {
        return serving;
    }

    @Override
    public Peers peers() {
        return this;
    }

    @Override
    public NodeSet locate(Jid account) {
        return view.members().size() < 2 ? NodeSet.none() : strategy.apply(account);
    }

    @Override
    public Optional<ClusteringStrategy.Presences> presences(Jid account) {
        return view.members().size() < 2 ? Optional.empty() : presences.apply(account);
    }

    @Override
    public CompletionStage<Void> bound(Jid full) {
        bound.add(full);
        return publication.apply(full);
    }

    @Override
    public void presence(Jid full, Optional<Stanza> presence) {
        // all other members are asked anyway
    }

    @Override
    public void unbound(Jid full) {
        bound.remove(full);
    }

    private List<NodeId> others() {
        return view.ids().stream().filter(id -> !id.equals(self)).toList();
    }

    // Peers

    @Override
    public void send(NodeId to, int lane, String channel, byte[] payload) {
        NodeId from = self;
        transmit(to, lane, peer -> () -> {
            PeerHandler handler = peer.handlers.get(channel);
            if (handler != null) handler.received(from, lane, payload);
        });
    }

    /** @param delivery what happens at the receiver, on its lane's loop */
    private void transmit(NodeId to, int lane, Function<InMemoryNode, Runnable> delivery) {
        if (lane < 0 || lane >= LANES) throw new IllegalArgumentException("lane " + lane);
        if (overflows && full.contains(new Lane(to, lane))) throw new IllegalStateException("the lane is full");
        InMemoryNode peer = cluster.running(to);
        if (dead || peer == null || to.equals(self) || !view.contains(to)) return;
        Runnable arrival = arrival(peer, lane, delivery.apply(peer));
        Deque<Runnable> queue = waiting.computeIfAbsent(peer, p -> new ArrayDeque<>());
        queue.add(arrival);
        if (!held.containsKey(peer)) flush(peer);
    }

    private Runnable arrival(InMemoryNode peer, int lane, Runnable delivery) {
        NodeId from = self;
        NodeId to = peer.self;
        long sentIn = view.epoch();
        return () -> {
            Inbox inbox = peer.inboxes.computeIfAbsent(new Lane(from, lane), l -> new Inbox(cluster.scheduler.loop()));
            inbox.newer.add(() -> {
                // It may have died, or either may have left the other's view, since this was sent.
                if (!dead && !peer.dead && peer.self.equals(to) && peer.view.contains(from)) delivery.run();
            });
            inbox.epochs.add(sentIn);
            peer.pump(inbox);
        };
    }

    private void pump(Inbox inbox) {
        while (!inbox.newer.isEmpty() && inbox.epochs.peek() <= view.epoch()) {
            inbox.epochs.poll();
            inbox.loop.execute(inbox.newer.poll());
        }
    }

    void flush(InMemoryNode peer) {
        Deque<Runnable> queue = waiting.remove(peer);
        if (queue != null) queue.forEach(Runnable::run);
    }

    @Override
    public boolean isWritable(NodeId to, int lane) {
        return !full.contains(new Lane(to, lane));
    }

    @Override
    public void whenWritable(NodeId to, int lane, Runnable task) {
        if (isWritable(to, lane)) task.run();
        else
            onWritable
                    .computeIfAbsent(new Lane(to, lane), l -> new ArrayList<>())
                    .add(task);
    }

    @Override
    public void execute(NodeId node, int lane, Runnable task) {
        inboxes.computeIfAbsent(new Lane(node, lane), l -> new Inbox(cluster.scheduler.loop()))
                .loop
                .execute(task);
    }

    @Override
    public CompletionStage<Reply> call(NodeId to, String channel, byte[] request, Duration deadline) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        Call call = new Call(to, answer);
        if (to.equals(self) || !view.contains(to)) {
            answer.complete(failure(Result.LEFT, "no such member"));
            return answer;
        }
        calls.add(call);
        events.schedule(() -> finish(call, failure(Result.TIMEOUT, "no answer within " + deadline)), deadline);
        int lane = Math.floorMod(channel.hashCode(), LANES);
        NodeId from = self;
        transmit(
                to,
                lane,
                peer -> () -> peer.asked(from, channel, request)
                        .whenComplete(
                                (reply, failure) -> peer.transmit(from, lane, caller -> () -> finish(call, reply))));
        return answer;
    }

    private CompletableFuture<Reply> asked(NodeId from, String channel, byte[] request) {
        PeerHandler handler = handlers.get(channel);
        if (handler == null) {
            return CompletableFuture.completedFuture(failure(Result.FAILED, "nobody there hears channel " + channel));
        }
        CompletionStage<byte[]> answer;
        try {
            answer = handler.called(from, request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((bytes, failure) -> failure == null
                        ? new Reply(Result.ANSWERED, bytes, "")
                        : failure(Result.FAILED, String.valueOf(failure)))
                .toCompletableFuture();
    }

    private void finish(Call call, Reply reply) {
        if (calls.remove(call)) call.answer.complete(reply);
    }

    private static Reply failure(Result result, String error) {
        return new Reply(result, NOTHING, error);
    }

    @Override
    public CompletionStage<Map<NodeId, Reply>> gather(String channel, byte[] request, Duration deadline) {
        Map<NodeId, Reply> replies = new LinkedHashMap<>();
        CompletableFuture<Map<NodeId, Reply>> all = new CompletableFuture<>();
        List<NodeId> others = others();
        if (others.isEmpty()) all.complete(Map.of());
        for (Iterator<NodeId> i = others.iterator(); i.hasNext(); ) {
            NodeId to = i.next();
            call(to, channel, request, deadline).thenAccept(reply -> {
                replies.put(to, reply);
                if (replies.size() == others.size()) all.complete(replies);
            });
        }
        return all;
    }

    @Override
    public String toString() {
        return self.toString();
    }
}
