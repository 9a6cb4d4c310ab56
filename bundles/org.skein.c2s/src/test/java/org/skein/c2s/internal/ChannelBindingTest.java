package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.auth.StreamSecurity;
import org.skein.api.session.ClientStream;

/** What the server binds to is what the client sees. */
class ChannelBindingTest {
    private static final int JDK_WITH_EXPORTER = 25;

    @TempDir
    Path base;

    /** The server's view of the last stream's security, read on its event loop. */
    private static <T> T ask(TestEdge edge, Function<StreamSecurity, T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        ClientStream stream = edge.sessions.streams.get(edge.sessions.streams.size() - 1);
        stream.execute(() -> answer.complete(question.apply(stream.security())));
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test // RFC 5929 §4.1
    void theEndPointIsTheHashOfTheCertificateTheClientGot() throws Exception {
        for (String engine : List.of("openssl", "jdk")) {
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                try (TestEdge edge = new TestEdge(base, C2sSettings.DEFAULT, engine);
                        RawClient client = new RawClient(edge.tlsPort)) {
                    assertEquals(engine, edge.tls.engine());
                    client.tls("localhost", List.of(protocol), List.of())
                            .open()
                            .login("romeo")
                            .open();
                    byte[] certificate = client.tlsSocket()
                            .getSession()
                            .getPeerCertificates()[0]
                            .getEncoded();
                    assertArrayEquals(
                            MessageDigest.getInstance("SHA-256").digest(certificate),
                            ask(edge, s -> s.channelBinding("tls-server-end-point"))
                                    .orElseThrow());
                    assertTrue(ask(edge, StreamSecurity::description).startsWith(protocol + " TLS_"));
                    boolean exporter = protocol.equals("TLSv1.3")
                            && (engine.equals("openssl") || Runtime.version().feature() >= JDK_WITH_EXPORTER);
                    assertEquals(
                            exporter ? Set.of("tls-exporter", "tls-server-end-point") : Set.of("tls-server-end-point"),
                            ask(edge, StreamSecurity::channelBindingTypes));
                    assertEquals(Optional.empty(), ask(edge, s -> s.channelBinding("tls-unique")));
                    assertTrue(ask(edge, StreamSecurity::remoteAddress).isPresent());
                }
            }
        }
    }

    @Test // RFC 9266, computed by another implementation
    void theExporterIsWhatOpenSslComputes() throws Exception {
        boolean jdkToo = Runtime.version().feature() >= JDK_WITH_EXPORTER;
        for (String engine : jdkToo ? List.of("openssl", "jdk") : List.of("openssl")) {
            for (String suite : List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")) {
                try (TestEdge edge = new TestEdge(base, C2sSettings.DEFAULT, engine)) {
                    String shown = exportedBySClient(edge, suite);
                    byte[] ours =
                            ask(edge, s -> s.channelBinding("tls-exporter")).orElseThrow();
                    assertEquals(shown, HexFormat.of().formatHex(ours), engine + " " + suite);
                }
            }
        }
    }

    private static String exportedBySClient(TestEdge edge, String suite) throws IOException, InterruptedException {
        Process client = sClient(edge.tlsPort, suite);
        try (OutputStream out = client.getOutputStream();
                InputStream in = client.getInputStream()) {
            StringBuilder output = new StringBuilder();
            say(out, RawClient.HEADER);
            hear(in, output, "</stream:features>");
            say(out, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHJvbWVvAHNlY3JldA==</auth>");
            hear(in, output, "<success ");
            say(out, RawClient.HEADER);
            hear(in, output, "<bind ");
            Matcher shown = Pattern.compile("Keying material: ([0-9A-F]{64})").matcher(output);
            assertTrue(shown.find(), output.toString());
            return shown.group(1).toLowerCase(Locale.ROOT);
        } finally {
            client.destroy();
            client.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static Process sClient(int port, String suite) throws IOException {
        try {
            return new ProcessBuilder(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + port,
                            "-tls1_3",
                            "-ciphersuites",
                            suite,
                            "-keymatexport",
                            "EXPORTER-Channel-Binding",
                            "-keymatexportlen",
                            "32")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no openssl on this machine");
            throw e;
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void hear(InputStream in, StringBuilder output, String text) throws IOException {
        byte[] buffer = new byte[4096];
        while (output.indexOf(text) < 0) {
            int n = in.read(buffer);
            assertTrue(n >= 0, "ended after " + output);
            output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
    }
}
