package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;

/**
 * The other members, which of them have a directory, and by which of them this node places accounts.
 *
 * <p>Each node decides for itself, by what it knows: the others are told each placement and acknowledge it. Two nodes that
 * have different ones do not rely on each other: one names the other in each answer, until both have the same again.
 * Lives are met once and are over once, so no node has a placement twice, and who has the same as this node has lost
 * nothing it was told since.
 */
final class Members {
    /** What follows from changes here; called without the lock. */
    interface Listener {
        Peer peer(NodeId id);

        Link link(Peer peer, long acknowledged);

        /** A life of a node is over: what it told is void. Called while the peer is not heard. */
        void over(Link link);

        /** Nobody answers these there. */
        void refused(Link link, List<LookUp> lookUps);

        /** A placement is in force, and all members are being told. Ends with {@link Placing#placed}. */
        void place(Placement now);
    }

    /** The directory's lock: short, never held while something outside is called that may call back. */
    final Object lock = new Object();

    private final Context context;
    private final Participant self;
    private final Listener listener;
    private final Placing placing;
    private final long known;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final Map<NodeId, Peer> peers = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> inStep = new CompletableFuture<>();

    // Guarded by the lock.
    private final Set<Link> greeted = new HashSet<>();
    private long epoch = -1;
    private volatile long noMoreBy = -1;
    private boolean isOpen;
    private boolean isClosed;
    private volatile boolean ready;
    private volatile Standing standing;

    /**
     * @param publishing members whose sessions have to be found
     * @param known the number of a placement: of an earlier one no member can know; 0 unless this life takes over from another
     */
    Members(Context context, Participant self, Set<NodeId> publishing, long known, Listener listener) {
        this.context = context;
        this.self = self;
        this.listener = listener;
        placing = new Placing(context, this, new Placement(0, List.of(self)), listener::place);
        this.known = known;
        synchronized (lock) {
            view(context.view());
            publishing.forEach(id -> peer(id).ifPresent(p -> p.publishing = true));
            restand();
        }
    }

    Standing standing() {
        return standing;
    }

    Placement placement() {
        return standing.placement();
    }

    Optional<Peer> peer(NodeId id) {
        return Optional.ofNullable(peers.get(id));
    }

    /** The link to a node in a certain life. */
    Optional<Link> link(Participant p) {
        return peer(p.id()).map(peer -> peer.link).filter(link -> link.life() == p.life());
    }

    /** Completes when all that publish can be found. */
    CompletionStage<Void> inStep() {
        return inStep;
    }

    void startAnyway() {
        inStep.complete(null);
    }

    CompletionStage<Void> acknowledged(long number) {
        return acknowledgements.reached(number);
    }

    /**
     * Completes when no member relies on this node that is none of those it has forgotten: what is held here may be said
     * to be known then. One that is over in the eyes of this node may live on, and use what it was answered.
     */
    CompletionStage<Void> forgotten() {
        return acknowledgements.reached(noMoreBy);
    }

    Placing placing() {
        return placing;
    }

    // what the core tells

    void start() {
        synchronized (lock) {
            isOpen = true;
            for (Peer peer : peers.values()) {
                greeted.add(peer.link);
                peer.link.place(placing.placement());
            }
            restand();
        }
        check();
    }

    void changed(View view) {
        List<Peer> gone;
        synchronized (lock) {
            gone = view(view);
            restand();
        }
        gone.forEach(peer -> over(peer, peer.link).run());
        check();
    }

    private List<Peer> view(View view) {
        List<Peer> gone = new ArrayList<>();
        boolean isAlone = view.epoch() == 0; // excluded: no view of the cluster's
        if (view.epoch() < epoch && !isAlone || isClosed) return gone;
        epoch = view.epoch();
        for (Peer peer : List.copyOf(peers.values())) {
            if (!view.contains(peer.id) && peers.remove(peer.id, peer)) gone.add(peer);
        }
        for (NodeId id : view.ids()) {
            if (id.equals(self.id()) || peers.containsKey(id)) continue;
            Peer peer = listener.peer(id);
            peer.link = listener.link(peer, isOpen ? placing.placement().number : known);
            peers.put(id, peer);
            if (isOpen) peer.link.place(placing.placement());
        }
        return gone;
    }

    void publishes(NodeId id, boolean does) {
        Peer peer = peers.get(id);
        if (peer == null) return;
        synchronized (lock) {
            peer.publishing = does;
            if (does && !peer.link.isRunning()) peer.link.place(placing.placement());
            restand();
        }
        if (!does) over(peer, peer.link).run();
    }

