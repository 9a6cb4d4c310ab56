package org.skein.cluster.transport.netty.internal;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLSession;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;
import org.skein.cluster.api.transport.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections with one life of a peer, and what they tell of it.
 *
 * <p>Dead is proven: no connection stands, the peer did not say goodbye, and dialling since was refused by the machine,
 * or answered by another life of that name. Who does not dial by name probes the port to find out.
 */
final class PeerLink {
    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

    private static final long PROBE_AFTER_MS = 200;
    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final int LINES_PER_MINUTE = 20;

    final NodeId id;
    final LongAdder framesOut = new LongAdder();
    final LongAdder framesIn = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final LongAdder bytesIn = new LongAdder();

    private final NettyEndpoint endpoint;
    private final boolean smaller;
    private final Lane[] lanes = new Lane[NettyEndpoint.CONTROL + 1];
    private final Backoff probes = new Backoff();
    private volatile Peer peer;
    private volatile boolean closed;
    private volatile boolean controlUp;
    private volatile long roundTripNanos;
    private volatile String security = "";

    // Guarded by this.
    private int up;
    private long ups;
    private boolean departed;
    private boolean succeeded;
    private long aloneSince = System.nanoTime();
    private boolean probing;
    private boolean dead;
    private LinkState told = LinkState.NONE;
    private long logMinute;
    private int logged;

    PeerLink(NettyEndpoint endpoint, NodeId id) {
        this.endpoint = endpoint;
        this.id = id;
        this.smaller = endpoint.self().name().compareTo(id.name()) < 0;
        for (int i = 0; i < lanes.length; i++) lanes[i] = new Lane(this, i, endpoint);
    }

    NettyEndpoint endpoint() {
        return endpoint;
    }

    Lane lane(int index) {
        return lanes[index];
    }

    Lane[] lanes() {
        return lanes;
    }

    /** Where it is and what it shows; null while it is not among the peers. */
    Peer peer() {
        return peer;
    }

    /** @param now null to cut it off */
    void peer(Peer now) {
        Peer before = peer;
        peer = now;
        if (now == null && before != null) drop("not among the peers");
        if (now == null || now.equals(before)) return;
        connect();
        probeLater(PROBE_AFTER_MS);
    }

    private void connect() {
        for (Lane lane : lanes) lane.onLoop(lane::connect);
    }

    private void drop(String reason) {
        for (Lane lane : lanes) lane.onLoop(() -> lane.drop(reason));
    }

    boolean dials() {
        return smaller && peer != null;
    }

    boolean isControlUp() {
        return controlUp;
    }

    boolean isClosed() {
        return closed;
    }

    /** This link is not used any more. @param ended see {@link Lane#admit} */
    void close(String reason, List<Outbox> ended) {
        markClosed();
        for (Lane lane : lanes) lane.admit(false, ended);
        drop(reason);
    }

    void markClosed() {
        closed = true;
    }

    void up(Lane lane, Channel channel) {
        if (lane.index == NettyEndpoint.CONTROL) {
            SSLSession session =
                    channel.pipeline().get(SslHandler.class).engine().getSession();
            security = session.getProtocol() + ' ' + session.getCipherSuite();
            controlUp = true;
            connect();
        }
        synchronized (this) {
            up++;
            ups++;
            dead = false;
            departed = false;
            succeeded = false;
            if (up == lanes.length) {
                probes.reset();
                if (mayLog()) log.info("what=cluster_link_up peer={} security=\"{}\"", id, security);
            }
        }
        changed();
    }

    /** @param leaves the peer said that it leaves */
    void down(Lane lane, boolean leaves) {
        if (lane.index == NettyEndpoint.CONTROL) controlUp = false;
        synchronized (this) {
            if (up == lanes.length && mayLog()) log.info("what=cluster_link_down peer={} leaves={}", id, leaves);
            up--;
            departed = leaves;
            if (up == 0) {
                aloneSince = System.nanoTime();
                dead = succeeded && !leaves;
            }
        }
        changed();
        probeLater(0);
    }

