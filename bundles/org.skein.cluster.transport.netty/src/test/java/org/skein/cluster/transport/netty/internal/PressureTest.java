package org.skein.cluster.transport.netty.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.LinkState;
import org.skein.testkit.cluster.BreakableProxy;
import org.skein.testkit.cluster.BreakableProxy.Way;

/** Slow, stuck and half-open peers; compression. */
@Timeout(60)
class PressureTest {
    private static Settings small() {
        Settings settings = new Settings();
        settings.queueBytes = 256 * 1024;
        settings.limitBytes = 1024 * 1024;
        settings.windowBytes = 64 * 1024;
        return settings;
    }

    private static Settings quick() {
        Settings settings = new Settings();
        settings.pingMs = 50;
        settings.silentMs = 600;
        return settings;
    }

    private static BreakableProxy between(TestNode a, TestNode b) throws IOException {
        BreakableProxy proxy = new BreakableProxy("127.0.0.1", b.endpoint.port());
        a.knows(b.peer(proxy.port()));
        b.knows(a.peer());
        a.admits(1, b.id());
        b.admits(1, a.id());
        a.awaitLinked(b);
        return proxy;
    }

    @Test
    void aPeerThatNeverReadsCostsABoundedQueueAndNothingIsLostWhenItReadsAgain() throws IOException {
        try (TestNode a = new TestNode("a", small());
                TestNode b = new TestNode("b");
                BreakableProxy proxy = between(a, b)) {
            proxy.hold(Way.FORTH);
            int taken = 0;
            while (a.endpoint.isWritable(b.id(), 2)) {
                a.endpoint.send(b.id(), 2, new byte[1000]);
                taken++;
            }
            AtomicInteger woken = new AtomicInteger();
            a.endpoint.whenWritable(b.id(), 2, woken::incrementAndGet);
            assertEquals(0, woken.get());
            assertTrue(a.endpoint.isWritable(b.id(), 1), "other lanes go on");
            // answers must always go: they need no room
            for (int i = 0; i < 100; i++, taken++) a.endpoint.send(b.id(), 2, new byte[1000]);
            boolean[] refused = new boolean[1];
            for (int i = 0; i < 2000 && !refused[0]; i++) {
                try {
                    a.endpoint.send(b.id(), 2, new byte[1000]);
                    taken++;
                } catch (IllegalStateException e) {
                    refused[0] = true;
                }
            }
            assertTrue(refused[0], "who does not heed isWritable is told");
            assertTrue(a.endpoint.stats(b.id()).queuedBytes() <= small().limitBytes);
            proxy.release(Way.FORTH);
            b.awaitGot(taken);
            a.await("writable", () -> a.endpoint.isWritable(b.id(), 2) && woken.get() == 1);
            a.await("all confirmed", () -> a.endpoint.stats(b.id()).queuedBytes() == 0);
            assertEquals(taken, b.got.size());
        }
    }

    @Test
    void whoWaitsForRoomIsToldWhenTheLaneEnds() throws IOException {
        try (TestNode a = new TestNode("a", small())) {
            NodeId nobody = new NodeId("z", 1);
            a.admits(1, nobody);
            while (a.endpoint.isWritable(nobody, 0)) a.endpoint.send(nobody, 0, new byte[10_000]);
            AtomicBoolean told = new AtomicBoolean();
            a.endpoint.whenWritable(nobody, 0, () -> told.set(true));
            assertFalse(told.get());
            a.admits(2);
            assertTrue(told.get());
            assertTrue(a.endpoint.isWritable(nobody, 0));
            a.endpoint.send(nobody, 0, new byte[1]); // dropped
            assertEquals(0, a.endpoint.stats(nobody).queuedBytes());
        }
    }

