package org.skein.cluster.transport.netty.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.transport.netty.internal.Frames.BadFrame;

/** The bytes of version 1 never change, and a node of the next version is understood. */
@Timeout(60)
class VersionsTest {
    private static final NodeId A = new NodeId("a.example", 0x1122334455667788L);
    private static final NodeId B = new NodeId("bücher.example", 2);
    private static final Hello HELLO = new Hello(1, 1, Hello.INFLATES, 3, 4, A, B, 0x0102030405060708L, 9, 1 << 22);

    private static ByteBuf golden(String name) throws IOException {
        try (InputStream in = VersionsTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
            String hex =
                    new String(in.readAllBytes(), UTF_8).replaceAll("#.*", "").replaceAll("\\s", "");
            return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
        }
    }

    private static void same(String name, ByteBuf written) throws IOException {
        assertEquals(ByteBufUtil.hexDump(golden(name)), ByteBufUtil.hexDump(written), name);
    }

    @Test
    void goldenFramesAreWrittenAsEver() throws IOException {
        ByteBufAllocator heap = FakePeer.HEAP;
        same("hello", HELLO.encode(heap));
        same("refused", new Refusal(Frames.OTHER_INCARNATION, B, "no longer or not yet").encode(heap));
        ByteBuf data = Unpooled.buffer();
        Frames.data(data, 42, 7, "<message/>".getBytes(UTF_8));
        same("data", data);
        ByteBuf ack = Unpooled.buffer();
        Frames.ack(ack, 0x0102030405060708L, 9, 1 << 22);
        same("ack", ack);
        ByteBuf ping = Unpooled.buffer();
        Frames.ping(ping, Frames.PING, 99, 42, 0x0102030405060708L, 9, 1 << 22);
        same("ping", ping);
        ByteBuf echo = Unpooled.buffer();
        Frames.ping(echo, Frames.ECHO, 99, 42, 0x0102030405060708L, 9, 1 << 22);
        same("echo", echo);
        ByteBuf stream = Unpooled.buffer();
        Frames.stream(stream, 0x0102030405060708L, 10);
        same("stream", stream);
        ByteBuf goodbye = Unpooled.buffer();
        Frames.goodbye(goodbye, Frames.PROTOCOL, "unknown frame type 127");
        same("goodbye", goodbye);
    }

    @Test
    void goldenGreetingsAreReadAsEver() throws Exception {
        assertEquals(HELLO, Hello.decode(golden("hello").skipBytes(Frames.HEAD_BYTES)));
        assertEquals(
                B,
                Refusal.decode(golden("refused").skipBytes(Frames.HEAD_BYTES)).by());
    }

    @Test
    void everyTruncationOfAHelloIsAnErrorOfThePeer() throws Exception {
        ByteBuf whole = golden("hello").skipBytes(Frames.HEAD_BYTES);
        for (int length = 0; length < whole.readableBytes(); length++) {
            ByteBuf part = whole.slice(whole.readerIndex(), length);
            assertThrows(BadFrame.class, () -> Hello.decode(part));
        }
    }

    @Test
    void theLowerOfTheHighestVersionsIsSpoken() {
        Hello next = new Hello(1, 2, 0, 0, Peers.LANES, A, B, 0, 0, 0);
        assertEquals(1, next.common(1, 1));
        assertEquals(2, next.common(2, 3));
        assertEquals(-1, next.common(3, 4));
        assertEquals(-1, new Hello(5, 6, 0, 0, Peers.LANES, A, B, 0, 0, 0).common(1, 4));
    }

    /** Longer hello, unknown features and flags, longer bodies, a new frame type that may be skipped. */
    @Test
    void aPeerOfTheNextVersionIsUnderstood() throws Exception {
        try (TestNode node = new TestNode("b");
                FakePeer fake = new FakePeer(new NodeId("a", 1))) {
            node.knows(fake.peer());
            node.admits(1, fake.id);
            FakePeer.Line line = fake.dial(node);
            Hello hello = new Hello(1, 2, 0x7ffffffe, 0, Peers.LANES, fake.id, node.id(), 0, 0, 1 << 20);
            ByteBuf frame = hello.encode(FakePeer.HEAP);
            frame.writeBytes(new byte[40]);
            frame.setInt(0, frame.readableBytes() - Frames.LENGTH_BYTES);
            line.say(frame);
            ByteBuf answer = Unpooled.wrappedBuffer(line.next(Frames.HELLO));
            assertEquals(1, Hello.decode(answer.skipBytes(Frames.HEAD_BYTES)).maxVersion());
            line.say("0000001a 06 00 0000000000000007 0000000000000001 ffffffffffffffff"); // longer
            line.say("00000006 50 01 01020304"); // unknown, may be skipped
            line.say("00000014 02 fe 0000000000000001 0000000000000001 6869"); // flags of later
            node.awaitGot(1);
            assertEquals(List.of("hi"), node.texts(node.got));
            line.say("00000006 50 00 01020304"); // unknown, needed
            assertTrue(line.untilClosed().contains(Frames.GOODBYE));
        }
    }

    @Test
    void aNodeThatOffersTheNextVersionLinksWithOneOfThis() throws Exception {
        Settings next = new Settings();
        next.maxVersion = Frames.VERSION + 1;
        try (TestNode a = new TestNode("a", next);
                TestNode b = new TestNode("b")) {
            TestNode.join(a, b);
            a.awaitLinked(b);
            a.endpoint.send(b.id(), 0, new byte[] {'x'});
            b.awaitGot(1);
        }
    }

    @Test
    void withNoVersionInCommonTheReasonIsTold() throws Exception {
        try (TestNode node = new TestNode("b");
                FakePeer fake = new FakePeer(new NodeId("a", 1))) {
            node.knows(fake.peer());
            FakePeer.Line line = fake.dial(node);
            line.say(new Hello(8, 9, 0, 0, Peers.LANES, fake.id, node.id(), 0, 0, 1).encode(FakePeer.HEAP));
            Refusal refusal = Refusal.decode(Unpooled.wrappedBuffer(line.next()).skipBytes(Frames.HEAD_BYTES));
            assertEquals(Frames.NO_VERSION, refusal.code());
            assertEquals("versions 8 to 9", refusal.reason());
        }
    }
}
