package org.skein.http.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.net.internal.BoundListeners;
import org.skein.net.internal.NettyEventLoops;

/** Requests as balancers send them, and as nobody should. */
class HttpListenerTest {
    private static final int PATIENCE_MS = 20_000;
    private static final String GET = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    private final NettyEventLoops loops = new NettyEventLoops(1);
    private final BoundListeners listeners =
            new BoundListeners(List.of("127.0.0.1"), 0, 0, loops, (info, name) -> () -> {});
    private volatile NodeHealth health = new NodeHealth("serving", new TreeMap<>(Map.of("database", "OK")));
    private final HttpListener http = new HttpListener(new HttpSettings(0, true, 30_000), () -> health);

    @BeforeEach
    void start() throws IOException {
        http.listen(listeners);
    }

    @AfterEach
    void stop() {
        http.stop();
        loops.stop();
        loops.group().terminationFuture().awaitUninterruptibly();
    }

    private final class Client implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port());

        Client() throws IOException {
            socket.setSoTimeout(PATIENCE_MS);
        }

        Client send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        /** One response without a body, or with the one its header announces. */
        String response(boolean withBody) throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                assertTrue(b >= 0, () -> "ended after " + text);
                text.append((char) b);
            }
            if (withBody) {
                String header = text.toString();
                int at = header.indexOf("content-length: ") + "content-length: ".length();
                int length = Integer.parseInt(header.substring(at, header.indexOf('\r', at)));
                text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            }
            return text.toString();
        }

        String rest() throws IOException {
            try {
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException reset) {
                return "[reset]";
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private String ask(String request) throws IOException {
        try (Client client = new Client()) {
            return client.send(request).response(true);
        }
    }

    /** The status of what answers {@code request}, after which the connection has to end. */
    private int statusAndEnd(String request) throws IOException {
        try (Client client = new Client()) {
            String all = client.send(request).rest();
            assertTrue(all.startsWith("HTTP/1.1 "), all);
            assertTrue(all.contains("connection: close"), all);
            return Integer.parseInt(all.substring(9, 12));
        }
    }

    @Test
    void aNodeThatServesIsUp() throws IOException {
        String response = ask(GET);
        assertTrue(response.startsWith("HTTP/1.1 200 OK\r\n"), response);
        assertTrue(response.contains("content-type: application/json\r\n"), response);
        assertTrue(
                response.endsWith("{\"status\":\"up\",\"node\":\"serving\",\"checks\":{\"database\":\"ok\"}}\n"),
                response);
    }

    @Test
    void aNodeWhereNobodyCanLogInIsDown() throws IOException {
        health = new NodeHealth("serving", new TreeMap<>(Map.of("database", "DOWN", "tls", "OK")));
        assertTrue(ask(GET).startsWith("HTTP/1.1 503 "));
        for (String state : List.of("draining", "outside", "joining", "closed")) {
            health = new NodeHealth(state, new TreeMap<>());
            String response = ask(GET);
            assertTrue(response.startsWith("HTTP/1.1 503 "), response);
            assertTrue(response.contains("{\"status\":\"down\",\"node\":\"" + state + "\""), response);
        }
        health = new NodeHealth("serving", new TreeMap<>(Map.of("tls", "DEGRADED")));
        assertTrue(ask(GET).startsWith("HTTP/1.1 200 "));
    }

    @Test // RFC 9110 §9.3.2
    void aHeadRequestIsAnsweredWithoutTheBody() throws IOException {
        try (Client client = new Client()) {
            String head = client.send(GET.replace("GET", "HEAD")).response(false);
            String get = client.send(GET).response(true);
            assertTrue(get.startsWith(head), head);
            assertTrue(get.length() > head.length());
        }
    }

    @Test // RFC 9112 §9.3
    void aConnectionIsKeptUnlessTheClientSaysOtherwise() throws IOException {
        try (Client client = new Client()) {
            for (int i = 0; i < 3; i++) {
                client.send(GET).response(true);
            }
            client.send(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                    .response(true);
            assertEquals("", client.rest());
        }
        assertEquals(200, statusAndEnd("GET /health HTTP/1.0\r\n\r\n")); // as haproxy's httpchk does
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (Client client = new Client()) {
            client.send(GET + GET.replace("/health", "/other") + GET.replace("GET", "HEAD") + GET);
            assertTrue(client.response(true).startsWith("HTTP/1.1 200 "));
            assertTrue(client.response(true).startsWith("HTTP/1.1 404 "));
            assertTrue(client.response(false).startsWith("HTTP/1.1 200 "));
            assertTrue(client.response(true).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void everythingElseIsNotFound() throws IOException {
        for (String path : List.of("/", "/healthy", "/health/", "/../health", "//health", "*", "/%68ealth")) {
            assertTrue(ask(GET.replace("/health", path)).startsWith("HTTP/1.1 404 "), path);
        }
        assertTrue(ask(GET.replace("/health", "/health?from=balancer")).startsWith("HTTP/1.1 200 "));
        assertTrue(
                ask(GET.replace("/health", "http://node1.example:5280/health")).startsWith("HTTP/1.1 200 "));
        assertTrue(ask(GET.replace("GET", "POST")).startsWith("HTTP/1.1 405 "));
    }

    @Test
    void switchedOffItIsNotFoundAndAChangedPortIsOpenedAnew() throws IOException {
        int port = http.port();
        http.change(new HttpSettings(0, false, 30_000), listeners);
        assertEquals(port, http.port());
        assertTrue(ask(GET).startsWith("HTTP/1.1 404 "));
        http.change(new HttpSettings(-1, true, 30_000), listeners);
        assertEquals(-1, http.port());
        http.change(new HttpSettings(0, true, 30_000), listeners);
        assertTrue(ask(GET).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aBodyIsDroppedAndTheNextRequestAnswered() throws IOException {
        try (Client client = new Client()) {
            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            assertTrue(client.response(true).startsWith("HTTP/1.1 404 "));
            client.send(
                    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + GET);
            assertTrue(client.response(true).startsWith("HTTP/1.1 404 "));
            assertTrue(client.response(true).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void whatIsNoRequestIsRefusedAndTheConnectionEnds() throws IOException {
        String post = "POST /x HTTP/1.1\r\nHost: a\r\n";
        assertEquals(400, statusAndEnd("GET /health HTTP/1.1\r\n\r\n"));
        assertEquals(400, statusAndEnd("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
        assertEquals(400, statusAndEnd("<?xml version='1.0'?>\r\n\r\n"));
        assertEquals(400, statusAndEnd("\u0016\u0003\u0001\u0002\0\u0001\0\r\n\r\n"));
        assertEquals(400, statusAndEnd(post + "Content-Length: -5\r\n\r\n" + GET));
        assertEquals(400, statusAndEnd(post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + GET));
        assertEquals(400, statusAndEnd(post + "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n" + GET));
        assertEquals(414, statusAndEnd("GET /" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n"));
        assertEquals(431, statusAndEnd("GET / HTTP/1.1\r\nHost: a\r\n" + "A: b\r\n".repeat(3000) + "\r\n"));
        assertEquals(413, statusAndEnd(post + "Content-Length: 70000\r\n\r\n" + "x".repeat(70000)));
        assertTrue(ask(GET).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void whoIsSlowOrSilentIsCut() throws IOException {
        http.change(new HttpSettings(0, true, 30), listeners);
        try (Client silent = new Client();
                Client slow = new Client();
                Client idle = new Client()) {
            slow.send("GET /health HT");
            assertTrue(answerAndEnd(idle).matches("(?s)HTTP/1.1 200 .*|\\[reset\\]|"));
            assertFalse(silent.rest().startsWith("HTTP"));
            assertFalse(slow.rest().startsWith("HTTP"));
        }
    }

    /** It may be cut before it has asked. */
    private static String answerAndEnd(Client client) throws IOException {
        try {
            return client.send(GET).rest();
        } catch (SocketException e) {
            return "[reset]";
        }
    }
}
