package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The strategy from a start to its stop. Any thread; its own lock, that of the members, is never held in a call out. */
final class Life {
    private static final Logger log = LoggerFactory.getLogger(Life.class);

    /** A round of digests is told in so many parts: comparing one takes the receiver's time. */
    private static final int PARTS = 16;

    /** After so many times its patience a start is complete: well before it takes too long for the core. */
    private static final int GIVE_UP = 15;

    /** Another member: what it is told, and what it tells. */
    private record Peer(Feed feed, Replica replica) {}

    private final Context context;
    private final NodeId self;
    private final long run;
    private final Limits limits;
    private final Supplier<Duration> interval;
    private final Counts counts;
    private final Own own = new Own();
    private final Feed.Desk desk;
    private final Whereabouts whereabouts = new Whereabouts();
    private final CompletableFuture<Void> inStep = new CompletableFuture<>();

    private long epoch = -1; // guarded by this
    private volatile boolean loaded; // written with the lock of this
    private volatile boolean greeted; // hello was said to all there were when sessions were loaded
    private volatile Map<NodeId, Peer> peers = Map.of(); // exchanged as a whole

    private boolean flushComes; // guarded by own, as are these
    private boolean flushAtOnce;
    private boolean ended;
    private int collected;

    private int part; // of the round

    /** @param run not 0, and none that was before or is elsewhere */
    Life(Context context, long run, Limits limits, Supplier<Duration> interval, Counts counts) {
        this.context = context;
        self = context.self();
        this.run = run;
        this.limits = limits;
        this.interval = interval;
        this.counts = counts;
        desk = new Feed.Desk(context, run, own, limits, counts);
    }

    Whereabouts whereabouts() {
        return whereabouts;
    }

    // its course

    CompletionStage<Void> begin() {
        changed(context.view());
        context.later(Duration.ZERO, this::load);
        waitFor(-1, GIVE_UP);
        context.later(interval.get().dividedBy(PARTS), this::round);
        return inStep;
    }

    private void load() {
        for (LocalSession s : context.sessions()) {
            byte[] presence = PresenceXml.of(s.presence());
            synchronized (own) {
                own.found(s.full(), presence);
            }
        }
        List<Peer> all;
        synchronized (this) {
            synchronized (own) {
                own.complete();
            }
            loaded = true;
            all = List.copyOf(peers.values());
        }
        all.forEach(p -> p.feed.open());
        greeted = true;
        moved();
    }

    /**
     * Who does not answer is not waited for, once nobody else brings us into step either, nor for too long. But hello was
     * said to all: who holds what an earlier run told hears of this one before it hears that this node publishes.
     */
    private void waitFor(long syncedBefore, int times) {
        if (inStep.isDone()) return;
        long synced = counts.syncedIn.sum();
        if (greeted && (synced == syncedBefore || times <= 0)) {
            finish("not in step with " + whereabouts.notInStep() + " members");
        } else {
            context.later(limits.patience(), () -> waitFor(synced, times - 1));
        }
    }

    /** Something has moved: we may be in step. */
    private void moved() {
        if (inStep.isDone() || !loaded) return;
        for (Peer p : peers.values()) {
            if (!p.feed.isSettled() || p.feed.isOpen() && !p.replica.inStep()) return;
        }
        finish("in step");
    }

    private void finish(String how) {
        if (inStep.complete(null)) {
            log.info("what=online_started state=\"{}\" members={} users={}", how, peers.size(), whereabouts.users());
        }
    }

    private void round() {
        int width = Buckets.COUNT / PARTS;
        int now = part;
        part = (part + 1) % PARTS;
        for (Peer p : peers.values()) {
            if (p.feed.isOpen()) p.feed.check(now * width, width);
            else if (now == 0 && p.feed.isOff()) p.feed.open();
        }
        context.later(interval.get().dividedBy(PARTS), this::round);
    }

    void end() {
        whereabouts.end();
        synchronized (own) {
            ended = true;
        }
        peers.values().forEach(p -> p.feed.stop());
        inStep.complete(null);
    }

    // members