    /** A link that flaps does not fill the log. */
    private boolean mayLog() {
        long minute = System.nanoTime() / NANOS_PER_MINUTE;
        if (minute != logMinute) logged = 0;
        logMinute = minute;
        return logged++ < LINES_PER_MINUTE;
    }

    /** Dialling was refused by the machine: nothing listens there. */
    void refused(long dialledNanos) {
        synchronized (this) {
            if (departed || up > 0 || dialledNanos - aloneSince < 0) return;
            if (!dead && mayLog()) log.info("what=cluster_peer_dead peer={} proof=refused", id);
            dead = true;
        }
        changed();
    }

    /** Its port was answered by another. */
    void answeredBy(NodeId other) {
        if (!other.name().equals(id.name()) || other.equals(id)) return;
        synchronized (this) {
            succeeded = true;
            if (up > 0) return; // its connections will break
            if (!dead && mayLog()) log.info("what=cluster_peer_dead peer={} proof=\"answered by {}\"", id, other);
            dead = true;
        }
        changed();
    }

    /** Another life of it came here, with its key. */
    void cameBackAs(NodeId other, String fingerprint) {
        Peer now = peer;
        if (now != null && now.fingerprints().contains(fingerprint)) answeredBy(other);
    }

    private void probeLater(long atLeastMs) {
        if (smaller) return; // it dials
        long delay;
        synchronized (this) {
            if (probing || !probeMakesSense()) return;
            probing = true;
            delay = Math.max(atLeastMs, probes.nextMs());
        }
        endpoint.later(
                () -> {
                    long begun = System.nanoTime();
                    Peer now = peer;
                    boolean sensible;
                    synchronized (this) {
                        sensible = now != null && probeMakesSense();
                        if (!sensible) probing = false;
                    }
                    if (sensible) endpoint.dialler().probe(now, refused -> probed(refused, begun));
                },
                delay);
    }

    private boolean probeMakesSense() {
        return !closed && !departed && !dead && up == 0;
    }

    private void probed(boolean refused, long begun) {
        synchronized (this) {
            probing = false;
        }
        if (refused) refused(begun);
        probeLater(0);
    }

    /** Tells the listener if what it would see changed, but for the times. */
    void changed() {
        synchronized (this) {
            LinkState now = state();
            boolean same = now.linked() == told.linked()
                    && now.dead() == told.dead()
                    && now.echoedEpoch() == told.echoedEpoch();
            if (same) return;
            told = now;
        }
        endpoint.tell(id);
    }

    LinkState state() {
        long heard = lanes[0].heardNanos();
        Lane.Echo echo = lanes[0].echo();
        for (Lane lane : lanes) {
            long h = lane.heardNanos();
            if (heard != 0 && (h == 0 || h - heard < 0)) heard = h;
            Lane.Echo e = lane.echo();
            if (e == Lane.Echo.NONE || echo != Lane.Echo.NONE && e.sentNanos() - echo.sentNanos() < 0) echo = e;
        }
        synchronized (this) {
            return new LinkState(up == lanes.length, heard, echo.sentNanos(), echo.epoch(), dead);
        }
    }

    void roundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    long queuedBytes() {
        long queued = 0;
        for (Lane lane : lanes) queued += lane.queuedBytes();
        return queued;
    }

    LinkStats stats() {
        long made;
        synchronized (this) {
            made = ups;
        }
        return new LinkStats(
                id.toString(),
                framesOut.sum(),
                framesIn.sum(),
                bytesOut.sum(),
                bytesIn.sum(),
                queuedBytes(),
                roundTripNanos,
                Math.max(0, made - lanes.length),
                security);
    }

    /** Since when one of the lanes' threads is late, or 0. */
    long lateSince() {
        long oldest = 0;
        for (Lane lane : lanes) {
            long posted = lane.pingPosted();
            if (posted != 0 && (oldest == 0 || posted - oldest < 0)) oldest = posted;
        }
        return oldest;
    }

    void ping(long nowNanos) {
        for (Lane lane : lanes) lane.ping(nowNanos);
    }
}
