package org.skein.auth.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.auth.internal.AuthFixture.HOST;
import static org.skein.auth.internal.AuthFixture.get;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslMechanism;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.StreamSecurity;
import org.skein.auth.internal.AuthFixture;
import org.skein.auth.internal.FakeSecurity;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.keys.ScramHash;

class DefaultSaslTest {
    private final AuthFixture auth = new AuthFixture();
    private final DefaultSasl sasl = new DefaultSasl(
            auth.attempts,
            List.of(
                    new PlainMechanism(
                            auth.settings,
                            new PlainExchange.Parts(ScramHash.SHA_256, auth.keys, auth.workers, auth.attempts)),
                    scram(ScramHash.SHA_1, false),
                    scram(ScramHash.SHA_256, false),
                    scram(ScramHash.SHA_1, true),
                    scram(ScramHash.SHA_256, true)));

    @AfterEach
    void stop() {
        auth.close();
    }

    private ScramMechanism scram(ScramFunctions functions, boolean plus) {
        return new ScramMechanism(new ScramExchange.Parts(functions, plus, auth.keys, auth.attempts, Nonces.secure()));
    }

    private String plain(String user, String password, FakeSecurity security) {
        SaslExchange exchange = sasl.start("PLAIN", HOST, security).orElseThrow();
        byte[] message = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        SaslResult result = get(exchange.respond(message));
        return result instanceof SaslResult.Failure failure ? failure.condition() : "success";
    }

    @Test
    void theBestMechanismIsOfferedFirst() {
        assertEquals(
                List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"),
                sasl.mechanisms(HOST, FakeSecurity.tls()));
    }

    @Test
    void withoutTlsNeitherBindingNorPlainIsOffered() {
        assertEquals(List.of("SCRAM-SHA-256", "SCRAM-SHA-1"), sasl.mechanisms(HOST, FakeSecurity.clear()));
    }

    @Test
    void tlsWithoutABindingTypeOffersNoPlus() {
        FakeSecurity unbound = new FakeSecurity(true, Map.of(), "192.0.2.1");
        assertEquals(List.of("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"), sasl.mechanisms(HOST, unbound));
    }

    @Test
    void whatIsNotOfferedCannotBeStarted() {
        assertTrue(sasl.start("PLAIN", HOST, FakeSecurity.clear()).isEmpty());
        assertTrue(sasl.start("SCRAM-SHA-1-PLUS", HOST, FakeSecurity.clear()).isEmpty());
        assertTrue(sasl.start("DIGEST-MD5", HOST, FakeSecurity.tls()).isEmpty());
        assertTrue(sasl.start("scram-sha-1", HOST, FakeSecurity.tls()).isEmpty());
    }

    @Test
    void scramKnowsThatPlusWasOffered() {
        SaslExchange exchange =
                sasl.start("SCRAM-SHA-1", HOST, FakeSecurity.tls()).orElseThrow();
        SaslResult result = get(exchange.respond("y,,n=user,r=abc".getBytes(StandardCharsets.UTF_8)));
        assertEquals(new SaslResult.Failure("malformed-request", "server-does-support-channel-binding"), result);
    }

    @Test
    void anAddressThatFailsTooOftenIsRefusedForAMinute() {
        auth.withUser();
        FakeSecurity attacker = FakeSecurity.tls().from("198.51.100.7");
        for (int i = 0; i < 3; i++) {
            assertEquals("not-authorized", plain("user" + i, "guess", attacker));
        }
        assertEquals("temporary-auth-failure", plain("user", "pencil", attacker));
        assertEquals("success", plain("user", "pencil", FakeSecurity.tls()));
        auth.nanos += 60_000_000_000L;
        assertEquals("success", plain("user", "pencil", attacker));
    }

    @Test
    void anAccountIsRefusedAfterFailuresFromManyAddressesWhetherItExistsOrNot() {
        auth.withUser();
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    "not-authorized", plain("user", "guess", FakeSecurity.tls().from("198.51.100." + i)));
            assertEquals(
                    "not-authorized",
                    plain("nobody", "guess", FakeSecurity.tls().from("203.0.113." + i)));
        }
        FakeSecurity another = FakeSecurity.tls().from("198.51.100.200");
        assertEquals("temporary-auth-failure", plain("user", "pencil", another));
        assertEquals("temporary-auth-failure", plain("nobody", "pencil", another));
        auth.nanos += 60_000_000_000L;
        assertEquals("success", plain("user", "pencil", another));
    }

    @Test
    void nobodyCanLockAUserOutOfAnAddressHeHasLoggedInFrom() {
        auth.withUser();
        FakeSecurity home = FakeSecurity.tls().from("192.0.2.55");
        assertEquals("success", plain("user", "pencil", home));
        for (int i = 0; i < 5; i++) {
            plain("user", "guess", FakeSecurity.tls().from("198.51.100." + i));
        }
        assertEquals("temporary-auth-failure", plain("user", "pencil", FakeSecurity.tls()));
        assertEquals("success", plain("user", "pencil", home));
    }

    @Test
    void successesAreNeverLimited() {
        auth.withUser();
        for (int i = 0; i < 10; i++) {
            assertEquals("success", plain("user", "pencil", FakeSecurity.tls()));
        }
    }

    @Test
    void zeroMeansNoLimit() {
        auth.withUser();
        auth.config.loginRate = 0;
        for (int i = 0; i < 10; i++) {
            assertEquals("not-authorized", plain("user", "guess", FakeSecurity.tls()));
        }
        assertEquals("success", plain("user", "pencil", FakeSecurity.tls()));
    }

    @Test // such as a client that knows only tls-unique: it tries every mechanism and comes to PLAIN in the end
    void aClientThatBindsInAWayWeDoNotIsNotTakenForAGuesser() {
        auth.withUser();
        for (int i = 0; i < 5; i++) {
            for (String message : List.of("p=tls-unique,,n=user,r=abc", "y,,n=user,r=abc")) {
                String mechanism = message.startsWith("p") ? "SCRAM-SHA-1-PLUS" : "SCRAM-SHA-1";
                SaslExchange exchange =
                        sasl.start(mechanism, HOST, FakeSecurity.tls()).orElseThrow();
                assertInstanceOf(
                        SaslResult.Failure.class, get(exchange.respond(message.getBytes(StandardCharsets.UTF_8))));
            }
        }
        assertEquals("success", plain("user", "pencil", FakeSecurity.tls()));
    }

    @Test
    void aMechanismThatThrowsOrFailsIsATemporaryFailure() {
        DefaultSasl broken = new DefaultSasl(auth.attempts, List.of(new BrokenMechanism()));
        SaslExchange exchange =
                broken.start("BROKEN", HOST, FakeSecurity.clear()).orElseThrow();
        for (byte[] data : new byte[][] {{}, {1}}) {
            SaslResult result = get(exchange.respond(data));
            assertEquals(
                    "temporary-auth-failure",
                    assertInstanceOf(SaslResult.Failure.class, result).condition());
        }
    }

    /** Throws for an empty message, fails later for any other. */
    private static final class BrokenMechanism implements SaslMechanism {
        @Override
        public String name() {
            return "BROKEN";
        }

        @Override
        public boolean isOffered(String host, StreamSecurity security) {
            return true;
        }

        @Override
        public SaslExchange start(String host, StreamSecurity security, List<String> offered) {
            return data -> {
                if (data.length == 0) throw new IllegalStateException("on purpose");
                return java.util.concurrent.CompletableFuture.failedStage(new IllegalStateException("on purpose"));
            };
        }
    }
}
