package org.skein.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.Peer;

/** What every {@link ClusterTransport} does. A test class implements it; each test opens its endpoints anew. */
@Timeout(60)
public interface ClusterTransportContract {
    /**
     * A transport as one node has it: with its own files, if it keeps any.
     *
     * @param node the name of the node
     */
    ClusterTransport transport(String node) throws IOException;

    /** Where a node's endpoint is reached. */
    default String host() {
        return "127.0.0.1";
    }

    /** A node of a test. */
    final class Node implements ClusterTransport.Receiver, AutoCloseable {
        private static final long AWAIT_SECONDS = 20;
        private static final long LOOK_MS = 5;

        public final Endpoint endpoint;
        public final List<String> received = Collections.synchronizedList(new ArrayList<>());
        private final String host;
        private final Object changed = new Object();
        private volatile NodeId id;

        Node(ClusterTransportContract contract, String name) throws IOException {
            id = new NodeId(name, 1);
            host = contract.host();
            endpoint = contract.transport(name).open(id, 0, this);
        }

        @Override
        public void received(NodeId from, int lane, byte[] message) {
            received.add(from.name() + lane + ' ' + new String(message, UTF_8));
            signal();
        }

        @Override
        public void linkChanged(NodeId peer) {
            signal();
        }

        private void signal() {
            synchronized (changed) {
                changed.notifyAll();
            }
        }

        public Peer peer() {
            return new Peer(id, host, endpoint.port(), endpoint.fingerprints());
        }

        public LinkState link(Node to) {
            return endpoint.link(to.id);
        }

        public void send(Node to, int lane, String message) {
            endpoint.send(to.id, lane, message.getBytes(UTF_8));
        }

        public void reborn(long incarnation) {
            id = new NodeId(id.name(), incarnation);
            endpoint.self(id);
        }

        public void admit(long epoch, Node... members) {
            Set<NodeId> ids = new HashSet<>();
            for (Node member : members) ids.add(member.id);
            endpoint.admit(ids, epoch);
        }

        public void await(String what, BooleanSupplier so) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
            synchronized (changed) {
                while (!so.getAsBoolean()) {
                    assertTrue(System.nanoTime() - end < 0, "not in time: " + what);
                    try {
                        changed.wait(LOOK_MS);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }

        public void awaitReceived(int count) {
            await(count + " messages at " + id, () -> received.size() >= count);
        }

        @Override
        public void close() {
            endpoint.close();
        }
    }

    /** Nodes that know each other. */
    private static void introduce(Node... nodes) {
        for (Node node : nodes) {
            List<Peer> others = new ArrayList<>();
            for (Node other : nodes) {
                if (other != node) others.add(other.peer());
            }
            node.endpoint.peers(others);
        }
    }

    private static void awaitLinked(Node a, Node b) {
        a.await("link", () -> a.link(b).linked() && b.link(a).linked());
    }

    private static void admitEachOther(long epoch, Node a, Node b) {
        a.admit(epoch, b);
        b.admit(epoch, a);
    }

    @Test
    default void lanesDeliverOnceAndInOrder() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            admitEachOther(1, a, b);
            for (int i = 0; i < 1000; i++) { // also what is sent before the link stands
                for (int lane = 0; lane < Peers.LANES; lane++) a.send(b, lane, "" + i);
            }
            b.awaitReceived(1000 * Peers.LANES);
            for (int lane = 0; lane < Peers.LANES; lane++) {
                String prefix = "a" + lane + ' ';
                List<String> of = List.copyOf(b.received).stream()
                        .filter(m -> m.startsWith(prefix))
                        .toList();
                assertEquals(1000, of.size());
                for (int i = 0; i < 1000; i++) assertEquals(prefix + i, of.get(i));
            }
        }
    }

