package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.session.ClientStream;

/** What changes while clients are connected. */
class LiveChangeTest {
    @TempDir
    Path base;

    private static Certificate shown(int port, String host) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.tls(host, List.of("TLSv1.3"), List.of())
                    .tlsSocket()
                    .getSession()
                    .getPeerCertificates()[0];
        }
    }

    @Test
    void aNewCertificateServesTheNextHandshakeAndOldStreamsGoOn() throws Exception {
        for (String engine : List.of("openssl", "jdk")) {
            try (TestEdge edge = new TestEdge(base.resolve(engine), C2sSettings.DEFAULT, engine);
                    RawClient early = new RawClient(edge.port)) {
                early.established("romeo");
                Certificate first = shown(edge.tlsPort, "localhost");
                assertEquals(first, shown(edge.tlsPort, "other.example"));
                edge.hosts.add("third.example");
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                X509Certificate now = (X509Certificate) first;
                while (now.equals(first)) {
                    assertTrue(System.nanoTime() < end, "the certificate stays");
                    now = (X509Certificate) shown(edge.tlsPort, "third.example");
                }
                assertNotEquals(first, now);
                assertTrue(now.getSubjectAlternativeNames().contains(List.of(2, "third.example")));
                early.send("<message id='still'/>").await("<message id='still'/>");
            }
        }
    }

    @Test
    void anRsaCertificateOfTheOperatorServesToo() throws Exception {
        for (String engine : List.of("openssl", "jdk")) {
            Path folder = Files.createDirectories(base.resolve(engine + "/etc/certs"));
            makeWithOpenSsl(folder, "rsa:2048");
            try (TestEdge edge = new TestEdge(base.resolve(engine), C2sSettings.DEFAULT, engine)) {
                for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                    try (RawClient client = new RawClient(edge.tlsPort)) {
                        client.tls("localhost", List.of(protocol), List.of());
                        assertEquals(
                                "RSA",
                                client.tlsSocket()
                                        .getSession()
                                        .getPeerCertificates()[0]
                                        .getPublicKey()
                                        .getAlgorithm());
                        client.open().login("romeo").open();
                    }
                }
            }
        }
    }

    private static void makeWithOpenSsl(Path folder, String kind) throws IOException, InterruptedException {
        Process openSsl;
        try {
            openSsl = new ProcessBuilder(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            kind,
                            "-nodes",
                            "-subj",
                            "/CN=localhost",
                            "-days",
                            "30",
                            "-keyout",
                            folder.resolve("localhost.key").toString(),
                            "-out",
                            folder.resolve("localhost.crt").toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no openssl on this machine");
            throw e;
        }
        openSsl.getInputStream().readAllBytes();
        assertEquals(0, openSsl.waitFor());
    }

    @Test // haproxy's doc/proxy-protocol.txt
    void behindABalancerTheStreamHasTheClientsAddress() throws IOException {
        String header = "PROXY TCP4 203.0.113.7 127.0.0.1 4711 5222\r\n";
        try (TestEdge edge = new TestEdge(base, C2sSettings.DEFAULT);
                RawClient early = new RawClient(edge.port);
                RawClient late = early.established("mercutio")) {
            edge.listeners.trust("127.0.0.1");
            check(edge, header);
            late.send("<message id='still'/>").await("<message id='still'/>");
        }
    }

    private static void check(TestEdge edge, String header) throws IOException {
        try (RawClient client = new RawClient(edge.port);
                RawClient direct = new RawClient(edge.tlsPort)) {
            client.send(header).established("romeo");
            direct.send(header).tls("localhost", List.of("TLSv1.3"), List.of());
            direct.open().login("juliet").open();
        }
        assertEquals(3, edge.sessions.streams.size());
        for (ClientStream stream : edge.sessions.streams.subList(1, 3)) {
            Optional<SocketAddress> client = Optional.of(new InetSocketAddress("203.0.113.7", 4711));
            assertEquals(client, stream.remoteAddress());
            assertEquals(client, stream.security().remoteAddress());
        }
    }

    @Test
    void settingsHoldForNewStreamsAndOldStreamsGoOn() throws Exception {
        try (TestEdge edge = new TestEdge(base, C2sSettings.DEFAULT);
                RawClient early = new RawClient(edge.port)) {
            early.established("romeo");
            edge.edge.change(C2sSettings.DEFAULT.withTlsRequired(false), edge.listeners);
            assertEquals(
                    edge.port, edge.edge.listeners().get(0).addresses().get(0).getPort());
            try (RawClient late = new RawClient(edge.port)) {
                String features = late.send(RawClient.HEADER).await("</stream:features>");
                assertTrue(features.contains("<mechanism>STEPS</mechanism>"), features);
                assertTrue(features.contains("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), features);
            }
            early.send("<message id='still'/>").await("<message id='still'/>");
        }
    }
}
