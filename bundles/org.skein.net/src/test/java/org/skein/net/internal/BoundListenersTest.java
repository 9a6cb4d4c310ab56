package org.skein.net.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.skein.net.api.SocketTuning;

class BoundListenersTest {
    private static NettyEventLoops loops;
    private final Set<String> announced = new ConcurrentSkipListSet<>();

    @BeforeAll
    static void start() {
        loops = new NettyEventLoops(1);
    }

    @AfterAll
    static void stop() {
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
    }

    private BoundListeners listeners(int max, int maxPerAddress) {
        return new BoundListeners(List.of("127.0.0.1"), max, maxPerAddress, loops, (info, name) -> {
            announced.add(name);
            return () -> announced.remove(name);
        });
    }

    private static Listeners.Request request(int port) {
        return new Listeners.Request("test", "test-port", port, SocketTuning.DEFAULT);
    }

    /** Greets with one byte. */
    @ChannelHandler.Sharable
    private static final class Greeter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('x'));
        }
    }

    @Test
    void anyFreePortIsBoundAndAnnouncedUntilClosed() throws IOException {
        Listeners.Listener listener = listeners(0, 0).open(request(0), new Greeter());
        InetSocketAddress address = listener.addresses().get(0);
        assertTrue(address.getPort() > 0);
        assertTrue(address.getAddress().isLoopbackAddress());
        assertEquals(Set.of("test"), announced);
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            assertEquals('x', socket.getInputStream().read());
        }
        listener.close();
        listener.close();
        assertEquals(Set.of(), announced);
        assertThrows(IOException.class, () -> new Socket(address.getAddress(), address.getPort()).close());
    }

    @Test
    void aTakenPortIsReportedWithItsSettingAndHolder() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ListenException e = assertThrows(
                    ListenException.class, () -> listeners(0, 0).open(request(taken.getLocalPort()), new Greeter()));
            assertTrue(e.getMessage().contains("port " + taken.getLocalPort() + " is taken"), e.getMessage());
            assertTrue(e.getMessage().contains("--test-port"), e.getMessage());
            assertTrue(e.getMessage().contains("(pid " + ProcessHandle.current().pid() + ")"), e.getMessage());
            assertEquals(Set.of(), announced);
        }
    }

    @Test
    void connectionsBeyondTheLimitsAreClosedAtOnceAndClosedOnesMakeRoom() throws IOException {
        for (BoundListeners limited : List.of(listeners(2, 0), listeners(0, 2))) {
            Listeners.Listener listener = limited.open(request(0), new Greeter());
            InetSocketAddress address = listener.addresses().get(0);
            try (Socket first = new Socket(address.getAddress(), address.getPort());
                    Socket second = new Socket(address.getAddress(), address.getPort())) {
                assertEquals('x', first.getInputStream().read());
                assertEquals('x', second.getInputStream().read());
                assertEquals(-1, greeting(address));
            }
            while (limited.connections() > 0) {
                Thread.onSpinWait();
            }
            assertEquals('x', greeting(address));
            listener.close();
        }
    }

    private static int greeting(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.getInputStream().read();
        } catch (java.net.SocketException reset) {
            return -1;
        }
    }
}
