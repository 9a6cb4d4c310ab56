package org.skein.net.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.skein.net.api.Listeners;
import org.skein.net.api.RemoteAddress;
import org.skein.net.api.SocketTuning;

/** PROXY protocol (haproxy's doc/proxy-protocol.txt) in front of a listener that says who it speaks with, and echoes. */
class ProxyHeaderTest {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};
    private static final int PATIENCE_MS = 20_000;
    private static NettyEventLoops loops;
    private Listeners.Listener listener;

    @BeforeAll
    static void start() {
        loops = new NettyEventLoops(1);
    }

    @AfterAll
    static void stop() {
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
    }

    @AfterEach
    void close() {
        if (listener != null) {
            listener.close();
        }
    }

    private BoundListeners open(String balancers, int maxPerAddress, long withinMs, boolean behindBalancer)
            throws IOException {
        BoundListeners listeners =
                new BoundListeners(List.of("127.0.0.1"), 0, maxPerAddress, loops, (info, name) -> () -> {}, withinMs);
        listeners.trust(balancers);
        listener = listeners.open(
                new Listeners.Request("test", "test-port", 0, SocketTuning.DEFAULT, behindBalancer), new Speaker());
        return listeners;
    }

    private BoundListeners open() throws IOException {
        return open("127.0.0.0/8", 0, PATIENCE_MS, true);
    }

    @ChannelHandler.Sharable
    private static final class Speaker extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            InetSocketAddress client = (InetSocketAddress) RemoteAddress.of(ctx.channel());
            say(ctx, client.getAddress().getHostAddress() + " " + client.getPort() + "\n");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }

        private static void say(ChannelHandlerContext ctx, String text) {
            ByteBuf out = ctx.alloc().buffer();
            out.writeCharSequence(text, StandardCharsets.US_ASCII);
            ctx.writeAndFlush(out);
        }
    }

    /** One connection from the balancer. */
    private final class Client implements AutoCloseable {
        private final Socket socket;

        Client() throws IOException {
            InetSocketAddress address = listener.addresses().get(0);
            socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(PATIENCE_MS);
            socket.setTcpNoDelay(true);
        }

        Client send(byte[]... parts) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                all.write(part);
            }
            socket.getOutputStream().write(all.toByteArray());
            return this;
        }

        Client send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = socket.getInputStream().read();
                    b != '\n';
                    b = socket.getInputStream().read()) {
                if (b < 0) {
                    return line + "[end]";
                }
                line.append((char) b);
            }
            return line.toString();
        }

        /** All that comes until the connection ends. */
        String rest() throws IOException {
            try {
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException reset) {
                return "";
            }
        }

        String socketAddress() {
            return "127.0.0.1 " + socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] version2(int versionAndCommand, String from, int port, byte... extra) throws IOException {
        byte[] source = InetAddress.getByName(from).getAddress();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(SIGNATURE);
        out.writeByte(versionAndCommand);
        out.writeByte(source.length == 4 ? 0x11 : 0x21);
        out.writeShort(2 * source.length + 4 + extra.length);
        out.write(source);
        out.write(new byte[source.length]);
        out.writeShort(port);
        out.writeShort(5222);
        out.write(extra);
        return bytes.toByteArray();
    }

    @Test
    void theAddressInTheHeaderIsTheClients() throws IOException {
        open();
        try (Client four = new Client();
                Client six = new Client();
                Client old = new Client();
                Client extra = new Client()) {
            assertEquals(
                    "203.0.113.7 4711",
                    four.send(version2(0x21, "203.0.113.7", 4711)).line());
            assertEquals(
                    "2001:db8:0:0:0:0:0:7 4712",
                    six.send(version2(0x21, "2001:db8::7", 4712)).line());
            assertEquals(
                    "203.0.113.8 65535",
                    old.send("PROXY TCP4 203.0.113.8 192.0.2.1 65535 5222\r\n").line());
            byte[] authority = {2, 0, 5, 'h', 'e', 'l', 'l', 'o'};
            assertEquals(
                    "203.0.113.9 1",
                    extra.send(version2(0x21, "203.0.113.9", 1, authority)).line());
        }
    }

    @Test
    void whatFollowsTheHeaderIsTheStream() throws IOException {
        open();
        try (Client client = new Client()) {
            client.send(version2(0x21, "203.0.113.7", 4711), "first\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("203.0.113.7 4711", client.line());
            assertEquals("first", client.line());
            assertEquals("second", client.send("second\n").line());
        }
    }

    @Test
    void theHeaderMayComeByteByByte() throws IOException {
        open();
        try (Client client = new Client()) {
            for (byte b : version2(0x21, "203.0.113.7", 4711)) {
                client.send(new byte[] {b});
            }
            assertEquals("203.0.113.7 4711", client.line());
        }
    }

    @Test
    void aHealthCheckKeepsTheBalancersAddress() throws IOException {
        open();
        try (Client local = new Client();
                Client unknown = new Client()) {
            assertEquals(
                    local.socketAddress(),
                    local.send(version2(0x20, "203.0.113.7", 4711)).line());
            assertEquals(
                    unknown.socketAddress(), unknown.send("PROXY UNKNOWN\r\n").line());
        }
    }

    @Test
    void whateverElseABalancerSendsEndsTheConnectionUnanswered() throws IOException {
        open();
        byte[] tooLong = version2(0x21, "203.0.113.7", 4711, new byte[4000]);
        byte[] tooShort = version2(0x21, "203.0.113.7", 4711);
        tooShort[15] = 3;
        byte[] wrongVersion = version2(0x31, "203.0.113.7", 4711);
        byte[] wrongCommand = version2(0x2f, "203.0.113.7", 4711);
        for (byte[] bad : List.of(
                "<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='localhost'>"
                        .getBytes(StandardCharsets.UTF_8),
                "PROXY TCP4 300.0.113.8 192.0.2.1 65535 5222\r\n".getBytes(StandardCharsets.UTF_8),
                "PROXY TCP4 203.0.113.8 192.0.2.1 65536 5222\r\n".getBytes(StandardCharsets.UTF_8),
                ("PROXY TCP4 " + "1".repeat(200)).getBytes(StandardCharsets.UTF_8),
                tooLong,
                tooShort,
                wrongVersion,
                wrongCommand,
                new byte[200])) {
            try (Client client = new Client()) {
                client.send(bad, "more\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals("", client.rest());
            }
        }
    }

    @Test
    void aHeaderThatDoesNotComeIsNotAwaitedForLong() throws IOException {
        open("127.0.0.1", 0, 20, true);
        try (Client silent = new Client();
                Client slow = new Client()) {
            assertEquals("", silent.rest());
            slow.send("PROXY TC");
            assertEquals("", slow.rest());
        }
    }

    @Test
    void fromOtherAddressesAHeaderIsPartOfTheStream() throws IOException {
        open("10.0.0.0/8", 0, PATIENCE_MS, true);
        try (Client client = new Client()) {
            client.send("PROXY TCP4 203.0.113.8 192.0.2.1 65535 5222\r\n");
            assertEquals(client.socketAddress(), client.line());
            assertEquals("PROXY TCP4 203.0.113.8 192.0.2.1 65535 5222\r", client.line());
        }
    }

    @Test
    void aListenerThatIsNotForBalancersTakesNoHeader() throws IOException {
        open("127.0.0.1", 0, PATIENCE_MS, false);
        try (Client client = new Client()) {
            assertEquals(client.socketAddress(), client.line());
        }
    }

    @Test
    void theLimitForEachAddressCountsClientsNotTheBalancer() throws IOException {
        BoundListeners listeners = open("127.0.0.1", 1, PATIENCE_MS, true);
        try (Client first = new Client();
                Client second = new Client();
                Client third = new Client()) {
            assertEquals(
                    "203.0.113.7 1",
                    first.send(version2(0x21, "203.0.113.7", 1)).line());
            assertEquals(
                    "203.0.113.8 1",
                    second.send(version2(0x21, "203.0.113.8", 1)).line());
            assertEquals("", third.send(version2(0x21, "203.0.113.7", 2)).rest());
            assertEquals(1, listeners.refused());
        }
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
        while (listeners.connections() > 0) {
            assertTrue(System.nanoTime() < end, "still connected");
            Thread.onSpinWait();
        }
        try (Client again = new Client()) {
            assertEquals(
                    "203.0.113.7 3",
                    again.send(version2(0x21, "203.0.113.7", 3)).line());
        }
    }
}
