package org.skein.cluster.transport.netty.internal;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skein.api.monitor.Metrics;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;
import org.skein.cluster.api.transport.Peer;
import org.skein.net.api.EventLoops;
import org.skein.net.api.Listeners;
import org.skein.net.api.PinnedTls;
import org.skein.net.api.SocketTuning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's end of all links. What changes who is a peer or a member is done under the lock of this; nothing else is. */
final class NettyEndpoint implements Endpoint {
    /** The lane that is the control connection. */
    static final int CONTROL = Peers.LANES;

    private static final Logger log = LoggerFactory.getLogger(NettyEndpoint.class);
    /** Later than this, a timer or a thread did not run. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int CLOSE_MS = 1000;
    private static final int LOW_WATER = 256 * 1024;
    private static final int HIGH_WATER = 512 * 1024;
    private static final int READ_MIN = 512;
    private static final int READ_FIRST = 4 * 1024;
    private static final int READ_MAX = 64 * 1024;
    private static final long ONCE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_WARNED = 1000;

    /** What an endpoint is made with. */
    record Services(EventLoops loops, Listeners listeners, PinnedTls tls, Metrics metrics, Clock clock) {}

    private final Services services;
    private final Settings settings;
    private final ClusterTransport.Receiver receiver;
    private final Figures figures;
    private final Strangers strangers;
    private final Dialler dialler;
    private final OwnCertificate certificate;
    private final ScheduledExecutorService timer;
    private final Listeners.Listener listener;
    private final AutoCloseable queueGauge;
    private final Map<NodeId, PeerLink> links = new ConcurrentHashMap<>();
    private final Map<String, Long> warned = new HashMap<>(); // guarded by itself

    private volatile NodeId self;
    private volatile Installed installed = Installed.NONE;
    private volatile Set<String> pins = Set.of();
    private volatile long awakeSince = System.nanoTime();
    private volatile long lastTick = awakeSince;
    private volatile boolean closed;
    private List<Peer> peers = List.of();

