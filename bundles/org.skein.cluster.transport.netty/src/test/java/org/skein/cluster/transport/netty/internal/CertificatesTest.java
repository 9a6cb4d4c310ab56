package org.skein.cluster.transport.netty.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.Peer;
import org.skein.testkit.cluster.BreakableProxy;

@Timeout(60)
class CertificatesTest {
    private static Settings quick() {
        Settings settings = new Settings();
        settings.graceMs = 50;
        return settings;
    }

    @Test
    void theCertificateStaysOverARestartAndIsTheOneShown(@TempDir Path folder) throws IOException {
        Set<String> first;
        NodeId id = new NodeId("a", 1);
        try (TestNode a = new TestNode(id, quick(), 1, "auto", folder)) {
            first = a.endpoint.fingerprints();
            assertEquals(1, first.size());
            assertTrue(first.iterator().next().matches("[0-9a-f]{64}"));
            a.keepFiles();
        }
        try (TestNode a = new TestNode(id, quick(), 1, "jdk", folder)) {
            assertEquals(first, a.endpoint.fingerprints());
        }
    }

    /** At no moment is a dial refused, whichever side changes its certificate. */
    @Test
    void aCertificateIsChangedWithoutAGap() throws Exception {
        try (TestNode a = new TestNode("a", quick());
                TestNode b = new TestNode("b", quick());
                BreakableProxy proxy = new BreakableProxy("127.0.0.1", b.endpoint.port())) {
            a.knows(b.peer(proxy.port()));
            b.knows(a.peer());
            a.admits(1, b.id());
            b.admits(1, a.id());
            a.awaitLinked(b);
            for (TestNode node : new TestNode[] {a, b}) {
                Set<String> before = node.endpoint.fingerprints();
                AtomicInteger changes = new AtomicInteger();
                node.endpoint.onFingerprints(changes::incrementAndGet);
                node.endpoint.renew();
                node.await("the next is announced", () -> changes.get() == 1);
                Set<String> both = node.endpoint.fingerprints();
                assertEquals(2, both.size());
                assertEquals(before.iterator().next(), both.iterator().next(), "the present one first");
                cut(a, b, proxy); // still the present one
                node.endpoint.published(before);
                // the peer reads the row, then it is used
                if (node == a) b.knows(new Peer(a.id(), "127.0.0.1", a.endpoint.port(), both));
                else a.knows(new Peer(b.id(), "127.0.0.1", proxy.port(), both));
                long grace = System.nanoTime() + 200_000_000L;
                node.await("the time it would have had", () -> System.nanoTime() - grace > 0);
                assertEquals(1, changes.get(), "not used before it is published");
                node.endpoint.published(both);
                node.await("it is used", () -> changes.get() == 2);
                Set<String> after = node.endpoint.fingerprints();
                assertEquals(1, after.size());
                assertNotEquals(before, after);
                assertTrue(both.containsAll(after));
                assertTrue(a.link(b).linked(), "what stands is left alone");
                if (node == a) b.knows(a.peer());
                else a.knows(b.peer(proxy.port()));
                cut(a, b, proxy);
            }
            assertEquals(0, a.counts.of("cluster.connections.refused"));
            assertEquals(0, b.counts.of("cluster.connections.refused"));
        }
    }

    private static void cut(TestNode a, TestNode b, BreakableProxy proxy) {
        long made = a.endpoint.stats(b.id()).reconnects();
        proxy.cut();
        a.await("all made anew", () -> a.endpoint.stats(b.id()).reconnects() == made + NettyEndpoint.CONTROL + 1);
        a.awaitLinked(b);
    }

    @Test
    void theNextOneIsMadeBeforeThePresentOneEnds() throws IOException {
        Settings ending = quick();
        ending.certificateValid = Duration.ofDays(10);
        ending.renewBefore = Duration.ofDays(11);
        try (TestNode a = new TestNode("a", ending)) {
            a.await("two", () -> a.endpoint.fingerprints().size() == 2);
            a.endpoint.published(a.endpoint.fingerprints());
            a.await("the next alone", () -> a.endpoint.fingerprints().size() == 1);
        }
    }

    @Test
    void bothEnginesWorkTogether(@TempDir Path one, @TempDir Path two) throws IOException {
        try (TestNode a = new TestNode(new NodeId("a", 1), quick(), 1, "jdk", one);
                TestNode b = new TestNode(new NodeId("b", 1), quick(), 1, "openssl", two);
                TestNode c = new TestNode("c")) {
            TestNode.join(a, b, c);
            a.awaitLinked(b, c);
            b.awaitLinked(c);
            assertFalse(a.link(b).dead());
        }
    }

    @Test
    void aPeerTakenFromTheListIsCutOffAndItsCertificateNoLongerKnown() throws Exception {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            b.knows();
            a.await("cut", () -> !a.link(b).linked());
            b.await("refused", () -> b.counts.of("cluster.connections.refused") > 0);
            assertFalse(b.link(a).linked());
            b.knows(a.peer());
            a.awaitLinked(b);
        }
    }
}
