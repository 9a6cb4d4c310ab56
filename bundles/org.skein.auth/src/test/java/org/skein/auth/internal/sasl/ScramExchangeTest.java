package org.skein.auth.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.skein.auth.internal.AuthFixture.HOST;
import static org.skein.auth.internal.AuthFixture.PASSWORD;
import static org.skein.auth.internal.AuthFixture.USER;
import static org.skein.auth.internal.AuthFixture.get;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.auth.SaslExchange;
import org.skein.api.auth.SaslResult;
import org.skein.api.auth.ScramCredentials;
import org.skein.auth.internal.AuthFixture;
import org.skein.auth.internal.FakeSecurity;
import org.skein.auth.internal.keys.ScramFunctions;
import org.skein.auth.internal.keys.ScramHash;
import org.skein.xmpp.Jid;

class ScramExchangeTest {
    private static final byte[] NO_BINDING = {};
    private static final List<String> WITHOUT_PLUS = List.of("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN");
    private static final List<String> WITH_PLUS =
            List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN");
    private static final String END_POINT_HEADER = "p=tls-server-end-point,,";

    private final AuthFixture auth = new AuthFixture();

    @AfterEach
    void stop() {
        auth.close();
    }

    private ScramExchange exchange(ScramFunctions functions, boolean plus, FakeSecurity security, Nonces nonces) {
        return new ScramExchange(
                new ScramExchange.Parts(functions, plus, auth.keys, auth.attempts, nonces),
                HOST,
                security,
                security.bindings().isEmpty() ? WITHOUT_PLUS : WITH_PLUS);
    }

    private ScramExchange exchange() {
        return exchange(ScramHash.SHA_256, false, FakeSecurity.clear(), Nonces.secure());
    }

    private ScramExchange plusExchange() {
        return exchange(ScramHash.SHA_256, true, FakeSecurity.tls(), Nonces.secure());
    }

    private static ScramClient client(String user, String password) {
        return new ScramClient("SHA-256", "n,,", NO_BINDING, user, password);
    }

    private static ScramClient plusClient(String header, byte[] binding) {
        return new ScramClient("SHA-256", header, binding, "user", PASSWORD);
    }

    /** The result of a whole login. */
    private static SaslResult login(SaslExchange exchange, ScramClient client) throws Exception {
        SaslResult first = get(exchange.respond(client.first()));
        if (!(first instanceof SaslResult.Challenge challenge)) {
            return first;
        }
        return get(exchange.respond(client.last(challenge.data())));
    }

    private static void assertFailure(String condition, SaslResult result) {
        assertEquals(
                condition, assertInstanceOf(SaslResult.Failure.class, result).condition());
    }

    private static void assertFailure(String condition, String text, SaslResult result) {
        assertEquals(new SaslResult.Failure(condition, text), result);
    }

    private static void assertSuccess(Jid account, ScramClient client, SaslResult result) {
        SaslResult.Success success = assertInstanceOf(SaslResult.Success.class, result);
        assertEquals(account, success.account());
        assertEquals(client.expectedFinal(), text(success.data()));
    }

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private void store(ScramHash hash, String salt, int iterations) {
        ScramCredentials keys =
                hash.credentials(bytes(PASSWORD), Base64.getDecoder().decode(salt), iterations);
        get(auth.storage.accounts().create(USER, List.of(keys)));
    }

