package org.skein.cluster.core.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.membership.Membership.Participation;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.core.internal.peers.ChannelPeers;
import org.skein.cluster.core.internal.peers.PeerCounters;
import org.skein.cluster.core.internal.peers.PeerHandlers;
import org.skein.cluster.core.internal.routing.Routing;
import org.skein.cluster.core.internal.routing.Threads;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a cluster, from the moment it begins to join until it leaves. What the membership tells is done on
 * its thread before the call returns, so a view is installed when {@link #installed} is over.
 *
 * <p>A view change: decided, those who left are cut off → installed: listeners hear {@code leaving} → view and routing
 * change → requests to those who left end → listeners hear {@code changed} → what joiners sent is handed on.
 */
final class ClusterMember implements Cluster, Membership.Listener, ClusterTransport.Receiver, ChannelPeers.Members {
    private static final Logger log = LoggerFactory.getLogger(ClusterMember.class);
    private static final long SLOW_NANOS = 100_000_000;

    /** Protocol level this software speaks at most (CLUSTER 24). */
    private static final int LEVEL = 1;

    /** What the owner of this member wants to know. On the membership's thread, before any listener is told. */
    interface Owner {
        /** A view of this incarnation is to be used: what it writes from now on is refused once it is in no view. */
        void holds(NodeId self);

        /** The first view of a life is installed: it may serve when it is in step. */
        void joined();

        /** This incarnation is void. */
        void over();

        void refused(String reason, boolean forGood);
    }

    private final Supplier<List<ClusterListener>> listeners;
    private final Owner owner;
    private final ChannelPeers peers;
    private final Routing routing;
    private final PeerHandlers handlers;
    private final PeerHandler strategies;

    /** Whether clients wait until this node is done joining, because there are none yet. */
    private final boolean holdUntilServing;

    /** What joiners sent before the view with them is installed here: between decided and installed, so little. */
    private final Map<Lane, Queue<byte[]>> early = new ConcurrentHashMap<>();

    private record Lane(NodeId from, int number) {}

    private volatile NodeId self;
    private volatile View view;
    private volatile List<NodeId> others = List.of();
    private volatile Set<NodeId> otherSet = Set.of(); // the same
    private volatile Set<NodeId> heard = Set.of(); // the same, once strategies know of them
    private volatile Endpoint endpoint;
    private volatile Participation participation;
    private volatile boolean databaseAnswers = true;
    private volatile boolean hold;
    private boolean told; // on the membership's thread: what listeners heard last of serving
    private boolean joinedOnce; // in this life; on the membership's thread

    ClusterMember(
            NodeId self,
            boolean holdUntilServing,
            Supplier<List<ClusterListener>> listeners,
            PeerHandlers handlers,
            PeerCounters counters,
            ScheduledExecutorService timer,
            LongAdder fallbacks,
            Owner owner) {
        this.self = self;
        this.holdUntilServing = holdUntilServing;
        this.hold = holdUntilServing;
        this.listeners = listeners;
        this.owner = owner;
        view = alone(self);
        peers = new ChannelPeers(this, handlers, timer, counters);
        routing = new Routing(self, peers, new Threads(timer), fallbacks);
        strategies = routing.handler();
        this.handlers = handlers;
        handlers.add(Routing.CHANNEL, strategies);
    }

    private static View alone(NodeId id) {
        return new View(0, LEVEL, List.of(new Member(id, NodeState.JOINING, LEVEL)));
    }

    int level() {
        return LEVEL;
    }

    void open(Endpoint opened) {
        endpoint = opened;
        peers.open(opened);
    }

    void participates(Participation begun) {
        participation = begun;
    }

    Optional<Participation> participation() {
        return Optional.ofNullable(participation);
    }

    Optional<Endpoint> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    Routing routing() {
        return routing;
    }

    boolean databaseAnswers() {
        return databaseAnswers;
    }

    NodeState state() {
        return view.member(self).map(Member::state).orElse(NodeState.JOINING);
    }

    /** After the membership has left: nothing is said or heard any more. */
    void close() {
        Endpoint open = endpoint;
        endpoint = null;
        participation = null;
        handlers.remove(Routing.CHANNEL, strategies);
        peers.close();
        routing.close();
        if (open != null) open.close();
    }

    // Membership.Listener: one thread

    /** From here on those who left are cut off; what those who join send is kept until the view is installed. */
    @Override
    public void decided(View next) {
        Endpoint open = endpoint;
        if (open != null) open.admit(others(next), next.epoch());
        log.debug("what=view_decided epoch={} installed={}", next.epoch(), view.epoch());
    }

    private Set<NodeId> others(View of) {
        return of.ids().stream().filter(id -> !id.equals(self)).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void installed(View next) {
        View before = view;
        if (before.epoch() >= next.epoch()) {
            log.error("what=view_not_newer epoch={} installed={}", next.epoch(), before.epoch());
            return;
        }
        Set<NodeId> left = without(before, next);
        Set<NodeId> joined = without(next, before);
        if (!left.isEmpty()) tell(l -> l.leaving(left));
        owner.holds(self);
        view = next;
        others = next.ids().stream().filter(id -> !id.equals(self)).toList();
        otherSet = Set.copyOf(others);
        routing.change(next);
        heard = otherSet;
        routing.announce();
        peers.left(left);
        if (hold && state() != NodeState.JOINING) hold = false;
        log.info(
                "what=view_installed epoch={} level={} members={} left={} joined={}",
                next.epoch(),
                next.level(),
                next.members().stream().map(m -> m.id() + ":" + m.state()).toList(),
                left,
                joined);
        if (!joinedOnce) {
            joinedOnce = true;
            owner.joined();
        }
        tell(l -> l.changed(next, left, joined));
        hearEarly();
        tellServing();
    }

    /** Members of a but not of b, and not this node. */
    private Set<NodeId> without(View a, View b) {
        Set<NodeId> ids = new LinkedHashSet<>(a.ids());
        b.ids().forEach(ids::remove);
        ids.remove(self);
        return Set.copyOf(ids);
    }

    @Override
    public void excluded() {
        log.warn("what=excluded node={} epoch={}", self, view.epoch());
        out();
    }

    /** This node has left by itself. */
    void left() {
        out();
    }

    private void out() {
        Endpoint open = endpoint;
        if (open != null) open.admit(Set.of(), 0);
        early.clear();
        Set<NodeId> gone = Set.copyOf(others);
        others = List.of();
        otherSet = Set.of();
        heard = Set.of();
        view = alone(self);
        hold = holdUntilServing; // its sessions are void: it may take new ones when it is in again
        routing.change(view);
        peers.left(gone);
        tellServing();
        tell(ClusterListener::excluded);
        routing.forgetSessions();
    }

    @Override
    public void reborn(NodeId id) {
        log.info("what=reborn node={} before={}", id, self);
        owner.over();
        joinedOnce = false;
        self = id;
        view = alone(id);
        routing.reborn(id);
    }

    @Override
    public void serving(boolean serving) {
        tellServing();
    }

    private void tellServing() {
        boolean now = isServing();
        if (now == told) return;
        told = now;
        if (now) log.info("what=serving node={} epoch={}", self, view.epoch());
        else log.warn("what=not_serving node={} epoch={} database={}", self, view.epoch(), databaseAnswers);
        tell(l -> l.serving(now));
    }

    @Override
    public void refused(String reason, boolean forGood) {
        owner.refused(reason, forGood);
    }

    @Override
    public void database(boolean answers) {
        databaseAnswers = answers;
    }

    private void tell(Consumer<ClusterListener> event) {
        for (ClusterListener listener : listeners.get()) {
            long begun = System.nanoTime();
            try {
                event.accept(listener);
            } catch (RuntimeException | LinkageError e) {
                log.error(
                        "what=cluster_listener_failed class={}",
                        listener.getClass().getName(),
                        e);
            }
            long took = System.nanoTime() - begun;
            if (took > SLOW_NANOS) {
                log.warn(
                        "what=cluster_listener_slow class={} took_ms={}",
                        listener.getClass().getName(),
                        took / 1_000_000);
            }
        }
    }

    // ClusterTransport.Receiver

    @Override
    public void received(NodeId from, int lane, byte[] message) {
        if (!early.isEmpty() || !heard.contains(from)) {
            Lane key = new Lane(from, lane);
            Queue<byte[]> waiting = early.computeIfAbsent(key, k -> new ConcurrentLinkedQueue<>());
            waiting.add(message);
            hear(key);
        } else {
            peers.received(from, lane, message);
        }
    }

    /** On the lane's thread: hands on what came too early, in order, if its sender is in by now. */
    private void hear(Lane lane) {
        Queue<byte[]> waiting = early.get(lane);
        if (waiting == null || !heard.contains(lane.from)) return;
        for (byte[] message = waiting.poll(); message != null; message = waiting.poll()) {
            peers.received(lane.from, lane.number, message);
        }
        early.remove(lane); // only this thread adds to it
    }

    private void hearEarly() {
        Endpoint open = endpoint;
        for (Lane lane : early.keySet()) {
            if (!heard.contains(lane.from)) early.remove(lane);
            else if (open != null) open.execute(lane.from, lane.number, () -> hear(lane));
        }
    }

    @Override
    public void linkChanged(NodeId peer) {
        Participation begun = participation;
        if (begun != null) begun.linkChanged(peer);
    }

    // Cluster, ChannelPeers.Members

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public List<NodeId> others() {
        return others;
    }

    @Override
    public boolean contains(NodeId id) {
        return otherSet.contains(id);
    }

    @Override
    public boolean isServing() {
        Participation begun = participation;
        return begun != null && !hold && begun.isServing();
    }

    @Override
    public Peers peers() {
        return peers;
    }

    @Override
    public NodeSet locate(Jid account) {
        return routing.locate(account);
    }

    @Override
    public Optional<ClusteringStrategy.Presences> presences(Jid account) {
        return routing.presences(account);
    }

    @Override
    public CompletionStage<Void> bound(Jid full) {
        return routing.bound(full);
    }

    @Override
    public void presence(Jid full, Optional<Stanza> presence) {
        routing.presence(full, presence);
    }

    @Override
    public void unbound(Jid full) {
        routing.unbound(full);
    }
}