    void close() {
        List<Peer> all;
        synchronized (lock) {
            isOpen = false;
            isClosed = true;
            placing.close();
            all = List.copyOf(peers.values());
            peers.clear();
            List<NodeId> others = standing.others();
            standing = Standing.of(placing.placement(), true, Set.of(), Set.of(), Set.copyOf(others), others);
        }
        IllegalStateException stopped = new IllegalStateException("stopped"); // nothing is confirmed any more
        all.forEach(peer -> peer.link.end().changes().forEach(waits -> waits.completeExceptionally(stopped)));
        inStep.complete(null);
    }

    // what members say of themselves; who is told it calls check() when it holds no lock

    boolean isOver(Peer peer, long life) {
        synchronized (lock) {
            return peer.over.contains(life);
        }
    }

    /** A node tells that it has a directory, and by which participants that one places its accounts. */
    void placed(Peer peer, long life, Placement theirs) {
        synchronized (lock) {
            Link link = peer.link;
            link.life(life);
            greeted.remove(link);
            if (!link.agrees(theirs)) link.placement(theirs);
            restand();
        }
    }

    void complete(Link link, long hash) {
        synchronized (lock) {
            if (link.placement().filter(p -> p.hash() == hash).isEmpty()) return;
            link.complete();
            restand();
        }
    }

    /** It knows by which placement this node places accounts, or has no directory and knows nothing. */
    void acknowledged(Link link, long number, boolean runs) {
        synchronized (lock) {
            link.acknowledged(number);
            if (!runs) greeted.remove(link);
            restand();
        }
        check();
    }

    /** After each change, without the lock: who waited for it goes on. */
    void check() {
        long number = Long.MAX_VALUE;
        synchronized (lock) {
            for (Peer peer : peers.values()) number = Math.min(number, peer.link.acknowledged());
            number = Math.min(number, placing.placement().number);
        }
        acknowledgements.all(number);
        if (ready) inStep.complete(null);
    }

    /**
     * A life of a node is over. It may come back with another. What it told is void when this returns.
     *
     * @return goes on with what waited for it; to be run without locks
     */
    Runnable over(Peer peer, Link link) {
        Link.Left left;
        synchronized (peer.hearing) {
            synchronized (lock) {
                boolean isMember = peers.get(peer.id) == peer;
                if (peer.link != link || link.isClosed() || isMember && !link.isRunning()) return () -> {};
                Placement placement = placing.placement();
                if (isMember && placement.includes(link.participant())) noMoreBy = placement.number + 1;
                peer.over.add(link.life());
                left = link.close();
                greeted.remove(link);
                peer.link = listener.link(peer, placement.number);
                restand();
            }
            if (link.isRunning()) listener.over(link);
        }
        return () -> {
            left.changes().forEach(waits -> waits.complete(null));
            listener.refused(link, left.asks());
            check();
        };
    }

    // how this node stands to them

    /** Those that have a directory, this node too. With the lock. */
    Collection<Participant> participants() {
        List<Participant> all = new ArrayList<>(List.of(self));
        for (Peer peer : peers.values()) {
            if (peer.link.isRunning()) all.add(peer.link.participant());
        }
        return all;
    }

    /** After each change, with the lock. */
    void restand() {
        if (isClosed) return;
        Collection<Participant> now = participants();
        Placement placement = placing.placement();
        boolean outdated = !now.containsAll(placement.participants());
        Set<NodeId> agreeing = participating(link -> link.agrees(placement));
        Set<NodeId> known = participating(link -> link.isInStep(placement));
        if (placing.isComplete()) known.add(self.id());
        Set<NodeId> publishing = new HashSet<>();
        peers.values().stream().filter(p -> p.publishing).forEach(p -> publishing.add(p.id));
        List<NodeId> others = peers.keySet().stream().sorted().toList();
        standing = Standing.of(placement, outdated, agreeing, known, publishing, others);
        if (!isOpen) return;
        boolean isCurrent = placing.follow(now, outdated);
        boolean isInStep = known.size() == now.size() && standing.behind().isEmpty();
        if (!isInStep) placing.probeLater();
        ready |= isInStep && isCurrent && standing.isSettled() && greeted.isEmpty();
    }

    private Set<NodeId> participating(Function<Link, Boolean> as) {
        Set<NodeId> ids = new HashSet<>();
        for (Participant p : placing.placement().participants()) {
            link(p).filter(as::apply).ifPresent(link -> ids.add(p.id()));
        }
        return ids;
    }

    /** All members, or those that have a directory, are told this node's placement. With the lock. */
    void tell(Placement placement, boolean all) {
        for (Peer peer : peers.values()) {
            if (all || peer.publishing || peer.link.isRunning()) peer.link.place(placement);
        }
    }

    /** All participants are told that all this node holds is told. With the lock. */
    void tellComplete() {
        participating(Link::isRunning).forEach(id -> peers.get(id).link.tellComplete());
    }
}
