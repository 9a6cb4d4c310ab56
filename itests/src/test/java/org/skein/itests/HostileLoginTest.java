package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Besieged;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.Scram;

/** Clients that cheat, stall or skip steps on the way to their session (RFC 6120 §4 to §7, RFC 5802). */
class HostileLoginTest {
    private static final String STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    private static final String RESPONSE = "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AA==</response>";
    private static final String BIND =
            "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>";

    private static Besieged node;

    @BeforeAll
    static void start() throws IOException {
        node = Besieged.start("login-rate=0", "scram-iterations=4096");
    }

    @AfterEach
    void othersChatOn() {
        node.assertUndisturbed();
    }

    @AfterAll
    static void theHeapIsFlat() throws IOException {
        try (Besieged ended = node) {
            if (ended != null) {
                ended.assertHeapIsFlat();
            }
        }
    }

    private static RawClient inTheClear() throws IOException {
        return RawClient.connect(node.port()).open();
    }

    private static RawClient encrypted() throws IOException {
        return inTheClear().startTls().open();
    }

    // --- slow ---

    @Test
    void whoDoesNotLogInInTimeIsSentAwayHoweverItDawdles() throws IOException {
        node.server().shell("config:set login-timeout 2");
        try (RawClient silent = RawClient.connect(node.port());
                RawClient loris = RawClient.connect(node.port());
                RawClient inTheClear = inTheClear();
                RawClient encrypted = encrypted();
                RawClient handshake = inTheClear()) {
            handshake.send(STARTTLS).await("<proceed");
            handshake.send(new byte[] {22, 3, 1, 2}); // begins a TLS record that never ends
            encrypted.send("<auth ");
            boolean open = true;
            for (int i = 0; open; i++) { // a slow header: one byte after the other, as long as it is taken
                open = i < 1_000_000 && loris.sendUnlessCut(new byte[] {(byte) " \n".charAt(i % 2)}) && !cut(loris);
            }
            silent.awaitError("connection-timeout");
            inTheClear.awaitError("connection-timeout");
            encrypted.awaitError("connection-timeout");
            assertFalse(handshake.awaitEnd().contains("<"), "nothing in the clear after <proceed/>");
            assertTrue(loris.awaitEnd().contains("<connection-timeout"));
        } finally {
            node.server().shell("config:reset login-timeout");
        }
    }

    /** Waits a little for news, so that the slow one is slow. */
    private static boolean cut(RawClient client) throws IOException {
        return client.hasNews(50);
    }

    // --- steps in the wrong order ---

