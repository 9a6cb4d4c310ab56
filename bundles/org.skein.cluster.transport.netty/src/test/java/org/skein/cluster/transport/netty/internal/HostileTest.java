package org.skein.cluster.transport.netty.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.Peer;

/** Every byte of the cluster port is hostile until the peer is pinned, and checked afterwards. */
@Timeout(60)
class HostileTest {
    private static final NodeId A = new NodeId("a", 1);
    private static final String STREAM_7 = "00000012 06 00 0000000000000007 0000000000000001";
    private static final String DATA_1 = "00000014 02 00 0000000000000001 0000000000000001 6869";

    private TestNode node;
    private FakePeer fake;

    @BeforeEach
    void start() throws IOException {
        Settings settings = new Settings();
        settings.maxMessageBytes = 1 << 20;
        node = new TestNode("b", settings);
        fake = new FakePeer(A);
    }

    @AfterEach
    void stop() {
        fake.close();
        node.close();
    }

    private void known() {
        node.knows(fake.peer());
        node.admits(1, A);
    }

    private static ByteBuf hello(Hello hello) {
        return hello.encode(FakePeer.HEAP);
    }

    private String plain(byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", node.endpoint.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes);
            return new String(readAll(socket.getInputStream()), UTF_8);
        }
    }

    private static byte[] readAll(InputStream in) throws IOException {
        try {
            return in.readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void plainTextAndHttpGetNothing() throws IOException {
        assertFalse(plain("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8)).contains("HTTP"));
        assertFalse(
                plain(("<stream:stream>" + " ".repeat(5000)).getBytes(UTF_8)).contains("stream"));
        node.await("both counted", () -> node.counts.of("cluster.connections.refused") >= 2);
        node.await("none left", () -> node.endpoint.strangers().count() == 0);
    }

    private SSLSocket tls(String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEverybody()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", node.endpoint.port());
        socket.setEnabledProtocols(new String[] {protocol});
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static final class TrustEverybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void tlsWithoutACertificateGetsAnAlert() throws Exception {
        try (SSLSocket socket = tls("TLSv1.3")) {
            assertThrows(IOException.class, () -> {
                socket.startHandshake();
                socket.getOutputStream().write(new byte[64]);
                if (socket.getInputStream().read() < 0) throw new SSLException("closed");
            });
        }
    }

    @Test
    void tls12IsRefused() throws Exception {
        try (SSLSocket socket = tls("TLSv1.2")) {
            assertThrows(IOException.class, socket::startHandshake);
        }
    }

    @Test
    void aCertificateNobodyNamedGetsNothingButTheAlert() throws Exception {
        FakePeer.Line line = fake.dial(node);
        line.say(hello(fake.hello(node.id(), 0)));
        assertEquals(List.of(), line.untilClosed());
    }

    @Test
    void aPinnedCertificateUnderAnotherNameIsRefused() throws Exception {
        NodeId other = new NodeId("a2", 1);
        node.knows(fake.peer(), new Peer(other, "127.0.0.1", 1, Set.of("00".repeat(32))));
        FakePeer.Line line = fake.dial(node);
        Hello honest = fake.hello(node.id(), 0);
        line.say(hello(new Hello(1, 1, 0, 0, honest.lanes(), other, node.id(), 0, 0, 1000)));
        assertEquals(List.of(Frames.REFUSED), line.untilClosed());
        assertFalse(node.endpoint.link(other).linked());
    }

    @Test
    void aRightCertificateWithAnotherIncarnationIsRefused() throws Exception {
        known();
        Hello honest = fake.hello(node.id(), 0);
        for (long incarnation : new long[] {2, Long.MAX_VALUE}) {
            FakePeer.Line line = fake.dial(node);
            line.say(hello(new Hello(1, 1, 0, 0, honest.lanes(), new NodeId("a", incarnation), node.id(), 0, 0, 1000)));
            assertEquals(List.of(Frames.REFUSED), line.untilClosed());
        }
    }

    @Test
    void whoWantsAnotherLifeOfThisNodeIsToldWhoIsHere() throws Exception {
        known();
        FakePeer.Line line = fake.dial(node);
        line.say(hello(fake.hello(new NodeId("b", 77), 0)));
        ByteBuf answer = Unpooled.wrappedBuffer(line.next());
        answer.skipBytes(Frames.HEAD_BYTES);
        Refusal refusal = Refusal.decode(answer);
        assertEquals(Frames.OTHER_INCARNATION, refusal.code());
        assertEquals(node.id(), refusal.by());
        assertEquals(List.of(), line.untilClosed());
    }

    @Test
    void aHelloSaidAgainOnTheSameOrAnotherConnectionGainsNothing() throws Exception {
        known();
        FakePeer.Line first = fake.link(node, 0);
        first.say(STREAM_7 + DATA_1);
        node.awaitGot(1);
        first.say(hello(fake.hello(node.id(), 0)));
        assertTrue(first.untilClosed().contains(Frames.GOODBYE));
        FakePeer.Line second = fake.link(node, 0);
        second.say(STREAM_7 + DATA_1); // sent again, as after a break
        second.say("00000014 02 00 0000000000000001 0000000000000002 6869");
        node.awaitGot(2);
        assertEquals(List.of("hi", "hi"), node.texts(node.got));
        second.channel.close();
    }

    @Test
    void framesThatBreakTheRulesCloseTheConnectionWithAReason() throws Exception {
        known();
        List<String> bad =
                List.of(
                        "ffffffff 02 00", // longer than anything
                        "00200000 02 00", // longer than a message may be
                        "00000001 02", // shorter than its head
                        "0000000a 02 00 0000000000000001", // truncated body
                        "00000002 7f 00", // unknown type
                        "00000002 01 00", // hello again
                        DATA_1, // before its order
                        STREAM_7 + "00000014 02 00 0000000000000001 0000000000000005 6869", // a gap
                        "00000016 03 00 0000000000000001 ffffffffffffffff 00000001", // negative
                        "00000016 03 00 0000000000000001 0000000000000001 ffffffff", // negative window
                        "00000026 05 00 00ffffffffffffff 0000000000000001 0000000000000000 0000000000000000 00000001", // of no ping
                        "00000006 09 00 deadbeef", // not compressed
                        "00000012 06 00 0000000000000000 0000000000000001"); // order 0
        for (String frames : bad) {
            FakePeer.Line line = fake.link(node, 0);
            line.say(frames);
            List<Integer> seen = line.untilClosed();
            assertEquals(Frames.GOODBYE, seen.get(seen.size() - 1), frames);
        }
        assertEquals(bad.size(), node.counts.of("cluster.frames.bad"));
        assertEquals(0, node.got.size());
        FakePeer.Line control = fake.link(node, NettyEndpoint.CONTROL);
        control.say(STREAM_7);
        assertTrue(control.untilClosed().contains(Frames.GOODBYE));
    }

    @Test
    void whatGrowsWithoutBoundWhenInflatedIsRefused() throws Exception {
        known();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[100 << 20]);
        byte[] bomb = new byte[1 << 20];
        int length = deflater.deflate(bomb, 0, bomb.length, Deflater.SYNC_FLUSH);
        deflater.end();
        FakePeer.Line line = fake.link(node, 0);
        ByteBuf frame = Unpooled.buffer();
        Frames.head(frame, Frames.DEFLATED, 0, length);
        line.say(frame.writeBytes(bomb, 0, length));
        assertTrue(line.untilClosed().contains(Frames.GOODBYE));
        assertEquals(1, node.counts.of("cluster.frames.bad"));
    }

    @Test
    void garbageAfterTlsInsteadOfAHelloIsClosedWithoutAWord() throws Exception {
        known();
        List<String> bad = List.of(
                "47455420 2f20",
                "00000010 01 00 00000000 00000000 00000000 0000",
                "00000004 02 00 0000",
                "00000008 08 00 0001 00000000");
        for (String bytes : bad) {
            FakePeer.Line line = fake.dial(node);
            assertTrue(line.isSecured());
            line.say(bytes);
            assertEquals(List.of(), line.untilClosed(), bytes);
        }
    }

    @Test
    void messagesOfAMemberThatIsOutOfTheViewAreNeitherDeliveredNorConfirmed() throws Exception {
        known();
        node.admits(5); // excluded
        FakePeer.Line line = fake.link(node, 0);
        line.say(STREAM_7);
        for (int i = 1; i <= 1000; i++) {
            line.say("00000014 02 00 0000000000000004 " + String.format("%016x", i) + " 6869");
        }
        line.say("00000026 04 00 0000000000000009 0000000000000004 0000000000000000 0000000000000000 00000001");
        ByteBuf echo = Unpooled.wrappedBuffer(line.next(Frames.ECHO));
        echo.skipBytes(Frames.HEAD_BYTES);
        assertEquals(9, echo.readLong());
        assertEquals(5, echo.readLong(), "the epoch installed here");
        assertEquals(7, echo.readLong());
        assertEquals(0, echo.readLong(), "nothing is consumed");
        assertTrue(node.got.isEmpty());
    }

    @Test
    void whatIsHeldBackForAnEpochIsBounded() throws Exception {
        known();
        FakePeer.Line line = fake.link(node, 0);
        line.say(STREAM_7);
        byte[] big = new byte[1 << 20];
        for (int i = 1; i <= 6; i++) {
            ByteBuf frame = Unpooled.buffer();
            Frames.data(frame, 1_000_000, i, big);
            line.say(frame);
        }
        assertTrue(line.untilClosed().contains(Frames.GOODBYE));
        assertTrue(node.got.isEmpty());
    }

    @Test
    void connectionsThatNeverSpeakKeepNobodyOut(@TempDir Path folder) throws Exception {
        Settings settings = new Settings();
        settings.handshakeMs = 30_000;
        settings.maxStrangers = 5;
        // one event loop: it takes connections in the order they came
        try (TestNode strict = new TestNode(new NodeId("b", 1), settings, 1, "auto", folder)) {
            strict.knows(fake.peer());
            List<Socket> sockets = silent(strict, 30);
            fake.link(strict, 0).channel.close();
            assertTrue(strict.endpoint.strangers().count() <= 5);
            for (Socket socket : sockets) socket.close();
            strict.await("none left", () -> strict.endpoint.strangers().count() == 0);
        }
    }

    @Test
    void connectionsThatNeverSpeakEndAtTheDeadline() throws Exception {
        Settings settings = new Settings();
        settings.handshakeMs = 200;
        try (TestNode strict = new TestNode("b", settings)) {
            for (Socket socket : silent(strict, 3)) {
                socket.setSoTimeout(10_000);
                readAll(socket.getInputStream());
                socket.close();
            }
            strict.await("none left", () -> strict.endpoint.strangers().count() == 0);
        }
    }

    private static List<Socket> silent(TestNode at, int count) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) sockets.add(new Socket("127.0.0.1", at.endpoint.port()));
        return sockets;
    }

    @Test
    void aPeerThatShowsAnotherCertificateThanExpectedIsNotEvenGreeted() throws Exception {
        try (TestNode a = new TestNode("a");
                TestNode other = new TestNode("c")) {
            // a is told that b is where c listens; c is pinned too, so TLS itself succeeds
            a.knows(node.peer(other.endpoint.port()), other.peer());
            other.knows(a.peer(), node.peer());
            a.await("strange", () -> a.counts.of("cluster.connections.refused") > 0);
            assertFalse(a.link(node).linked());
            a.await("the right one", () -> a.link(other).linked());
        }
    }
}
