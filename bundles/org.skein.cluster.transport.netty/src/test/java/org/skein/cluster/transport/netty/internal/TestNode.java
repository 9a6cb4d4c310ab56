package org.skein.cluster.transport.netty.internal;

import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.skein.api.monitor.Metrics;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.Peer;
import org.skein.net.internal.BoundListeners;
import org.skein.net.internal.NettyEventLoops;
import org.skein.net.internal.tls.PeerTls;

/** A node on 127.0.0.1 with its own event loops and files. */
final class TestNode implements AutoCloseable, ClusterTransport.Receiver {
    private static final long AWAIT_NANOS = 20_000_000_000L;

    private static final AtomicInteger LEAKS = new AtomicInteger();

    static {
        if (!Boolean.getBoolean("skein.bench")) ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.incrementAndGet());
    }

    /** What came. */
    record Got(NodeId from, int lane, byte[] message) {}

    final NettyEventLoops loops;
    final PeerTls tls;
    final NettyEndpoint endpoint;
    final Counts counts = new Counts();
    final List<Got> got = Collections.synchronizedList(new ArrayList<>());
    final List<NodeId> linkChanges = new CopyOnWriteArrayList<>();
    private final Path folder;
    private final Object signal;
    private boolean keepsFiles;
    volatile ClusterTransport.Receiver also;
    volatile boolean keeps = true;

    static final class Counts implements Metrics {
        private final Map<String, LongAdder> all = new ConcurrentHashMap<>();

        @Override
        public LongAdder counter(String name, String description) {
            return all.computeIfAbsent(name, n -> new LongAdder());
        }

        @Override
        public AutoCloseable gauge(String name, String description, LongSupplier value) {
            return () -> {};
        }

        @Override
        public SortedMap<String, Long> snapshot() {
            SortedMap<String, Long> values = new TreeMap<>();
            all.forEach((name, adder) -> values.put(name, adder.sum()));
            return values;
        }

        long of(String name) {
            return all.containsKey(name) ? all.get(name).sum() : 0;
        }
    }

    TestNode(String name) throws IOException {
        this(name, new Settings());
    }

    TestNode(String name, Settings settings) throws IOException {
        this(new NodeId(name, 1), settings, 2, "auto", Files.createTempDirectory("skein-transport"));
    }

    TestNode(NodeId id, Settings settings, int threads, String engine, Path folder) throws IOException {
        this.folder = folder;
        this.signal = new Object();
        loops = new NettyEventLoops(threads);
        tls = new PeerTls(engine, folder, Clock.systemUTC());
        endpoint = new NettyEndpoint(
                id,
                0,
                this,
                new NettyEndpoint.Services(
                        loops,
                        new BoundListeners(List.of("127.0.0.1"), 0, 0, loops, (info, n) -> () -> {}),
                        tls,
                        counts,
                        Clock.systemUTC()),
                settings);
    }

    /** Leaves the files where they are when it is closed. */
    void keepFiles() {
        keepsFiles = true;
    }

    NodeId id() {
        return endpoint.self();
    }

    Peer peer() {
        return peer(endpoint.port());
    }

    Peer peer(int port) {
        return new Peer(id(), "127.0.0.1", port, endpoint.fingerprints());
    }

    void knows(Peer... peers) {
        endpoint.peers(List.of(peers));
    }

    void admits(long epoch, NodeId... members) {
        endpoint.admit(new HashSet<>(Arrays.asList(members)), epoch);
    }

    /** Makes them know and admit each other in epoch 1. */
    static void join(TestNode... nodes) {
        for (TestNode node : nodes) {
            List<Peer> others = new ArrayList<>();
            Set<NodeId> ids = new HashSet<>();
            for (TestNode other : nodes) {
                if (other == node) continue;
                others.add(other.peer());
                ids.add(other.id());
            }
            node.endpoint.peers(others);
            node.endpoint.admit(ids, 1);
        }
    }

    LinkState link(TestNode other) {
        return endpoint.link(other.id());
    }

    @Override
    public void received(NodeId from, int lane, byte[] message) {
        if (keeps) got.add(new Got(from, lane, message));
        ClusterTransport.Receiver other = also;
        if (other != null) other.received(from, lane, message);
        if (!keeps) return;
        synchronized (signal) {
            signal.notifyAll();
        }
    }

    @Override
    public void linkChanged(NodeId peer) {
        linkChanges.add(peer);
        synchronized (signal) {
            signal.notifyAll();
        }
    }

    /** Waits until something is so; looks again when anything happens here, and every few milliseconds. */
    void await(String what, BooleanSupplier so) {
        long end = System.nanoTime() + AWAIT_NANOS;
        synchronized (signal) {
            while (!so.getAsBoolean()) {
                if (System.nanoTime() - end > 0) throw new AssertionError("not in time: " + what + "; " + this);
                try {
                    signal.wait(5);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    void awaitLinked(TestNode... others) {
        for (TestNode other : others) {
            await(
                    id() + " linked with " + other.id(),
                    () -> link(other).linked() && other.link(this).linked());
        }
    }

    void awaitGot(int count) {
        await(count + " messages", () -> got.size() >= count);
    }

    List<String> texts(Collection<Got> messages) {
        return messages.stream()
                .map(g -> new String(g.message(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public String toString() {
        return id() + " got " + got.size() + " " + counts.snapshot();
    }

    @Override
    public void close() {
        endpoint.close();
        System.gc();
        loops.allocator().buffer(1).release(); // makes the detector look
        if (LEAKS.get() > 0) throw new AssertionError(LEAKS.getAndSet(0) + " leaked buffers, see the log");
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
        if (keepsFiles) return;
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
