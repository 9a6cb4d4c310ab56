package org.skein.console.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class WireTest {
    @TempDir
    private Path folder;

    private SocketChannel client;
    private SocketChannel server;

    @BeforeEach
    void connect() throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            server = listener.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void framesArriveWholeAndInOrder() throws IOException {
        Wire sender = new Wire(client);
        Wire receiver = new Wire(server);
        sender.send(Frame.of(Frame.Type.SHELL, List.of("xterm", "80", "24")));
        sender.send(Frame.of(Frame.Type.INPUT, ""));
        sender.send(Frame.of(Frame.Type.INPUT, "grüße"));
        sender.close();

        assertEquals(List.of("xterm", "80", "24"), receiver.read().orElseThrow().words());
        assertEquals("", receiver.read().orElseThrow().text());
        assertEquals("grüße", receiver.read().orElseThrow().text());
        assertEquals(Optional.empty(), receiver.read());
    }

    @Test
    void oneThreadWaitsForInputWhileAnotherSends() throws Exception {
        Wire here = new Wire(client);
        Wire there = new Wire(server);
        CompletableFuture<Frame> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return here.read().orElseThrow();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        here.send(Frame.of(Frame.Type.INPUT, "while waiting"));
        assertEquals("while waiting", there.read().orElseThrow().text());
        assertFalse(waiting.isDone());
        there.send(Frame.of(Frame.Type.EXIT, "0"));
        assertEquals("0", waiting.get(10, TimeUnit.SECONDS).text());
    }

    @Test
    void aThreadThatWasInterruptedSendsAndStaysInterrupted() throws IOException {
        Wire here = new Wire(client);
        Thread.currentThread().interrupt();
        here.send(Frame.of(Frame.Type.OUTPUT, "cancelled"));
        assertTrue(Thread.interrupted());
        assertEquals("cancelled", new Wire(server).read().orElseThrow().text());
    }

    @Test
    void whatIsNoFrameIsRefused() throws IOException {
        client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes()));
        assertThrows(IOException.class, () -> new Wire(server).read());
    }

    @Test
    void aStreamThatEndsInsideAFrameIsAnError() throws IOException {
        client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 9, 'x'}));
        client.close();
        assertThrows(IOException.class, () -> new Wire(server).read());
    }

    @Test
    void theSocketIsInRunUnlessThePathIsTooLong() throws IOException {
        assertEquals(folder.resolve("run/console.sock"), SocketPlace.find(folder));
        Path deep = folder.resolve("x".repeat(100));
        assertFalse(SocketPlace.fits(SocketPlace.usual(deep)));
        Files.createDirectories(deep.resolve("run"));
        Files.writeString(SocketPlace.pointer(deep), "/tmp/elsewhere/console.sock\n");
        assertEquals(Path.of("/tmp/elsewhere/console.sock"), SocketPlace.find(deep));
        assertTrue(SocketPlace.fits(SocketPlace.find(deep)));
    }
}