    @Test
    void aMessageBeyondTheCapIsRefusedAndTheLargestOneGoesThroughASmallWindow() throws IOException {
        Settings settings = small();
        settings.maxMessageBytes = 600_000;
        try (TestNode a = new TestNode("a", settings);
                TestNode b = new TestNode("b", settings)) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            assertThrows(IllegalArgumentException.class, () -> a.endpoint.send(b.id(), 0, new byte[600_001]));
            a.endpoint.send(b.id(), 0, new byte[10]);
            a.endpoint.send(b.id(), 0, new byte[600_000]);
            a.endpoint.send(b.id(), 0, new byte[20]);
            b.awaitGot(3);
            assertEquals(600_000, b.got.get(1).message().length);
        }
    }

    @Test
    void aStuckLaneIsSilenceThoughTheOthersEcho() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (TestNode a = new TestNode("a", quick());
                TestNode b = new TestNode("b", quick())) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            b.also = new ClusterTransport.Receiver() {
                @Override
                public void received(NodeId from, int lane, byte[] message) {
                    try {
                        stuck.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public void linkChanged(NodeId peer) {}
            };
            a.endpoint.send(b.id(), 2, new byte[1]);
            a.await("silence", () -> System.nanoTime() - a.link(b).echoedNanos() > 400_000_000L);
            b.await("who is stuck knows", () -> System.nanoTime() - b.endpoint.awakeSinceNanos() < 10_000_000L);
            stuck.countDown();
            b.also = null;
            a.await("echoes again", () -> System.nanoTime() - a.link(b).echoedNanos() < 200_000_000L);
        } finally {
            stuck.countDown();
        }
    }

    @Test
    void aHalfOpenConnectionIsNoticedAndMadeAnewWithNothingLost() throws IOException {
        for (Way way : Way.values()) {
            try (TestNode a = new TestNode("a", quick());
                    TestNode b = new TestNode("b", quick());
                    BreakableProxy proxy = between(a, b)) {
                proxy.swallow(way, true);
                for (int i = 0; i < 100; i++) {
                    a.endpoint.send(b.id(), 0, ("a" + i).getBytes(UTF_8));
                    b.endpoint.send(a.id(), 0, ("b" + i).getBytes(UTF_8));
                }
                LinkState before = a.link(b);
                a.await("noticed", () -> !a.link(b).linked() && !b.link(a).linked());
                assertFalse(before.dead());
                proxy.swallow(way, false);
                proxy.cut();
                b.awaitGot(100);
                a.awaitGot(100);
                a.awaitLinked(b);
                assertEquals("a99", b.texts(b.got).get(99));
                assertEquals("b99", a.texts(a.got).get(99));
                assertEquals(100, b.got.size());
            }
        }
    }

    @Test
    void aSlowLinkDeliversAllInOrder() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b");
                BreakableProxy proxy = between(a, b)) {
            proxy.delay(Way.BACK, 30);
            proxy.slow(Way.FORTH, 1_000_000);
            for (int i = 0; i < 500; i++) a.endpoint.send(b.id(), 0, (i + "x".repeat(1000)).getBytes(UTF_8));
            b.awaitGot(500);
            for (int i = 0; i < 500; i++) {
                assertTrue(new String(b.got.get(i).message(), UTF_8).startsWith(i + "x"));
            }
            a.await("round trip", () -> a.endpoint.stats(b.id()).roundTripNanos() > 20_000_000L);
        }
    }

    @Test
    void aCompressedLinkSavesBytesAndSurvivesCuts() throws IOException {
        Settings settings = new Settings();
        settings.compression = true;
        Random random = new Random(7);
        try (TestNode a = new TestNode("a", settings);
                TestNode b = new TestNode("b"); // only one side compresses
                BreakableProxy proxy = between(a, b)) {
            byte[] noise = new byte[200_000];
            random.nextBytes(noise);
            int sent = 0;
            for (int i = 0; i < 5000; i++, sent++) {
                a.endpoint.send(b.id(), 0, ("<message to='juliet@example.com'><body>" + i).getBytes(UTF_8));
                if (i % 1000 == 500) {
                    a.endpoint.send(b.id(), 0, noise);
                    sent++;
                    proxy.cut();
                }
            }
            b.awaitGot(sent);
            assertEquals(sent, b.got.size());
            a.await("confirmed", () -> a.endpoint.stats(b.id()).queuedBytes() == 0);
            long written = proxy.passed(Way.FORTH);
            for (int i = 0; i < 5000; i++) {
                a.endpoint.send(b.id(), 0, ("<message to='juliet@example.com'><body>" + i).getBytes(UTF_8));
            }
            b.awaitGot(sent + 5000);
            assertTrue(proxy.passed(Way.FORTH) - written < 150_000, "of 300 000");
        }
    }

    @Test
    void whatWasSentBeforeCloseArrives() throws IOException {
        try (TestNode b = new TestNode("b")) {
            try (TestNode a = new TestNode("a")) {
                TestNode.join(a, b);
                a.awaitLinked(b);
                for (int i = 0; i < 400; i++) a.endpoint.send(b.id(), i % 4, new byte[100]);
            }
            b.awaitGot(400);
        }
    }
}