    void changed(View view) {
        List<Peer> left = new ArrayList<>();
        List<Peer> joined = new ArrayList<>();
        Set<NodeId> publishing = context.publishing();
        synchronized (this) {
            if (view.epoch() < epoch) return;
            epoch = view.epoch();
            Map<NodeId, Peer> next = new TreeMap<>();
            for (NodeId id : view.ids()) {
                if (id.equals(self)) continue;
                Peer peer = Optional.ofNullable(peers.get(id)).orElseGet(() -> peer(id, publishing.contains(id)));
                if (!peers.containsKey(id)) joined.add(peer);
                next.put(id, peer);
            }
            peers.forEach((id, peer) -> {
                if (!next.containsKey(id)) left.add(peer);
            });
            peers = next;
            if (!loaded) joined.clear(); // said hello to with the others
        }
        left.forEach(p -> {
            p.replica.close();
            p.feed.close();
        });
        joined.forEach(p -> p.feed.open());
        moved();
    }

    private Peer peer(NodeId id, boolean publishes) {
        Replica replica = new Replica(id, publishes, whereabouts, counts.repaired);
        return new Peer(new Feed(id, replica, desk, this::moved), replica);
    }

    /** A member; it may speak while we begin and have not looked at the view. */
    private Optional<Peer> find(NodeId member) {
        if (!peers.containsKey(member)) changed(context.view());
        return Optional.ofNullable(peers.get(member));
    }

    void publishes(NodeId member, boolean does) {
        Peer peer = find(member).orElse(null);
        if (peer == null) return;
        if (!does) peer.replica.withdrawn();
        else if (peer.replica.published()) peer.feed.sayHello();
    }

    // own sessions

    CompletionStage<Void> bound(Jid session) {
        Confirmation known = new Confirmation();
        List<Confirmation> over = new ArrayList<>(1);
        change(() -> {
            own.bound(session);
            tell(session, Optional.of(known), 0);
            if (ended) known.stopped();
            else known.confirmed(over);
        });
        Confirmation.complete(over);
        return known.known();
    }

    void presence(Jid session, Optional<Stanza> presence) {
        byte[] xml = PresenceXml.of(presence);
        change(() -> {
            if (own.presence(session, xml)) tell(session, Optional.empty(), xml.length);
        });
    }

    void unbound(Jid session) {
        change(() -> {
            if (own.unbound(session)) tell(session, Optional.empty(), 0);
        });
    }

    private void tell(Jid session, Optional<Confirmation> waits, int presenceBytes) {
        for (Peer p : peers.values()) p.feed.changed(session, waits);
        collected += session.toString().length() + presenceBytes;
    }

    /** Makes a change with the lock held, and sees to it that it is told. */
    private void change(Runnable change) {
        Duration in = null;
        synchronized (own) {
            int before = collected;
            change.run();
            if (collected == before) return;
            if (collected >= limits.gatherBytes() && !flushAtOnce) {
                flushAtOnce = true;
                in = Duration.ZERO;
            } else if (!flushComes) {
                in = limits.gather();
            }
            flushComes = true;
        }
        if (in != null) context.later(in, this::flush);
    }

    private void flush() {
        synchronized (own) {
            collected = 0;
            flushComes = false;
            flushAtOnce = false;
        }
        peers.values().forEach(p -> p.feed.flush());
    }

    // what others tell

    byte[] called(NodeId from, byte[] request) {
        Peer peer = find(from).orElseThrow(() -> new IllegalStateException(from + " is no member"));
        Answer answer;
        try {
            answer = take(peer, Codec.readFrame(request), request.length);
        } catch (RuntimeException garbage) {
            counts.garbage.increment();
            peer.replica.lost(); // whatever it said, it is not known here
            throw garbage;
        }
        counts.framesIn.increment();
        moved();
        return Codec.write(answer);
    }

    private Answer take(Peer peer, Frame frame, int bytes) {
        if (frame instanceof Update update) {
            if (!update.chunks().isEmpty()) counts.syncedIn.add(bytes);
            return peer.replica.update(update, run);
        }
        Hello hello = (Hello) frame;
        Answer answer = peer.replica.hello(hello, run);
        if (hello.hears() != run) peer.feed.sayHello();
        return answer;
    }

    // figures

    void figures(BiConsumer<String, Long> to) {
        to.accept("users", (long) whereabouts.users());
        to.accept("sessions", whereabouts.heldSessions());
        to.accept("bytes", whereabouts.bytes());
        to.accept("not.in.step", (long) whereabouts.notInStep());
        synchronized (own) {
            to.accept("own.sessions", (long) own.sessions());
        }
    }
}
