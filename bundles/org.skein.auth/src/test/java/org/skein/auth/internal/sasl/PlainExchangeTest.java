package org.skein.auth.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.auth.internal.AuthFixture.HOST;
import static org.skein.auth.internal.AuthFixture.USER;
import static org.skein.auth.internal.AuthFixture.get;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.auth.internal.AuthFixture;
import org.skein.auth.internal.FakeSecurity;
import org.skein.auth.internal.keys.PasswordWorkers;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.keys.ScramHash;

class PlainExchangeTest {
    private final AuthFixture auth = new AuthFixture();

    @AfterEach
    void stop() {
        auth.close();
    }

    private PlainMechanism mechanism(ScramFunctions functions, PasswordWorkers workers) {
        return new PlainMechanism(auth.settings, new PlainExchange.Parts(functions, auth.keys, workers, auth.attempts));
    }

    private SaslExchange exchange() {
        return mechanism(ScramHash.SHA_256, auth.workers).start(HOST, FakeSecurity.tls(), List.of("PLAIN"));
    }

    private SaslResult login(String message) {
        return get(exchange().respond(bytes(message)));
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertFailure(String condition, SaslResult result) {
        assertEquals(
                condition, assertInstanceOf(SaslResult.Failure.class, result).condition());
    }

    private static void assertSuccess(SaslResult result) {
        SaslResult.Success success = assertInstanceOf(SaslResult.Success.class, result);
        assertEquals(USER, success.account());
        assertEquals(0, success.data().length);
    }

    @Test
    void theRightPasswordLogsIn() {
        auth.withUser();
        assertSuccess(login("\0user\0pencil"));
    }

    @Test // RFC 6120 §6.3.8
    void theUsersOwnAddressIsTheOnlyAuthzidAllowed() {
        auth.withUser();
        assertSuccess(login("user@example.net\0user\0pencil"));
        assertFailure("invalid-authzid", login("other@example.net\0user\0pencil"));
        assertFailure("invalid-authzid", login("user\0user\0pencil"));
    }

    @Test // RFC 6120 §6.4.2
    void aClientThatSendsNothingFirstIsAskedOnce() {
        auth.withUser();
        SaslExchange exchange = exchange();
        assertInstanceOf(SaslResult.Challenge.class, get(exchange.respond(new byte[0])));
        assertSuccess(get(exchange.respond(bytes("\0user\0pencil"))));

        SaslExchange again = exchange();
        get(again.respond(new byte[0]));
        assertFailure("malformed-request", get(again.respond(new byte[0])));
    }

    @Test
    void wrongPasswordUnknownUserAndDisabledAccountLookTheSame() {
        auth.withUser();
        SaslResult wrong = login("\0user\0pen");
        assertFailure("not-authorized", wrong);
        assertEquals(wrong, login("\0nobody\0pencil"));
        assertEquals(wrong, login("\0us@er\0pencil"));
        assertEquals(wrong, login("\0user\0pen\tcil")); // a password RFC 8265 does not allow
        get(auth.storage.accounts().setDisabled(USER, true));
        assertEquals(wrong, login("\0user\0pencil"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong password", "unknown user", "disabled account", "no local part"})
    void theSameOperationsAreDoneWhateverTheReasonToRefuse(String reason) {
        auth.withUser();
        if (reason.equals("disabled account")) {
            get(auth.storage.accounts().setDisabled(USER, true));
        }
        String user = reason.equals("unknown user") ? "nobody" : reason.equals("no local part") ? "a@b" : "user";
        String password = reason.equals("disabled account") ? "pencil" : "wrong";
        CountingFunctions counting = new CountingFunctions(ScramHash.SHA_256);
        SaslExchange exchange = mechanism(counting, auth.workers).start(HOST, FakeSecurity.tls(), List.of("PLAIN"));
        assertFailure("not-authorized", get(exchange.respond(bytes("\0" + user + "\0" + password))));
        assertEquals("hmac hi(16,4096) hmac h ", counting.calls()); // the decoy, then RFC 5802 §3
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "user\0pencil", "\0\0pencil", "\0user\0", "\0user\0pencil\0", "\0user\0pen\0cil"})
    void aMessageAgainstTheSyntaxIsMalformed(String message) {
        assertFailure("malformed-request", login(message));
    }

    @Test
    void aMessageThatIsNotUtf8IsMalformed() {
        assertFailure("malformed-request", get(exchange().respond(new byte[] {0, 'u', 0, (byte) 0xFF})));
    }

    @Test
    void anExchangeThatIsOverTakesNothingMore() {
        auth.withUser();
        SaslExchange exchange = exchange();
        assertSuccess(get(exchange.respond(bytes("\0user\0pencil"))));
        assertFailure("malformed-request", get(exchange.respond(bytes("\0user\0pencil"))));
    }

    @Test
    void aDatabaseThatIsDownIsATemporaryFailure() {
        auth.withUser();
        auth.storage.available(false);
        assertFailure("temporary-auth-failure", login("\0user\0pencil"));
        auth.storage.available(true);
        assertSuccess(login("\0user\0pencil"));
    }

    @Test
    void whenTooManyPasswordsWaitMoreAreRefusedAtOnce() throws InterruptedException {
        auth.withUser();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        PasswordWorkers workers = new PasswordWorkers(1, 1);
        CompletionStage<Boolean> blocked = workers.submit(() -> {
            busy.countDown();
            return awaited(release);
        });
        busy.await();
        SaslExchange waits = mechanism(ScramHash.SHA_256, workers).start(HOST, FakeSecurity.tls(), List.of("PLAIN"));
        CompletionStage<SaslResult> waiting = waits.respond(bytes("\0user\0pencil"));
        SaslExchange refused = mechanism(ScramHash.SHA_256, workers).start(HOST, FakeSecurity.tls(), List.of("PLAIN"));
        assertFailure("temporary-auth-failure", get(refused.respond(bytes("\0user\0pencil"))));
        release.countDown();
        assertTrue(get(blocked));
        assertSuccess(get(waiting));
        workers.close();
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void itIsOfferedInsideTlsAndElsewhereOnlyIfTheOperatorSaysSo() {
        PlainMechanism plain = mechanism(ScramHash.SHA_256, auth.workers);
        assertTrue(plain.isOffered(HOST, FakeSecurity.tls()));
        assertFalse(plain.isOffered(HOST, FakeSecurity.clear()));
        auth.config.plainWithoutTls = true;
        assertTrue(plain.isOffered(HOST, FakeSecurity.clear()));
    }

    @Test
    void aPasswordIsNotInTheTextOfItsMessage() throws MalformedException {
        assertFalse(PlainMessage.parse(bytes("\0user\0pencil")).toString().contains("pencil"));
    }
}
