package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.auth.Sasl;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.xmpp.Jid;

/** Only who knows one of the two names gets in where a node warms up, and as nobody else. */
class WarmUpSaslTest {
    private static final SaslResult CHALLENGE = new SaslResult.Challenge(new byte[] {1});

    private SaslResult first = CHALLENGE;
    private boolean aborted;

    private final class Real implements Sasl, SaslExchange {
        @Override
        public List<String> mechanisms(String host, StreamSecurity security) {
            return List.of("SCRAM-SHA-1");
        }

        @Override
        public Optional<SaslExchange> start(String mechanism, String host, StreamSecurity security) {
            return mechanism.equals("SCRAM-SHA-1") ? Optional.of(this) : Optional.empty();
        }

        @Override
        public CompletionStage<SaslResult> respond(byte[] data) {
            return CompletableFuture.completedFuture(first);
        }

        @Override
        public void abort() {
            aborted = true;
        }
    }

    private SaslExchange exchange() {
        return new WarmUpSasl(new Real(), "one", "other")
                .start("SCRAM-SHA-1", "localhost", null)
                .orElseThrow();
    }

    private static SaslResult respond(SaslExchange exchange, String data) {
        return exchange.respond(data.getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .join();
    }

    @Test
    void whoKnowsANameGetsInUnderItBehindTheFirstStep() {
        SaslExchange exchange = exchange();
        assertEquals(CHALLENGE, respond(exchange, "one"));
        SaslResult.Success success = assertInstanceOf(SaslResult.Success.class, respond(exchange, "other"));
        assertEquals(Jid.of("other@localhost"), success.account());
        assertEquals(true, aborted, "the real exchange is over");
    }

    @Test
    void whoDoesNotIsRefused() {
        for (String name : new String[] {"", "admin", "One", "one/r", "one@localhost"}) {
            SaslExchange exchange = exchange();
            respond(exchange, "one");
            assertInstanceOf(SaslResult.Failure.class, respond(exchange, name), name);
        }
    }

    @Test
    void nobodyGetsInByTheFirstStep() {
        first = new SaslResult.Success(Jid.of("admin@localhost"), new byte[0]);
        assertInstanceOf(SaslResult.Failure.class, respond(exchange(), "admin"));
    }

    @Test
    void whatTheFirstStepRefusesStaysRefusedUntilAName() {
        first = new SaslResult.Failure("temporary-auth-failure", "");
        assertEquals(first, respond(exchange(), "one"));
        assertEquals(Optional.empty(), new WarmUpSasl(new Real(), "one", "other").start("PLAIN", "localhost", null));
    }
}
