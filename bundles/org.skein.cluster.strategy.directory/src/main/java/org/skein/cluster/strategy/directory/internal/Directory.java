package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.xmpp.Jid;

/** One life of this node's part of the directory. */
final class Directory {
    private static final Duration START_WITHIN = Duration.ofSeconds(10);

    /** Accounts told of a new placement before others get the thread. */
    private static final int SLICE = 250;

    private final Context context;
    private final Participant self;
    private final Nodes.Pool pool;
    private final Members members;
    private final Share share;
    private final Cache cache;
    private final LookUps lookUps;
    private final OwnSessions own;
    private final Sending sending;
    private final Hearing hearing;
    private final AtomicBoolean isBuried = new AtomicBoolean();

    /**
     * @param publishing members whose sessions have to be found
     * @param isNew it does not take over from another life
     * @param buried told once, if another node takes this life to be over
     */
    Directory(
            Context context,
            long life,
            Set<NodeId> publishing,
            boolean isNew,
            int cacheEntries,
            Consumer<Directory> buried) {
        this.context = context;
        self = new Participant(context.self(), life);
        pool = new Nodes.Pool(self.id());
        members = new Members(context, self, publishing, isNew ? 0 : -1, new Following());
        share = new Share(
                pool,
                (asker, account, soon) -> members.peer(asker)
                        .map(peer -> peer.link.change(account, soon))
                        .orElseGet(Directory::done));
        cache = new Cache(cacheEntries);
        lookUps = new LookUps(self, members, cache, pool);
        own = new OwnSessions(members::placement, new Telling());
        sending = new Sending(context, members, lookUps, own, () -> {
            if (isBuried.compareAndSet(false, true)) buried.accept(this);
        });
        hearing = new Hearing(self, members, share, lookUps);
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    CompletionStage<Void> start() {
        own.snapshot(context.sessions());
        members.start();
        context.later(START_WITHIN, members::startAnyway); // who is not in step is named
        return members.inStep();
    }

    /** Says and confirms nothing any more. Who asked is answered; who waits for a session to be found waits on. */
    void close() {
        members.close(); // all members are named from here on
        lookUps.close();
        share.clear();
        cache.clear();
    }

    /** Nobody waits any more. */
    void end() {
        close();
        own.close();
    }

    /** Who waits here waits for the next life. */
    void handOver(Directory next) {
        own.handOver(next.own::found);
    }

    // look-ups

    /** What is told between two readings of the standing is in what is read between them, or the standing has changed. */
    NodeSet locate(Jid account) {
        while (true) {
            Standing s = members.standing();
            NodeSet answer = locate(account, s);
            if (s == members.standing()) return answer;
        }
    }

    private NodeSet locate(Jid account, Standing s) {
        if (s.allBehind()) return s.onlyBehind();
        Nodes cached = cache.get(account, s);
        if (cached != null) return s.with(cached);
        if (s.placement().seats(self, account)) return s.with(share.holders(account));
        return lookUps.ask(account);
    }

    // events

    CompletionStage<Void> bound(Jid full) {
        return own.bound(full);
    }

    void unbound(Jid full) {
        own.unbound(full);
    }

    void changed(View view) {
        members.changed(view);
    }

    void publishes(NodeId member, boolean does) {
        members.publishes(member, does);
    }

    CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return hearing.called(from, request);
    }

    void cacheEntries(int limit) {
        synchronized (members.lock) {
            cache.limit(limit);
        }
    }

    Map<String, Long> figures() {
        Placement placement = members.placement();
        long entries = share.estimate(account -> placement.owner(account).equals(self));
        Map<String, Long> figures = new TreeMap<>();
        figures.put("entries", entries);
        figures.put("replicas", share.size() - entries);
        figures.put("cached", cache.size());
        figures.put("misses", lookUps.misses());
        figures.put("moved", own.moved());
        figures.put("bytes", share.bytes() + cache.bytes());
        return figures;
    }

    /** What is told about this node's accounts. */
    private final class Telling implements OwnSessions.Seats {
        @Override
        public void tell(Participant seat, Jid account, boolean soon) {
            if (seat.equals(self)) tellSelf(account);
            else members.link(seat).ifPresent(link -> link.hold(account, soon));
        }

        @Override
        public void left(Participant seat, Jid account) {
            if (seat.equals(self)) tellSelf(account);
        }

        private void tellSelf(Jid account) {
            long by = members.placement().number;
            long[] holding = new long[1];
            CompletionStage<Void> known = share.set(account, self.id(), () -> {
                holding[0] = members.placement().seats(self, account) ? own.holding(account) : 0;
                return holding[0] != 0;
            });
            if (holding[0] == 0) return;
            known.thenCombine(members.forgotten(), (x, y) -> x)
                    .thenRun(() -> own.confirmed(account, holding[0], self, by));
        }

        @Override
        public CompletionStage<Void> acknowledged(Placement placement) {
            return members.acknowledged(placement.number);
        }
    }

    /** What follows when members come and go; what links look up. */
    private final class Following implements Members.Listener, Link.Source, Peer.Post {
        @Override
        public Link link(Peer peer, long acknowledged) {
            return new Link(peer.id, self.life(), acknowledged, this, peer::wake);
        }

        @Override
        public Peer peer(NodeId id) {
            return new Peer(id, context, this);
        }

        @Override
        public void over(Link link) {
            share.remove(link.id);
            cache.remove(link, link.id);
            pool.forget(link.id);
        }

        @Override
        public void send(Peer peer, Link link, Batch batch) {
            sending.send(peer, link, batch);
        }

        @Override
        public void refused(Link link, List<LookUp> asks) {
            sending.refused(link, asks);
        }

        @Override
        public void place(Placement now) {
            cache.place(now, self);
            tell(own.accounts(), new OwnSessions.Round(() -> members.placing().completed(now)));
        }

        private void tell(Iterator<Jid> accounts, OwnSessions.Round round) {
            for (int i = 0; i < SLICE && accounts.hasNext(); i++) own.migrate(accounts.next(), round);
            if (accounts.hasNext()) {
                context.later(Duration.ZERO, () -> tell(accounts, round));
                return;
            }
            round.oneLess();
            members.placing().placed();
        }

        @Override
        public long holding(Jid account) {
            return own.holding(account);
        }

        /** The entry is read before the standing: see {@link Hearing}. */
        @Override
        public Optional<Frames.Change> change(Jid account, Link asker) {
            Share.Entry entry = share.entry(account);
            if (!entry.askers().contains(asker.id)) return Optional.empty();
            Standing s = members.standing();
            boolean isSure = s.isSettled() && s.agrees(asker.id);
            return Optional.of(
                    new Frames.Change(account, entry.version(), isSure ? entry.holders().ids : List.of(), !isSure));
        }

        @Override
        public boolean uses(Jid account, Link from) {
            return lookUps.uses(account, from);
        }

        @Override
        public Standing standing() {
            return members.standing();
        }
    }
}
