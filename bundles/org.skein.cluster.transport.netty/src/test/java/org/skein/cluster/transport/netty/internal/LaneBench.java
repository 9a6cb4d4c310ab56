package org.skein.cluster.transport.netty.internal;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;

/**
 * What a message costs: CPU of both nodes together, TLS included, for messages of 300 bytes as fast as they go and at a
 * steady rate. Run {@code main}; not a test.
 */
final class LaneBench {
    private static final int BYTES = 300;
    private static final int WARM_UP = 1_000_000;
    private static final int COUNT = 2_000_000;
    private static final int RATE = 1000;
    private static final int RATE_SECONDS = 5;

    private LaneBench() {}

    public static void main(String[] args) throws Exception {
        Settings settings = new Settings();
        settings.compression = args.length > 0 && args[0].equals("deflate");
        AtomicLong received = new AtomicLong();
        try (TestNode a = new TestNode("a", settings);
                TestNode b = new TestNode("b", settings)) {
            b.keeps = false;
            b.also = new ClusterTransport.Receiver() {
                @Override
                public void received(NodeId from, int lane, byte[] message) {
                    received.incrementAndGet();
                }

                @Override
                public void linkChanged(NodeId peer) {}
            };
            TestNode.join(a, b);
            a.awaitLinked(b);
            full(a.endpoint, b.id(), received, WARM_UP);
            report("full speed", full(a.endpoint, b.id(), received, COUNT), COUNT);
            report("idle, as if " + RATE + "/s", idle(), RATE * RATE_SECONDS);
            report(RATE + "/s", steady(a.endpoint, b.id(), received), RATE * RATE_SECONDS);
        }
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long full(Endpoint from, NodeId to, AtomicLong received, int count) {
        long target = received.get() + count;
        long begun = cpu();
        for (int i = 0; i < count; i++) {
            int lane = i % Peers.LANES;
            while (!from.isWritable(to, lane)) LockSupport.parkNanos(50_000);
            from.send(to, lane, new byte[BYTES]);
        }
        while (received.get() < target) LockSupport.parkNanos(1_000_000);
        return cpu() - begun;
    }

    /** What signs of life cost meanwhile. */
    private static long idle() {
        long begun = cpu();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RATE_SECONDS);
        for (long left; (left = end - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
        return cpu() - begun;
    }

    private static long steady(Endpoint from, NodeId to, AtomicLong received) {
        long target = received.get() + RATE * RATE_SECONDS;
        long begun = cpu();
        long start = System.nanoTime();
        for (int i = 0; i < RATE * RATE_SECONDS; i++) {
            long due = start + i * 1_000_000_000L / RATE;
            for (long left; (left = due - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
            from.send(to, i % Peers.LANES, new byte[BYTES]);
        }
        while (received.get() < target) LockSupport.parkNanos(1_000_000);
        return cpu() - begun;
    }

    @SuppressWarnings("PMD.SystemPrintln")
    private static void report(String what, long cpuNanos, int messages) {
        System.out.printf("%s: %.2f us CPU per message (both nodes, with TLS)%n", what, cpuNanos / 1000.0 / messages);
    }
}