    @Test
    default void peersLinkAndEchoWithoutBeingMembers() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            assertEquals(LinkState.NONE, a.link(b));
            introduce(a, b);
            awaitLinked(a, b);
            a.await("echo of none", () -> a.link(b).echoedEpoch() == 0);
            a.send(b, 0, "dropped, b is not admitted");
            b.admit(3);
            a.await("echo of 3", () -> a.link(b).echoedEpoch() == 3);
            LinkState first = a.link(b);
            a.await("another echo", () -> a.link(b).echoedNanos() - first.echoedNanos() > 0);
            assertTrue(a.link(b).heardNanos() - first.heardNanos() > 0);
            admitEachOther(4, a, b);
            a.send(b, 0, "first");
            b.awaitReceived(1);
            assertEquals(List.of("a0 first"), b.received);
        }
    }

    @Test
    default void ofWhoIsLeftOutNothingIsReceived() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            admitEachOther(1, a, b);
            a.send(b, 1, "as member");
            b.awaitReceived(1);
            b.admit(2);
            a.send(b, 1, "excluded");
            a.await("b is at 2", () -> a.link(b).echoedEpoch() == 2);
            long now = System.nanoTime();
            a.await("a later echo", () -> a.link(b).echoedNanos() - now > 0);
            assertEquals(List.of("a1 as member"), b.received);
            b.send(a, 1, "dropped");
            assertTrue(b.endpoint.isWritable(a.id, 1));
            assertEquals(0, b.endpoint.stats(a.id).queuedBytes());
        }
    }

    @Test
    default void aMessageOfANewerEpochWaitsUntilItIsInstalled() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            admitEachOther(1, a, b);
            awaitLinked(a, b);
            a.admit(2, b);
            a.send(b, 0, "of epoch 2");
            b.await("b heard of epoch 2", () -> b.link(a).echoedEpoch() == 2);
            long now = System.nanoTime();
            b.await("and again", () -> b.link(a).echoedNanos() - now > 0);
            assertTrue(b.received.isEmpty());
            b.admit(2, a);
            b.awaitReceived(1);
        }
    }

    @Test
    default void aNewLifeHasNewLanes() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            admitEachOther(1, a, b);
            a.send(b, 0, "first life");
            b.awaitReceived(1);
            b.reborn(2);
            introduce(a, b);
            a.admit(2, b);
            b.admit(2, a);
            a.send(b, 0, "second life");
            b.awaitReceived(2);
            b.send(a, 0, "hello");
            a.awaitReceived(1);
            assertEquals(List.of("a0 first life", "a0 second life"), b.received);
            assertEquals(LinkState.NONE, a.endpoint.link(new NodeId("b", 1)));
        }
    }

    @Test
    default void whoIsNoPeerIsCutOff() throws IOException {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            awaitLinked(a, b);
            b.endpoint.peers(List.of());
            a.await("cut off", () -> !a.link(b).linked());
            assertFalse(b.link(a).linked());
            introduce(a, b);
            awaitLinked(a, b);
        }
    }

    @Test
    default void tasksRunOnTheLanesThread() throws Exception {
        try (Node a = new Node(this, "a");
                Node b = new Node(this, "b")) {
            introduce(a, b);
            admitEachOther(1, a, b);
            awaitLinked(a, b);
            AtomicReference<Thread> ran = new AtomicReference<>();
            CountDownLatch done = new CountDownLatch(2);
            a.endpoint.execute(b.id, 0, () -> {
                ran.set(Thread.currentThread());
                done.countDown();
            });
            a.endpoint.execute(new NodeId("nobody", 1), 0, done::countDown);
            assertTrue(done.await(20, TimeUnit.SECONDS));
            assertNotEquals(Thread.currentThread(), ran.get());
        }
    }

    @Test
    default void backPressureIsToldAndEndsWithTheLane() throws IOException {
        try (Node a = new Node(this, "a")) {
            NodeId nobody = new NodeId("z", 1);
            a.endpoint.admit(Set.of(nobody), 1);
            byte[] message = new byte[64 * 1024];
            for (int i = 0; i < 10_000 && a.endpoint.isWritable(nobody, 0); i++) a.endpoint.send(nobody, 0, message);
            assertFalse(a.endpoint.isWritable(nobody, 0), "a bound");
            assertTrue(a.endpoint.stats(nobody).queuedBytes() > 0);
            CountDownLatch told = new CountDownLatch(1);
            a.endpoint.whenWritable(nobody, 0, told::countDown);
            assertEquals(1, told.getCount());
            a.endpoint.admit(Set.of(), 2);
            a.await("told", () -> told.getCount() == 0);
        }
    }

    @Test
    default void aMessageFarTooLargeIsRefusedToTheCaller() throws IOException {
        try (Node a = new Node(this, "a")) {
            NodeId nobody = new NodeId("z", 1);
            a.endpoint.admit(Set.of(nobody), 1);
            byte[] message = new byte[256 << 20];
            assertThrows(IllegalArgumentException.class, () -> a.endpoint.send(nobody, 0, message));
        }
    }

    @Test
    default void aClosedPeerIsNoLongerLinkedAndNotCalledDead() throws IOException {
        try (Node a = new Node(this, "a")) {
            Node b = new Node(this, "b");
            introduce(a, b);
            admitEachOther(1, a, b);
            awaitLinked(a, b);
            b.send(a, 0, "last words");
            b.close();
            a.awaitReceived(1);
            a.await("down", () -> !a.link(b).linked());
            assertFalse(a.link(b).dead());
        }
    }
}
