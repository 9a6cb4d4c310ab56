package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.auth.SaslResult;
import org.skein.api.session.ClientStream;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/** Clients that mean no good, on real sockets: each gets its answer, and others notice nothing. */
class HostileStreamTest {
    private static final long PATIENCE_MS = 20_000;

    private static final Map<String, String> BROKEN = Map.ofEntries(
            Map.entry("<!DOCTYPE a [<!ENTITY b 'c'>]>", "restricted-xml"),
            Map.entry("<!-- -->", "restricted-xml"),
            Map.entry("<?php ?>", "restricted-xml"),
            Map.entry("<message>&bomb;</message>", "restricted-xml"),
            Map.entry("<message>\0</message>", "not-well-formed"),
            Map.entry("<message><a:b/></message>", "not-well-formed"),
            Map.entry("<message id='1' id='2'/>", "not-well-formed"),
            Map.entry("<message></presence>", "not-well-formed"),
            Map.entry("text", "bad-format"));

    @TempDir
    Path base;

    private TestEdge edge;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge(
                base, C2sSettings.DEFAULT.withMaxPendingBytes(1 << 20).withWhitespacePingSeconds(1));
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private static void awaitTrue(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited too long");
            Thread.onSpinWait();
        }
    }

    @Test // RFC 6120 §11.1
    void brokenXmlHasItsConditionBeforeAndAfterLogin() throws IOException {
        for (Map.Entry<String, String> broken : BROKEN.entrySet()) {
            try (RawClient client = new RawClient(edge.port)) {
                client.open().send(broken.getKey()).awaitError(broken.getValue());
            }
            try (RawClient client = new RawClient(edge.port)) {
                client.established("romeo").send(broken.getKey()).awaitError(broken.getValue());
            }
        }
    }

    @Test
    void malformedUtf8SplitOverSegmentsIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo").send("<message><body>");
            client.send(new byte[] {(byte) 0xE2, (byte) 0x82}).send(new byte[] {'<'});
            client.awaitError("not-well-formed");
        }
    }

    @Test // DESIGN §8
    void anElementBeforeLoginIsLimited() throws IOException {
        String request = "<iq type='get' id='1'><query xmlns='jabber:iq:register'>";
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            client.send(request + "x".repeat(7000) + "</query></iq>").await("<iq ");
            client.send(request + "x".repeat(8192)).awaitError("policy-violation");
        }
    }

    @Test
    void aStanzaFarOverTheLimitIsAnsweredThoughItsSenderGoesOn() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo").send("<message><body>");
            byte[] chunk = "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 8; i++) { // twice the limit
                client.send(chunk);
            }
            client.awaitError("policy-violation");
        }
    }

    @Test
    void aStanzaUpToTheLimitPasses() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            String body = "x".repeat(256 * 1024 - 40);
            client.established("romeo").send("<message><body>" + body + "</body></message>");
            client.await(body + "</body></message>");
        }
    }

    @Test
    void aClientThatSaysNothingIsSentAwayInTime() throws IOException {
        try (TestEdge impatient = new TestEdge(base.resolve("2"), C2sSettings.DEFAULT.withLoginTimeoutMs(300));
                RawClient silent = new RawClient(impatient.port);
                RawClient loris = new RawClient(impatient.port);
                RawClient handshake = new RawClient(impatient.tlsPort)) {
            silent.awaitError("connection-timeout");
            loris.awaitError("connection-timeout");
            assertEquals("", handshake.awaitEnd().replace("[reset]", ""));
            silent.hangUp();
            loris.hangUp();
            awaitTrue(() -> impatient.edge.connections() == 0);
        }
    }

    @Test
    void aReaderThatStopsReadingIsCutAtTheCap() throws Exception {
        try (RawClient client = new RawClient(edge.port);
                RawClient other = new RawClient(edge.port)) {
            client.established("romeo");
            ClientStream stream = edge.sessions.streams.get(0);
            other.established("juliet");
            Stanza big = Stanza.message().body("x".repeat(100_000)).build();
            for (int i = 0; i < 400; i++) { // 40 MB: more than the kernel takes
                stream.execute(() -> stream.write(big));
            }
            edge.sessions.until("closed false");
            other.send("<message id='still-here'/>").await("still-here");
        }
    }

    @Test
    void readingStopsAndGoesOnWithoutLoss() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            ClientStream stream = edge.sessions.streams.get(0);
            CompletableFuture<Void> paused = new CompletableFuture<>();
            stream.execute(() -> {
                stream.reading(false);
                paused.complete(null);
            });
            paused.get(20, TimeUnit.SECONDS);
            for (int i = 0; i < 50; i++) {
                client.send("<message id='m" + i + "'/>");
            }
            stream.execute(() -> stream.write(Stanza.message().id("from-server").build()));
            assertFalse(client.await("<message id='from-server'/>").contains("'m"));
            stream.execute(() -> stream.reading(true));
            for (int i = 0; i < 50; i++) {
                client.await("<message id='m" + i + "'/>");
            }
        }
    }

    @Test
    void goingAwayWhileALoginIsPendingAbandonsIt() throws Exception {
        CompletableFuture<SaslResult> login = new CompletableFuture<>();
        edge.delayedLogin = login;
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().plain("romeo", "secret");
        }
        login.complete(new SaslResult.Success(Jid.of("romeo@localhost"), new byte[0]));
        awaitTrue(() -> edge.edge.connections() == 0);
        edge.delayedLogin = null;
        try (RawClient client = new RawClient(edge.port)) {
            client.established("juliet");
            assertEquals("open juliet@localhost c2s", edge.sessions.next());
        }
    }

    @Test
    void aBugInTheSessionEndsOnlyItsStream() throws IOException {
        try (RawClient client = new RawClient(edge.port);
                RawClient other = new RawClient(edge.port)) {
            other.established("juliet");
            client.established("romeo")
                    .send("<message><body>fail</body></message>")
                    .awaitError("internal-server-error");
            other.send("<message id='2'/>").await("<message id='2'/>");
        }
    }

    @Test
    void whatWasWrittenBeforeAnErrorStillGoesOutAndNothingAfter() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            ClientStream stream = edge.sessions.streams.get(0);
            stream.execute(() -> {
                stream.write(Stanza.message().id("before").build());
                stream.close(Optional.of(StreamError.Condition.CONFLICT.error()));
                stream.write(Stanza.message().id("after").build());
                stream.close(Optional.empty());
            });
            assertEquals(
                    "<message id='before'/><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                            + "</stream:error></stream:stream>",
                    client.awaitEnd());
            client.hangUp();
            assertEquals(List.of("open romeo@localhost c2s", "taken 1"), edge.sessions.until("closed false"));
        }
    }

    @Test
    void aLostConnectionIsNotAnOrderlyEnd() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            client.socket().close();
            edge.sessions.until("closed false");
        }
    }

    private static final String STEPS = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='STEPS'/>";

    private static final String RESPONSE = "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

    @Test
    void whoHasSaidAllStillGetsTheAnswers() throws Exception {
        edge.edge.change(C2sSettings.DEFAULT.withTlsRequired(false), edge.listeners);
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER + "</stream:stream>").socket().shutdownOutput();
            assertTrue(client.awaitEnd().endsWith("</stream:features></stream:stream>"));
        }
        try (RawClient client = new RawClient(edge.port)) {
            client.send("<broken").socket().shutdownOutput();
            assertEquals("", client.awaitEnd());
        }
        try (RawClient client = new RawClient(edge.port)) {
            client.open().send(STEPS).await("</challenge>");
            client.send(RESPONSE).await("</challenge>");
            client.send(RESPONSE).await("</success>");
            client.open();
            ClientStream stream = edge.sessions.streams.get(0);
            CompletableFuture<Void> paused = new CompletableFuture<>();
            stream.execute(() -> {
                stream.reading(false);
                paused.complete(null);
            });
            paused.get(20, TimeUnit.SECONDS);
            client.send("<message id='last'/>").socket().shutdownOutput();
            stream.execute(() -> stream.reading(true));
            assertEquals("<message id='last'/>", client.awaitEnd());
        }
        edge.sessions.until("closed false");
        awaitTrue(() -> edge.edge.connections() == 0);
    }

    @Test
    void aSilentClientIsSentABlank() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo").await(" ");
        }
    }

    @Test
    void manySilentConnectionsDisturbNobodyAndGo() throws IOException {
        List<RawClient> silent = new ArrayList<>();
        try (RawClient client = new RawClient(edge.port)) {
            for (int i = 0; i < 1000; i++) {
                silent.add(new RawClient(edge.port));
            }
            client.established("romeo").send("<message id='1'/>").await("<message id='1'/>");
            awaitTrue(() -> edge.edge.connections() == 1001);
        } finally {
            for (RawClient c : silent) {
                c.close();
            }
        }
        awaitTrue(() -> edge.edge.connections() == 0);
    }

    @Test
    void stoppingTellsEveryoneAndWaitsUntilTheyAreGone() throws Exception {
        try (RawClient established = new RawClient(edge.port);
                RawClient negotiating = new RawClient(edge.port)) {
            established.established("romeo");
            negotiating.open();
            Thread stop = new Thread(edge.edge::stop);
            stop.start();
            established.awaitError("system-shutdown");
            established.hangUp();
            negotiating.awaitError("system-shutdown");
            negotiating.hangUp();
            stop.join(PATIENCE_MS);
            assertEquals(0, edge.edge.connections());
            assertThrows(IOException.class, () -> new RawClient(edge.port).close());
        }
    }
}