    NettyEndpoint(NodeId self, int port, ClusterTransport.Receiver receiver, Services services, Settings settings)
            throws IOException {
        this.self = self;
        this.receiver = receiver;
        this.services = services;
        this.settings = settings;
        this.figures = Figures.of(services.metrics());
        this.strangers = new Strangers(settings.maxStrangers);
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "skein-cluster-timer");
            thread.setDaemon(true);
            return thread;
        });
        this.dialler = new Dialler(this);
        OwnCertificate own = null;
        try {
            own = new OwnCertificate(services.tls(), settings, services.clock(), this::isPinned, this::later);
            certificate = own;
            listener = services.listeners()
                    .open(new Listeners.Request("cluster", "cluster-port", port, SocketTuning.DEFAULT), new Acceptor());
        } catch (IOException e) {
            timer.shutdownNow();
            dialler.close();
            if (own != null) own.close();
            throw e;
        }
        queueGauge = services.metrics()
                .gauge(
                        "cluster.queue.bytes",
                        "Bytes that wait for other nodes, or to be confirmed by them",
                        () -> links.values().stream()
                                .mapToLong(PeerLink::queuedBytes)
                                .sum());
        timer.scheduleAtFixedRate(this::tick, settings.pingMs, settings.pingMs, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(certificate::check, 1, TimeUnit.HOURS.toSeconds(1), TimeUnit.SECONDS);
    }

    /** Sets up accepted connections. */
    @ChannelHandler.Sharable
    private final class Acceptor extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            if (closed) {
                channel.close();
                return;
            }
            tune(channel);
            channel.pipeline()
                    .addLast("tls", tlsContext().server(channel.alloc(), settings.handshakeMs))
                    .addLast("greeter", new Greeter(NettyEndpoint.this, null));
        }
    }

    void tune(Channel channel) {
        channel.config()
                .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(READ_MIN, READ_FIRST, READ_MAX));
    }

    // ---- What the parts of this endpoint use ----

    Settings settings() {
        return settings;
    }

    NodeId self() {
        return self;
    }

    Installed installed() {
        return installed;
    }

    ClusterTransport.Receiver receiver() {
        return receiver;
    }

    EventLoops loops() {
        return services.loops();
    }

    EventLoop nextLoop() {
        return services.loops().group().next();
    }

    PinnedTls tls() {
        return services.tls();
    }

    PinnedTls.Context tlsContext() {
        return certificate.context();
    }

    Strangers strangers() {
        return strangers;
    }

    Dialler dialler() {
        return dialler;
    }

    boolean isPinned(String fingerprint) {
        return pins.contains(fingerprint);
    }

    PeerLink link0(NodeId peer) {
        return links.get(peer);
    }

    /** Names an order: never 0, never used before. */
    long newStream() {
        return ThreadLocalRandom.current().nextLong() | 1;
    }

    Hello hello(NodeId to, int connection, long received, long consumed) {
        return new Hello(
                settings.minVersion,
                settings.maxVersion,
                Hello.INFLATES,
                connection,
                Peers.LANES,
                self,
                to,
                received,
                consumed,
                settings.windowBytes);
    }

    void later(Runnable task, long delayMs) {
        try {
            timer.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("what=closed_already", e);
        }
    }

    void sent(PeerLink link, int frames, int bytes) {
        link.framesOut.add(frames);
        link.bytesOut.add(bytes);
        figures.framesOut().add(frames);
        figures.bytesOut().add(bytes);
    }

    void receivedFrames(PeerLink link, int frames) {
        link.framesIn.add(frames);
        figures.framesIn().add(frames);
    }

    void receivedBytes(PeerLink link, int bytes) {
        link.bytesIn.add(bytes);
        figures.bytesIn().add(bytes);
    }

    void refusedFrame(PeerLink link) {
        figures.refusedFrames().increment();
        warnOnce(
                "outside " + link.id,
                () -> log.warn("what=cluster_message_refused peer={} reason=\"not in the view\"", link.id));
    }

    void badFrame(PeerLink link, int lane, String reason) {
        figures.badFrames().increment();
        warnOnce(
                "bad " + link.id,
                () -> log.warn("what=cluster_frame_bad peer={} lane={} reason=\"{}\"", link.id, lane, reason));
    }

    /** Somebody who is no peer, or did not behave like one. */
    void strange(Channel channel, String reason) {
        figures.strangers().increment();
        String host = channel.remoteAddress() instanceof InetSocketAddress a ? a.getHostString() : "unknown";
        warnOnce(
                "strange " + host,
                () -> log.info("what=cluster_connection_refused from={} reason=\"{}\"", host, reason));
    }

    /** At most once a minute for each key. */
    void warnOnce(String key, Runnable warning) {
        long now = System.nanoTime();
        synchronized (warned) {
            Long last = warned.get(key);
            if (last != null && now - last < ONCE_NANOS) return;
            if (warned.size() >= MOST_WARNED) warned.clear();
            warned.put(key, now);
        }
        warning.run();
    }

    void tell(NodeId peer) {
        try {
            receiver.linkChanged(peer);
        } catch (RuntimeException e) {
            log.error("what=receiver_failed peer={}", peer, e);
        }
    }

    /** A peer showed itself in a new life: earlier ones whose connections broke are over. */
    void cameBack(NodeId now, String fingerprint) {
        for (PeerLink link : links.values()) {
            if (link.id.name().equals(now.name()) && !link.id.equals(now)) link.cameBackAs(now, fingerprint);
        }
    }

    /** A lane's thread ran what was given to it so much later. */
    void ran(long lateNanos) {
        if (lateNanos > LATE_NANOS) stalled(System.nanoTime());
    }

    private void stalled(long until) {
        awakeSince = until;
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            if (now - lastTick > TimeUnit.MILLISECONDS.toNanos(settings.pingMs) + LATE_NANOS) {
                stalled(now);
                long late = TimeUnit.NANOSECONDS.toMillis(now - lastTick);
                warnOnce("late", () -> log.warn("what=cluster_timers_late ms={}", late));
            }
            lastTick = now;
            for (PeerLink link : links.values()) link.ping(now);
        } catch (RuntimeException e) {
            log.error("what=cluster_tick_failed", e);
        }
    }

    // ---- Endpoint ----

    @Override
    public int port() {
        return listener.addresses().get(0).getPort();
    }

    @Override
    public Versions versions() {
        return new Versions(settings.minVersion, settings.maxVersion);
    }

    @Override
    public Set<String> fingerprints() {
        return certificate.fingerprints();
    }

    @Override
    public void onFingerprints(Runnable changed) {
        certificate.onChange(changed);
    }

    @Override
    public void renew() {
        later(certificate::renew, 0);
    }

    @Override
    public void published(Set<String> fingerprints) {
        certificate.published(fingerprints);
    }

    @Override
    public void self(NodeId now) {
        List<Outbox> ended = new ArrayList<>();
        synchronized (this) {
            if (closed || now.equals(self)) return;
            for (PeerLink link : links.values()) link.close("new life", ended);
            links.clear();
            self = now;
            installed = Installed.NONE;
            arrange(ended);
        }
        ended.forEach(Outbox::end);
    }

    @Override
    public void peers(Collection<Peer> now) {
        List<Outbox> ended = new ArrayList<>();
        synchronized (this) {
            if (closed) return;
            peers = List.copyOf(now);
            arrange(ended);
        }
        ended.forEach(Outbox::end);
    }

    @Override
    public void admit(Set<NodeId> members, long epoch) {
        List<Outbox> ended = new ArrayList<>();
        synchronized (this) {
            if (closed) return;
            Set<NodeId> others = new HashSet<>(members);
            others.removeIf(m -> m.name().equals(self.name()));
            for (PeerLink link : links.values()) {
                if (!others.contains(link.id)) admit(link, false, ended);
            }
            installed = new Installed(epoch, Set.copyOf(others));
            arrange(ended);
            for (PeerLink link : links.values()) {
                if (others.contains(link.id)) admit(link, true, ended);
                for (Lane lane : link.lanes()) lane.onLoop(lane::viewChanged);
            }
        }
        ended.forEach(Outbox::end);
    }

    private static void admit(PeerLink link, boolean admit, List<Outbox> ended) {
        for (int i = 0; i < Peers.LANES; i++) link.lane(i).admit(admit, ended);
    }

    /** Brings the links in step with peers and members. */
    private void arrange(List<Outbox> ended) {
        Map<NodeId, Peer> wanted = new LinkedHashMap<>();
        Set<String> known = new HashSet<>();
        for (Peer peer : peers) {
            if (peer.id().name().equals(self.name())) continue;
            wanted.put(peer.id(), peer);
            known.addAll(peer.fingerprints());
        }
        pins = Set.copyOf(known);
        Set<NodeId> members = installed.members();
        for (PeerLink link : List.copyOf(links.values())) {
            if (!wanted.containsKey(link.id) && !members.contains(link.id)) {
                links.remove(link.id);
                link.close("neither peer nor member", ended);
            } else {
                link.peer(wanted.get(link.id));
            }
        }
        for (NodeId id : members) links.computeIfAbsent(id, i -> new PeerLink(this, i));
        for (Peer peer : wanted.values()) {
            links.computeIfAbsent(peer.id(), i -> new PeerLink(this, i)).peer(peer);
        }
    }

    @Override
    public LinkState link(NodeId peer) {
        PeerLink link = links.get(peer);
        return link == null ? LinkState.NONE : link.state();
    }

    @Override
    public LinkStats stats(NodeId peer) {
        PeerLink link = links.get(peer);
        return link == null ? new LinkStats(peer.toString(), 0, 0, 0, 0, 0, 0, 0, "") : link.stats();
    }

    @Override
    public long awakeSinceNanos() {
        long now = System.nanoTime();
        if (now - lastTick > TimeUnit.MILLISECONDS.toNanos(settings.pingMs) + LATE_NANOS) return now;
        for (PeerLink link : links.values()) {
            long late = link.lateSince();
            if (late != 0 && now - late > LATE_NANOS) return now;
        }
        return awakeSince;
    }

    @Override
    public void send(NodeId to, int lane, byte[] message) {
        if (message.length > settings.maxMessageBytes) {
            throw new IllegalArgumentException(
                    "message of " + message.length + " bytes; most is " + settings.maxMessageBytes);
        }
        if (lane < 0 || lane >= Peers.LANES) throw new IllegalArgumentException("lane " + lane);
        PeerLink link = links.get(to);
        if (link != null) link.lane(lane).send(message);
    }

    @Override
    public boolean isWritable(NodeId to, int lane) {
        PeerLink link = links.get(to);
        return link == null || link.lane(lane).isWritable();
    }

    @Override
    public void whenWritable(NodeId to, int lane, Runnable task) {
        PeerLink link = links.get(to);
        if (link == null) task.run();
        else link.lane(lane).whenWritable(task);
    }

    @Override
    public void execute(NodeId peer, int lane, Runnable task) {
        PeerLink link = links.get(peer);
        if (link == null) nextLoop().execute(task);
        else link.lane(lane).onLoop(task);
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> goodbyes = new ArrayList<>();
        List<PeerLink> all;
        synchronized (this) {
            if (closed) return;
            closed = true;
            listener.close();
            strangers.closeAll();
            all = List.copyOf(links.values());
            for (PeerLink link : all) {
                link.markClosed();
                for (Lane lane : link.lanes()) {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    goodbyes.add(done);
                    lane.onLoop(() -> lane.finish(done));
                }
            }
        }
        try {
            CompletableFuture.allOf(goodbyes.toArray(new CompletableFuture<?>[0]))
                    .get(CLOSE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.info("what=cluster_closed_with_messages_waiting", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            queueGauge.close();
        } catch (Exception e) {
            log.warn("what=gauge_not_closed", e);
        }
        List<Outbox> ended = new ArrayList<>();
        synchronized (this) {
            for (PeerLink link : all) link.close("leaves", ended);
        }
        ended.forEach(Outbox::end);
        links.clear();
        timer.shutdownNow();
        dialler.close();
        certificate.close();
    }
}
