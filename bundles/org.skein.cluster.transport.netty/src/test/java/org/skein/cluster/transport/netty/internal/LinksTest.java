package org.skein.cluster.transport.netty.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.Peer;
import org.skein.testkit.cluster.BreakableProxy;

@Timeout(60)
class LinksTest {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void twoNodesLinkAndExchangeMessagesInOrder() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            List<String> sent = IntStream.range(0, 2000).mapToObj(i -> "m" + i).toList();
            for (String text : sent) {
                a.endpoint.send(b.id(), 1, bytes(text));
                b.endpoint.send(a.id(), 1, bytes(text));
            }
            b.awaitGot(2000);
            a.awaitGot(2000);
            assertEquals(sent, b.texts(b.got));
            assertEquals(sent, a.texts(a.got));
            assertEquals(a.id(), b.got.get(0).from());
            assertEquals(1, b.got.get(0).lane());
        }
    }

    @Test // else one that breaks again and again before the next ping is due would be taken for silent
    void aNewLinkIsAskedForASignOfLifeAtOnce() throws IOException {
        Settings seldom = new Settings();
        seldom.pingMs = 3_600_000;
        try (TestNode a = new TestNode("a", seldom);
                TestNode b = new TestNode("b", seldom)) {
            TestNode.join(a, b);
            a.await("echoes", () -> a.link(b).echoedNanos() != 0 && b.link(a).echoedNanos() != 0);
        }
    }

    @Test
    void echoesTellWhatThePeerHasInstalled() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.await(
                    "echo of epoch 1",
                    () -> a.link(b).echoedEpoch() == 1 && b.link(a).echoedEpoch() == 1);
            b.admits(7, a.id());
            a.await("echo of epoch 7", () -> a.link(b).echoedEpoch() == 7);
            LinkState first = a.link(b);
            assertTrue(first.echoedNanos() - System.nanoTime() < 0);
            assertTrue(first.heardNanos() - first.echoedNanos() > 0);
            a.await("next echo", () -> a.link(b).echoedNanos() - first.echoedNanos() > 0);
            assertTrue(a.endpoint.stats(b.id()).roundTripNanos() > 0);
            assertTrue(a.endpoint.stats(b.id()).security().startsWith("TLSv1.3 "));
        }
    }

    @Test
    void lanesAreExactlyOnceAndInOrderThroughCuts() throws Exception {
        for (long seed = 1; seed <= Long.getLong("skein.seeds", 3); seed++) cuts(seed);
    }

    private static void cuts(long seed) throws Exception {
        Random random = new Random(seed);
        int count = 10_000;
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b");
                BreakableProxy proxy = new BreakableProxy("127.0.0.1", b.endpoint.port())) {
            a.knows(b.peer(proxy.port()));
            b.knows(a.peer());
            a.admits(1, b.id());
            b.admits(1, a.id());
            a.awaitLinked(b);
            int[] next = new int[Peers.LANES];
            for (int i = 0; i < count; i++) {
                int lane = random.nextInt(Peers.LANES);
                byte[] message = bytes(lane + ":" + next[lane]++ + ":" + "x".repeat(random.nextInt(400)));
                a.endpoint.send(b.id(), lane, message);
                b.endpoint.send(a.id(), lane, message);
                if (random.nextInt(1000) == 0) {
                    int had = a.got.size();
                    proxy.cut();
                    if (random.nextBoolean()) a.await("some more", () -> a.got.size() > had);
                }
            }
            b.awaitGot(count);
            a.awaitGot(count);
            for (TestNode node : List.of(a, b)) {
                int[] expected = new int[Peers.LANES];
                for (TestNode.Got got : node.got) {
                    String[] parts = new String(got.message(), UTF_8).split(":", -1);
                    assertEquals(got.lane(), Integer.parseInt(parts[0]), "seed " + seed);
                    assertEquals(expected[got.lane()]++, Integer.parseInt(parts[1]), "seed " + seed);
                }
            }
            assertEquals(count, a.got.size());
            assertTrue(a.endpoint.stats(b.id()).reconnects() > 0);
            a.await("all confirmed", () -> a.endpoint.stats(b.id()).queuedBytes() == 0);
        }
    }

    @Test
    void nothingIsReceivedFromWhoIsNotAdmitted() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            a.knows(b.peer());
            b.knows(a.peer());
            a.admits(1, b.id());
            b.admits(1);
            a.awaitLinked(b);
            a.endpoint.send(b.id(), 0, bytes("too early"));
            b.await("refusal", () -> b.counts.of("cluster.frames.refused") == 1);
            assertTrue(b.got.isEmpty());
            assertTrue(b.link(a).linked(), "the link stands for the membership");
            b.admits(2, a.id());
            b.awaitGot(1);
            assertEquals(List.of("too early"), b.texts(b.got));
        }
    }

    @Test
    void messagesOfANewerEpochWaitUntilItIsInstalledAndEchoesGoOn() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            a.admits(2, b.id());
            a.endpoint.send(b.id(), 3, bytes("of epoch 2"));
            a.endpoint.send(b.id(), 3, bytes("behind it"));
            long now = System.nanoTime();
            a.await("echo", () -> a.link(b).echoedNanos() - now > 500_000_000L);
            assertTrue(b.got.isEmpty());
            b.admits(2, a.id());
            b.awaitGot(2);
            assertEquals(List.of("of epoch 2", "behind it"), b.texts(b.got));
        }
    }

    @Test
    void aNewLifeBeginsItsLanesAnew() throws IOException {
        try (TestNode a = new TestNode("a");
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            a.endpoint.send(b.id(), 0, bytes("first life"));
            b.awaitGot(1);
            var old = a.id();
            a.endpoint.self(new NodeId("a", 2));
            b.await("the old life gone", () -> !b.endpoint.link(old).linked());
            TestNode.join(a, b);
            a.awaitLinked(b);
            a.endpoint.send(b.id(), 0, bytes("second life"));
            b.awaitGot(2);
            assertEquals(a.id(), b.got.get(1).from());
            assertFalse(b.endpoint.link(old).linked());
        }
    }

    @Test
    void aPeerThatDiedIsProvenDeadOnBothSidesOfTheNames() throws Exception {
        for (boolean smallerDies : List.of(true, false)) {
            TestNode a = new TestNode("a");
            TestNode b = new TestNode("b");
            try (BreakableProxy toA = new BreakableProxy("127.0.0.1", a.endpoint.port());
                    BreakableProxy toB = new BreakableProxy("127.0.0.1", b.endpoint.port())) {
                a.knows(b.peer(toB.port()));
                b.knows(a.peer(toA.port()));
                a.awaitLinked(b);
                TestNode left = smallerDies ? b : a;
                TestNode died = smallerDies ? a : b;
                toA.refuse();
                toB.refuse();
                left.await("still linked", () -> left.link(died).linked());
                assertFalse(left.link(died).dead());
                toB.cut();
                left.await("dead", () -> left.link(died).dead());
                assertTrue(left.linkChanges.contains(died.id()));
                toA.acceptAgain();
                toB.acceptAgain();
                left.awaitLinked(died);
                assertFalse(left.link(died).dead());
            } finally {
                a.close();
                b.close();
            }
        }
    }

    @Test
    void whoSaidGoodbyeIsNotCalledDead() throws IOException {
        try (TestNode a = new TestNode("a")) {
            try (TestNode b = new TestNode("b")) {
                TestNode.join(a, b);
                a.awaitLinked(b);
                b.endpoint.close();
                a.await("down", () -> !a.link(b).linked());
                List<Boolean> seen = new ArrayList<>();
                long end = System.nanoTime() + 500_000_000L;
                a.await("some dials", () -> {
                    seen.add(a.link(b).dead());
                    return System.nanoTime() - end > 0;
                });
                assertFalse(seen.contains(true));
            }
        }
    }

    @Test
    void aPeerThatNeverListenedIsCalledDeadByBothSidesOfTheNames() throws IOException {
        try (TestNode m = new TestNode("m")) {
            int free;
            try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
                free = socket.getLocalPort();
            }
            NodeId smaller = new NodeId("a", 1);
            NodeId larger = new NodeId("z", 1);
            NodeId nonsense = new NodeId("y", 1);
            m.knows(
                    new Peer(smaller, "127.0.0.1", free, Set.of("00")),
                    new Peer(larger, "127.0.0.1", free, Set.of("01")),
                    new Peer(nonsense, "no.such.host.invalid", 0, Set.of("02")));
            m.await(
                    "both",
                    () -> m.endpoint.link(smaller).dead()
                            && m.endpoint.link(larger).dead());
            assertFalse(m.endpoint.link(nonsense).dead());
        }
    }

    @Test
    void aQuickRestartIsTheDeathOfTheLifeBefore(@TempDir Path one, @TempDir Path two) throws IOException {
        for (String name : List.of("a", "z")) {
            Path folder = name.equals("a") ? one : two;
            try (TestNode m = new TestNode("m");
                    TestNode restarted = new TestNode(new NodeId(name, 2), new Settings(), 1, "auto", folder)) {
                NodeId before = new NodeId(name, 1);
                Peer old = new Peer(before, "127.0.0.1", restarted.endpoint.port(), restarted.endpoint.fingerprints());
                m.knows(old);
                restarted.knows(m.peer());
                if (name.equals("a")) m.knows(old, restarted.peer()); // it dials
                m.await("dead", () -> m.endpoint.link(before).dead());
            }
        }
    }

    /** Whatever a member's broken software sends: the node lives, and goes on with others. */
    @Test
    void mutilatedFramesHarmNobodyElse() throws Exception {
        long seed = 20261123;
        Random random = new Random(seed);
        try (TestNode node = new TestNode("b");
                TestNode other = new TestNode("c");
                FakePeer fake = new FakePeer(new NodeId("a", 1))) {
            node.knows(fake.peer(), other.peer());
            other.knows(node.peer());
            node.admits(1, fake.id, other.id());
            other.admits(1, node.id());
            for (int round = 0; round < 150; round++) {
                FakePeer.Line line = fake.link(node, random.nextInt(NettyEndpoint.CONTROL + 1));
                ByteBuf frames = Unpooled.buffer();
                Frames.stream(frames, round + 1, 1);
                for (int i = 1; i < 20; i++) {
                    switch (random.nextInt(4)) {
                        case 0 -> Frames.data(frames, random.nextInt(3), i, new byte[random.nextInt(50)]);
                        case 1 -> Frames.ack(frames, random.nextInt(3), random.nextInt(3), random.nextInt());
                        case 2 -> Frames.ping(frames, 4 + random.nextInt(2), i, 1, 0, 0, 1000);
                        default -> Frames.head(frames, random.nextInt(12), random.nextInt(4), 0);
                    }
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    frames.setByte(random.nextInt(frames.readableBytes()), random.nextInt());
                }
                line.say(frames);
                if (random.nextBoolean()) line.next();
                line.channel.close();
            }
            other.awaitLinked(node);
            int had = node.got.size();
            other.endpoint.send(node.id(), 0, bytes("still here"));
            node.await(
                    "the other's message, seed " + seed,
                    () -> node.texts(List.copyOf(node.got)).contains("still here"));
            assertTrue(node.got.size() > had);
        }
    }
}