    @Test // RFC 5802 §5
    void theExchangeOfRfc5802ComesOutAsPrinted() {
        store(ScramHash.SHA_1, "QSXCR+Q6sek8bf92", 4096);
        ScramExchange exchange = exchange(ScramHash.SHA_1, false, FakeSecurity.clear(), () -> "3rfcNHYJY1ZVvWVs7j");
        SaslResult challenge = get(exchange.respond(bytes("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")));
        assertEquals(
                "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                text(((SaslResult.Challenge) challenge).data()));
        SaslResult success = get(exchange.respond(
                bytes("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=")));
        assertEquals("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", text(((SaslResult.Success) success).data()));
    }

    @Test // RFC 7677 §3
    void theExchangeOfRfc7677ComesOutAsPrinted() {
        store(ScramHash.SHA_256, "W22ZaJ0SNY7soEsUEjb6gQ==", 4096);
        ScramExchange exchange =
                exchange(ScramHash.SHA_256, false, FakeSecurity.clear(), () -> "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        SaslResult challenge = get(exchange.respond(bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")));
        assertEquals(
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                text(((SaslResult.Challenge) challenge).data()));
        SaslResult success = get(exchange.respond(bytes("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")));
        assertEquals("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", text(((SaslResult.Success) success).data()));
    }

    @ParameterizedTest
    @EnumSource
    void anAccountLogsInWithEachHash(ScramHash hash) throws Exception {
        auth.withUser();
        ScramClient client = new ScramClient(hash.hash(), "n,,", NO_BINDING, "user", PASSWORD);
        assertSuccess(USER, client, login(exchange(hash, false, FakeSecurity.clear(), Nonces.secure()), client));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls-server-end-point", "tls-exporter"})
    void channelBindingOfEachTypeTheStreamHasIsAccepted(String type) throws Exception {
        auth.withUser();
        byte[] data = {9, 8, 7};
        FakeSecurity security = new FakeSecurity(true, Map.of(type, data), "192.0.2.1");
        ScramClient client = plusClient("p=" + type + ",,", data);
        assertSuccess(USER, client, login(exchange(ScramHash.SHA_256, true, security, Nonces.secure()), client));
    }

    @Test // RFC 6120 §6.4.2
    void aClientThatSendsNothingFirstIsAskedOnce() throws Exception {
        auth.withUser();
        ScramExchange exchange = exchange();
        SaslResult asked = get(exchange.respond(new byte[0]));
        assertArrayEquals(new byte[0], ((SaslResult.Challenge) asked).data());
        ScramClient client = client("user", PASSWORD);
        assertSuccess(USER, client, login(exchange, client));

        ScramExchange again = exchange();
        get(again.respond(new byte[0]));
        assertFailure("malformed-request", get(again.respond(new byte[0])));
    }

    @Test
    void aUserNameInAnotherCaseIsTheSameUser() throws Exception {
        auth.withUser();
        ScramClient client = client("UsEr", PASSWORD);
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test // RFC 5802 §5.1
    void encodedCommasAndEqualSignsAreDecoded() throws Exception {
        Jid account = Jid.of("a,b=c@example.net");
        get(auth.accounts().create(account, PASSWORD));
        ScramClient client = client("a=2Cb=3Dc", PASSWORD);
        assertSuccess(account, client, login(exchange(), client));
    }

    @Test // RFC 8265 §4.2.2: spaces beyond ASCII become U+0020, then normalization form C
    void passwordsAreComparedAsOpaqueStrings() throws Exception {
        get(auth.accounts().create(USER, "na\u0131\u0308ve\u00a0\u00e9"));
        ScramClient client = client("user", "na\u0131\u0308ve \u00e9");
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test // RFC 6120 §6.3.8
    void anAuthzidThatIsTheUserIsAccepted() throws Exception {
        auth.withUser();
        ScramClient client = new ScramClient("SHA-256", "n,a=user@example.net,", NO_BINDING, "user", PASSWORD);
        assertSuccess(USER, client, login(exchange(), client));
    }

    @ParameterizedTest
    @ValueSource(strings = {"other@example.net", "user@other.example", "user", "@", "user@example.net/home"})
    void anyOtherAuthzidIsInvalid(String authzid) throws Exception {
        auth.withUser();
        ScramClient client = new ScramClient("SHA-256", "n,a=" + authzid + ",", NO_BINDING, "user", PASSWORD);
        assertFailure("invalid-authzid", login(exchange(), client));
    }

    @Test
    void aWrongPasswordIsNotAuthorized() throws Exception {
        auth.withUser();
        assertFailure("not-authorized", "", login(exchange(), client("user", "wrong")));
    }

    @Test
    void anUnknownUserLooksLikeAWrongPassword() throws Exception {
        auth.withUser();
        ScramClient known = client("user", "wrong");
        ScramClient unknown = client("nobody", "wrong");
        ScramExchange knownExchange = exchange();
        ScramExchange unknownExchange = exchange();
        String knownChallenge = text(((SaslResult.Challenge) get(knownExchange.respond(known.first()))).data());
        String unknownChallenge = text(((SaslResult.Challenge) get(unknownExchange.respond(unknown.first()))).data());
        assertEquals(knownChallenge.length(), unknownChallenge.length());
        assertEquals(
                knownChallenge.substring(knownChallenge.lastIndexOf(',')),
                unknownChallenge.substring(unknownChallenge.lastIndexOf(',')));
        assertEquals(
                get(knownExchange.respond(known.last(bytes(knownChallenge)))),
                get(unknownExchange.respond(unknown.last(bytes(unknownChallenge)))));
    }

    @Test
    void theSaltOfAnUnknownUserIsAlwaysTheSameAndHisOwn() {
        assertEquals(salt("nobody"), salt("nobody"));
        assertEquals(salt("nobody"), salt("NoBody"));
        assertNotEquals(salt("nobody"), salt("noone"));
    }

    private String salt(String user) {
        SaslResult challenge = get(exchange().respond(client(user, "x").first()));
        return text(((SaslResult.Challenge) challenge).data()).split(",")[1];
    }

    @Test
    void aDisabledAccountLooksLikeAWrongPassword() throws Exception {
        auth.withUser();
        get(auth.storage.accounts().setDisabled(USER, true));
        assertFailure("not-authorized", "", login(exchange(), client("user", PASSWORD)));
    }

    @Test
    void aNameThatCanBeNoLocalPartLooksLikeAnUnknownUser() throws Exception {
        assertFailure("not-authorized", "", login(exchange(), client("us@er", PASSWORD)));
    }

    /** RFC 5802 §6: we offered -PLUS and the client did not get to see it. */
    @Test
    void aDowngradeIsDetected() throws Exception {
        auth.withUser();
        ScramExchange exchange = exchange(ScramHash.SHA_256, false, FakeSecurity.tls(), Nonces.secure());
        ScramClient client = new ScramClient("SHA-256", "y,,", NO_BINDING, "user", PASSWORD);
        assertFailure("malformed-request", "server-does-support-channel-binding", login(exchange, client));
    }

    @Test
    void aClientThatCouldBindIsWelcomeWhereWeCannot() throws Exception {
        auth.withUser();
        ScramClient client = new ScramClient("SHA-256", "y,,", NO_BINDING, "user", PASSWORD);
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test
    void aClientThatCannotBindIsWelcomeWhereWeCould() throws Exception {
        auth.withUser();
        ScramClient client = client("user", PASSWORD);
        assertSuccess(
                USER, client, login(exchange(ScramHash.SHA_256, false, FakeSecurity.tls(), Nonces.secure()), client));
    }

    @Test // RFC 5802 §6: what the client says in c= is what it said first
    void aFlagChangedOnTheWayIsDetected() throws Exception {
        auth.withUser();
        ScramExchange exchange = exchange();
        ScramClient client = new ScramClient("SHA-256", "y,,", NO_BINDING, "user", PASSWORD);
        String tampered = text(client.first()).replace("y,,", "n,,");
        SaslResult.Challenge challenge = (SaslResult.Challenge) get(exchange.respond(bytes(tampered)));
        assertFailure(
                "not-authorized", "channel-bindings-dont-match", get(exchange.respond(client.last(challenge.data()))));
    }

    @Test
    void theWrongBindingDataIsDetected() throws Exception {
        auth.withUser();
        ScramClient client = plusClient(END_POINT_HEADER, new byte[] {1, 2, 3, 5});
        assertFailure("not-authorized", "channel-bindings-dont-match", login(plusExchange(), client));
    }

    @Test
    void anUnknownBindingTypeIsRefused() throws Exception {
        auth.withUser();
        ScramClient client = plusClient("p=tls-unique,,", FakeSecurity.END_POINT);
        assertFailure("malformed-request", "unsupported-channel-binding-type", login(plusExchange(), client));
    }

    @ParameterizedTest
    @ValueSource(strings = {"n,,", "y,,"})
    void thePlusMechanismInsistsOnBinding(String header) throws Exception {
        auth.withUser();
        assertFailure("malformed-request", login(plusExchange(), plusClient(header, NO_BINDING)));
    }

    @Test
    void bindingNeedsThePlusMechanism() throws Exception {
        auth.withUser();
        ScramExchange exchange = exchange(ScramHash.SHA_256, false, FakeSecurity.tls(), Nonces.secure());
        assertFailure("malformed-request", login(exchange, plusClient(END_POINT_HEADER, FakeSecurity.END_POINT)));
    }

    @Test
    void anotherNonceInTheEndIsRefused() throws Exception {
        auth.withUser();
        ScramClient client = client("user", PASSWORD).nonceTamperedWith("x");
        assertFailure("not-authorized", "other-error", login(exchange(), client));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "n",
                "n,",
                "n,,",
                "n,,n=user",
                "n,,r=abc,n=user",
                "n,,n=,r=abc",
                "n,,n=user,r=",
                "n,,n=user,r=a c",
                "n,,n=us=er,r=abc",
                "n,,n=us=2cer,r=abc",
                "n,,n=us\0er,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,,n=user,r=abc,",
                "n,,n=user,r=abc,x",
                "n,,n=user,r=abc,1=x",
                "n,b=user,n=user,r=abc",
                "n,a=,n=user,r=abc",
                "q,,n=user,r=abc",
                "p,,n=user,r=abc",
                "p=,,n=user,r=abc",
                "p=a/b,,n=user,r=abc",
                "N,,n=user,r=abc",
                "F,n,,n=user,r=abc"
            })
    void aFirstMessageAgainstTheSyntaxIsMalformed(String message) {
        assertFailure("malformed-request", get(exchange().respond(bytes(message))));
    }

    @Test
    void aFirstMessageThatIsNotUtf8IsMalformed() {
        byte[] message = bytes("n,,n=user,r=abc");
        message[6] = (byte) 0xC0;
        assertFailure("malformed-request", get(exchange().respond(message)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=biws,r=%",
                "r=%,c=biws,p=AAAA",
                "c=biw,r=%,p=AAAA",
                "c=,r=%,p=AAAA",
                "c=biws,r=%,p=",
                "c=biws,r=%,p=A*AA",
                "c=biws,r=%,p=AAAA,x=1",
                "c=biws,r=%,x,p=AAAA",
                "c=biws,r=%,p=AAAA,"
            })
    void aFinalMessageAgainstTheSyntaxIsMalformed(String message) {
        ScramExchange exchange = exchange();
        SaslResult.Challenge challenge = (SaslResult.Challenge) get(exchange.respond(bytes("n,,n=user,r=abc")));
        String nonce = text(challenge.data()).split(",")[0].substring(2);
        assertFailure("malformed-request", get(exchange.respond(bytes(message.replace("%", nonce)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void aProofOfTheWrongLengthIsNotAuthorized(String proof) {
        auth.withUser();
        ScramExchange exchange = exchange();
        SaslResult.Challenge challenge = (SaslResult.Challenge) get(exchange.respond(bytes("n,,n=user,r=abc")));
        String nonce = text(challenge.data()).split(",")[0].substring(2);
        assertFailure("not-authorized", get(exchange.respond(bytes("c=biws,r=" + nonce + ",p=" + proof))));
    }

    @Test
    void optionalExtensionsAreIgnoredAndCoveredByTheProof() throws Exception {
        auth.withUser();
        ScramClient client = client("user", PASSWORD).extension(",x=y=z");
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test
    void anExchangeThatIsOverTakesNothingMore() throws Exception {
        auth.withUser();
        ScramExchange exchange = exchange();
        ScramClient client = client("user", PASSWORD);
        assertSuccess(USER, client, login(exchange, client));
        assertFailure("malformed-request", get(exchange.respond(client.first())));
    }

    @Test
    void aDatabaseThatIsDownIsATemporaryFailure() throws Exception {
        auth.withUser();
        salt("user");
        auth.storage.available(false);
        assertFailure("temporary-auth-failure", login(exchange(), client("user", PASSWORD)));
        auth.storage.available(true);
        ScramClient client = client("user", PASSWORD);
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test
    void aDatabaseThatIsDownAtTheFirstLoginOfAllIsATemporaryFailureToo() throws Exception {
        auth.withUser();
        auth.storage.available(false);
        assertFailure("temporary-auth-failure", login(exchange(), client("user", PASSWORD)));
        auth.storage.available(true);
        ScramClient client = client("user", PASSWORD);
        assertSuccess(USER, client, login(exchange(), client));
    }

    @Test
    void anAccountWithoutKeysForTheHashLooksLikeAWrongPassword() throws Exception {
        store(ScramHash.SHA_1, "QSXCR+Q6sek8bf92QSXCRw==", 4096);
        assertFailure("not-authorized", "", login(exchange(), client("user", PASSWORD)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong password", "unknown user", "disabled account"})
    void theSameOperationsAreDoneWhateverTheReasonToRefuse(String reason) throws Exception {
        auth.withUser();
        if (reason.equals("disabled account")) {
            get(auth.storage.accounts().setDisabled(USER, true));
        }
        CountingFunctions counting = new CountingFunctions(ScramHash.SHA_256);
        ScramExchange exchange = exchange(counting, false, FakeSecurity.clear(), Nonces.secure());
        String user = reason.equals("unknown user") ? "nobody" : "user";
        String password = reason.equals("disabled account") ? PASSWORD : "wrong";
        assertFailure("not-authorized", "", login(exchange, client(user, password)));
        assertEquals("hmac hmac h ", counting.calls()); // the decoy, the signature, the stored key
    }
}