    @Test // RFC 6120 §5.4.3.3
    void whatFollowsStarttlsInTheSameSegmentIsDiscarded() throws IOException {
        try (RawClient client = inTheClear()) {
            client.send(STARTTLS + RawClient.HEADER
                            + "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                            + "AG1hbGxvcnkAc2VjcmV0</auth>")
                    .await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.tls();
            String features = client.features();
            assertTrue(features.contains("<mechanisms"), features);
            assertFalse(features.contains("<success"), features);
            assertEquals(features.indexOf("<stream:stream"), features.lastIndexOf("<stream:stream"), features);
            client.logIn("mallory").bind("x");
        }
    }

    @Test
    void starttlsTwiceFailsAndEndsTheStream() throws IOException {
        try (RawClient client = encrypted()) {
            String end = client.send(STARTTLS).awaitEnd();
            assertTrue(end.contains("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'"), end);
        }
    }

    @Test
    void noPasswordIsTakenBeforeTls() throws IOException {
        try (RawClient client = inTheClear()) {
            client.plain("mallory", "secret").await("<encryption-required/>");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                BIND,
                "<message to='juliet@localhost/chat'><body>x</body></message>",
                "<presence/>",
                "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
                "<enable xmlns='urn:xmpp:sm:3'/>",
                "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>"
            })
    void beforeLoginNothingElseIsTaken(String step) throws IOException {
        try (RawClient client = inTheClear()) {
            client.send(step).awaitError("not-authorized");
        }
        try (RawClient client = encrypted()) {
            client.send(step).awaitError("not-authorized");
        }
        try (RawClient client = encrypted()) { // in the middle of a login
            client.auth("SCRAM-SHA-256", "n,,n=mallory,r=abcdefgh").await("</challenge>");
            client.send(step).awaitError("not-authorized");
        }
    }

    @Test
    void betweenSuccessAndTheNewStreamNothingIsTaken() throws IOException {
        try (RawClient client = encrypted()) {
            client.plain("mallory", "secret").await("<success");
            client.send(BIND).await("<stream:error>");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to='juliet@localhost/chat'><body>x</body></message>",
                "<presence/>",
                "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"
            })
    void beforeTheBindNoStanzaIsTaken(String stanza) throws IOException {
        try (RawClient client = encrypted().logIn("mallory")) {
            client.send(stanza).awaitError("not-authorized");
        }
    }

    @Test
    void aSecondBindIsRefusedAndTheSessionGoesOn() throws IOException {
        try (RawClient client = encrypted().logIn("mallory").bind("one")) {
            client.send(BIND).await("<not-allowed");
            client.ping("still-here");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                STARTTLS,
                RESPONSE,
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldABzZWNyZXQ=</auth>"
            })
    void afterLoginNoStepIsTakenAgain(String step) throws IOException {
        try (RawClient client = encrypted().logIn("mallory").bind("again")) {
            String end = client.send(step).awaitEnd();
            assertTrue(end.contains("<stream:error>"), end);
        }
    }

    @Test
    void aResponseWithoutAnExchangeIsRefusedAndALoginMayFollow() throws IOException {
        try (RawClient client = encrypted()) {
            client.send(RESPONSE).await("<malformed-request/>");
            client.logIn("mallory").bind("late");
        }
    }

    @Test
    void aSecondAuthDuringAnExchangeEndsIt() throws IOException {
        try (RawClient client = encrypted()) {
            client.auth("SCRAM-SHA-256", "n,,n=mallory,r=abcdefgh").await("</challenge>");
            client.auth("SCRAM-SHA-256", "n,,n=mallory,r=abcdefgh").await("<malformed-request/>");
            client.send(RESPONSE).await("<malformed-request/>");
            client.logIn("mallory").bind("late");
        }
    }

    @Test
    void manyFailuresEndTheStream() throws IOException {
        try (RawClient client = encrypted()) {
            for (int i = 0; i < 4; i++) {
                client.plain("mallory", "wrong").await("<not-authorized/>");
            }
            client.plain("mallory", "wrong").await("<not-authorized/>");
            client.awaitError("policy-violation");
        }
    }

    // --- SASL ---

    @ParameterizedTest
    @ValueSource(strings = {"ANONYMOUS", "EXTERNAL", "LOGIN", "DIGEST-MD5", "SCRAM-SHA-512", "plain", ""})
    void aMechanismThatIsNotOfferedIsInvalid(String mechanism) throws IOException {
        try (RawClient client = encrypted()) {
            client.auth(mechanism, "\0mallory\0secret").await("<invalid-mechanism/>");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'SCRAM-SHA-256',      'y,,'", // "the server has no channel binding": somebody changed our offer
        "'SCRAM-SHA-1',        'y,,'",
        "'SCRAM-SHA-256-PLUS', 'n,,'",
        "'SCRAM-SHA-256-PLUS', 'y,,'",
        "'SCRAM-SHA-256',      'p=tls-server-end-point,,'",
        "'SCRAM-SHA-256-PLUS', 'p=tls-unique,,'",
        "'SCRAM-SHA-256-PLUS', 'p=made-up,,'",
        "'SCRAM-SHA-256-PLUS', 'x,,'"
    })
    void aDowngradedOrWrongGs2HeaderFails(String mechanism, String gs2) throws IOException {
        try (RawClient client = encrypted()) {
            client.auth(mechanism, gs2 + "n=mallory,r=abcdefgh");
            String failure = client.await("</failure>");
            assertTrue(failure.contains("<failure"), failure);
            assertFalse(failure.contains("<challenge"), failure);
        }
    }

    @Test
    void theRightBindingLogsInAndAWrongOneDoesNot() throws IOException {
        try (RawClient client = encrypted()) {
            Scram right = Scram.plus("SCRAM-SHA-256-PLUS", client);
            assertEquals("success", right.run(client, "mallory", "secret").end().name());
        }
        try (RawClient client = encrypted()) {
            byte[] binding = client.endPoint();
            binding[5] ^= 1;
            for (byte[] wrong : List.of(binding, new byte[0])) {
                Scram scram = Scram.plus("SCRAM-SHA-256-PLUS", wrong);
                String end = scram.run(client, "mallory", "secret").end().toString();
                assertTrue(end.contains("<not-authorized/>"), end);
            }
        }
    }

    /** What the server says to each of these, in order: SCRAM's challenge and end, PLAIN's end. */
    private static List<String> answers(String user) throws IOException {
        List<String> answers = new ArrayList<>();
        try (RawClient client = encrypted()) {
            Scram.Answer scram = Scram.of("SCRAM-SHA-256").run(client, user, "wrong");
            answers.add(scram.challenge());
            answers.add(scram.end().toString());
            answers.add(client.plain(user, "wrong").await("</failure>"));
        }
        return answers;
    }

    private static String withoutSalt(List<String> answers) {
        return answers.toString()
                .replaceFirst("s=[^,]*", "salt of " + answers.get(0).indexOf(','));
    }

    @Test // nobody learns by a login which accounts there are
    void anUnknownUserLooksLikeAWrongPassword() throws IOException {
        List<String> known = answers("mallory");
        List<String> unknown = answers("nobody");
        List<String> other = answers("somebody");

        assertTrue(known.get(0).contains("i=4096"), known::toString);
        assertTrue(known.get(1).contains("<not-authorized/>"), known::toString);
        assertTrue(known.get(2).contains("<not-authorized/>"), known::toString);
        assertEquals(withoutSalt(known), withoutSalt(unknown));
        assertEquals(unknown, answers("nobody"), "the made-up salt stays the same");
        assertNotEquals(other.get(0), unknown.get(0), "and is another for another name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"juliet@localhost|mallory|secret", "juliet|mallory|secret"})
    void nobodyLogsInAsSomebodyElse(String data) throws IOException {
        try (RawClient client = encrypted()) {
            String answer = client.auth("PLAIN", data.replace('|', '\0')).await("</failure>");
            assertTrue(answer.contains("<invalid-authzid/>"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mallory|secret", "|mallory|secret|more", "||secret", "|mallory|", "|mal%|secret"})
    void aMessageThatIsNotPlainFails(String data) throws IOException {
        try (RawClient client = encrypted()) {
            client.auth("PLAIN", data.replace('|', '\0').replace('%', '\1')).await("<failure");
            client.logIn("mallory").bind("after");
        }
    }
}
