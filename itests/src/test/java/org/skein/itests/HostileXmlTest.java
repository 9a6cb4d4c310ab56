package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Besieged;
import org.skein.itests.support.RawClient;

/** What no client may send (RFC 6120 §4.9.3, §11), on a node's socket: before TLS, inside TLS, and after login. */
class HostileXmlTest {
    private static final int LIMIT_BEFORE_LOGIN = 8 * 1024;
    private static final int LIMIT_AFTER_LOGIN = 256 * 1024;

    private static Besieged node;

    /** How far a client came before it broke the rules. */
    private enum Stage {
        IN_THE_CLEAR(16, 32, 256),
        BEFORE_LOGIN(16, 32, 256),
        AFTER_LOGIN(64, 128, 1024);

        final int depth;
        final int attributes;
        final int nameBytes;

        Stage(int depth, int attributes, int nameBytes) {
            this.depth = depth;
            this.attributes = attributes;
            this.nameBytes = nameBytes;
        }

        RawClient client() throws IOException {
            RawClient client = RawClient.connect(node.port()).open();
            return switch (this) {
                case IN_THE_CLEAR -> client;
                case BEFORE_LOGIN -> client.startTls().open();
                case AFTER_LOGIN -> client.startTls().open().logIn("mallory").bind("evil");
            };
        }
    }

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

    /** A {@code %} and two hexadecimal digits are a byte. */
    private static byte[] bytes(String escaped) {
        byte[] text = escaped.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[text.length];
        int n = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '%') {
                bytes[n++] = (byte) Integer.parseInt(new String(text, i + 1, 2, StandardCharsets.US_ASCII), 16);
                i += 2;
            } else {
                bytes[n++] = text[i];
            }
        }
        return java.util.Arrays.copyOf(bytes, n);
    }

    private static void assertRefused(Stage stage, List<String> attacks, String condition) throws IOException {
        for (String attack : attacks) {
            try (RawClient client = stage.client()) {
                client.send(bytes(attack)).awaitError(condition);
            } catch (AssertionError e) {
                throw new AssertionError(stage + " " + attack, e);
            }
        }
    }

    // --- restricted XML ---

    @ParameterizedTest // RFC 6120 §11.1
    @EnumSource
    void restrictedXmlIsRefused(Stage stage) throws IOException {
        assertRefused(
                stage,
                List.of(
                        "<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]>",
                        "<message><!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
                        "<message><body>&lol;</body></message>",
                        "<message id='&lol;'/>",
                        "<!-- nothing -->",
                        "<message><!-- nothing --></message>",
                        "<?php echo 1 ?>",
                        "<message><?xml-stylesheet href='x'?></message>"),
                "restricted-xml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE stream [<!ENTITY a 'b'>]>",
                "<?xml version='1.0'?><!DOCTYPE stream SYSTEM 'http://127.0.0.1/x.dtd'>",
                "<?xml version='1.0'?><!-- x -->",
                "<?xml version='1.0'?><?x y?>"
            })
    void restrictedXmlInFrontOfTheHeaderIsRefused(String attack) throws IOException {
        try (RawClient client = RawClient.connect(node.port())) {
            client.send(attack + RawClient.HEADER).awaitError("restricted-xml");
        }
    }

    // --- not well-formed ---

    @ParameterizedTest // RFC 6120 §4.9.3.13
    @EnumSource
    void whatIsNotWellFormedIsRefused(Stage stage) throws IOException {
        assertRefused(
                stage,
                List.of(
                        "<message><body>%00</body></message>",
                        "<message id='%00'/>",
                        "<message><body>&#0;</body></message>",
                        "<message><body>%01</body></message>",
                        "<message><body>&#xB;</body></message>",
                        "<message><body>%EF%BF%BF</body></message>",
                        "<message><body>&#xD800;</body></message>",
                        "<message><body>&#x110000;</body></message>",
                        "<evil:message/>",
                        "<message><evil:x/></message>",
                        "<message evil:x='1'/>",
                        "<message id='1' id='2'/>",
                        "<message><x xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/></message>",
                        "<message><body>x</message>",
                        "<message><body>]]></body></message>"),
                "not-well-formed");
    }

    private static final List<String> MALFORMED_UTF8 = List.of(
            "%80",
            "%BF", // no lead
            "%C0%80",
            "%C1%BF",
            "%E0%80%80",
            "%E0%9F%BF",
            "%F0%80%80%80",
            "%F0%8F%BF%BF", // too long for what they say
            "%C3(",
            "%E2%82(",
            "%F0%9F%98(", // cut
            "%ED%A0%80",
            "%ED%BF%BF",
            "%ED%A0%BD%ED%B8%80", // surrogates
            "%F4%90%80%80",
            "%F5%80%80%80",
            "%F8%88%80%80%80",
            "%FC%84%80%80%80%80",
            "%FE",
            "%FF"); // no characters

    @ParameterizedTest // RFC 6120 §11.6
    @EnumSource
    void malformedUtf8IsRefused(Stage stage) throws IOException {
        List<String> bodies = MALFORMED_UTF8.stream()
                .map(bad -> "<message><body>" + bad + "</body></message>")
                .toList();
        assertRefused(stage, bodies, "not-well-formed");
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_THE_CLEAR", "AFTER_LOGIN"})
    void malformedUtf8IsRefusedInAttributesAndNamesAndWhereverReadsSplitIt(Stage stage) throws IOException {
        for (String bad : MALFORMED_UTF8) {
            String place = bad.length() % 2 == 0 ? "<message id='" + bad + "'/>" : "<message><a" + bad + "/></message>";
            try (RawClient client = stage.client()) {
                client.sendByteByByte(bytes(place)).awaitError("not-well-formed");
            } catch (AssertionError e) {
                throw new AssertionError(stage + " " + place, e);
            }
        }
    }

    // --- namespaces ---

    @Test // RFC 6120 §4.8.2, §4.9.3.10
    void aWrongDefaultNamespaceIsRefusedInEveryHeader() throws IOException {
        String header = RawClient.HEADER.replace("jabber:client", "jabber:server");
        try (RawClient client = RawClient.connect(node.port())) {
            client.send(header).awaitError("invalid-namespace");
        }
        try (RawClient client = RawClient.connect(node.port()).open().startTls()) {
            client.send(header).awaitError("invalid-namespace");
        }
        try (RawClient client = RawClient.connect(node.port()).open().startTls().open()) {
            client.plain("mallory", "secret").await("<success");
            client.send(header).awaitError("invalid-namespace");
        }
    }

    @Test
    void aStanzaInTheNamespaceOfServersIsNone() throws IOException {
        try (RawClient client = Stage.AFTER_LOGIN.client()) {
            client.send("<message xmlns='jabber:server' to='juliet@localhost/chat'><body>x</body></message>")
                    .awaitError("unsupported-stanza-type");
        }
    }

    // --- bombs ---

    @ParameterizedTest
    @EnumSource
    void depthIsLimited(Stage stage) throws IOException {
        assertRefused(stage, List.of("<message>" + "<a>".repeat(stage.depth)), "policy-violation");
    }

    @ParameterizedTest
    @EnumSource
    void attributesAndPrefixesAreLimited(Stage stage) throws IOException {
        String attributes = IntStream.rangeClosed(0, stage.attributes)
                .mapToObj(i -> " a" + i + "=''")
                .collect(Collectors.joining());
        String prefixes = IntStream.rangeClosed(0, stage.attributes)
                .mapToObj(i -> " xmlns:p" + i + "='u" + i + "'")
                .collect(Collectors.joining());
        assertRefused(
                stage,
                List.of("<message" + attributes + "/>", "<message><a" + prefixes + "/></message>"),
                "policy-violation");
    }

    @ParameterizedTest
    @EnumSource
    void namesAreLimited(Stage stage) throws IOException {
        String name = "n".repeat(stage.nameBytes + 1);
        assertRefused(
                stage, List.of("<message><" + name + "/></message>", "<message " + name + "=''/>"), "policy-violation");
    }

    @Test
    void breadthUpToTheSizeOfAStanzaIsPassedOn() throws IOException {
        try (RawClient client = Stage.AFTER_LOGIN.client()) {
            client.send("<message to='mallory@localhost/evil' id='broad'><x xmlns='urn:x'>" + "<a/>".repeat(60_000)
                    + "</x></message>");
            client.await("id='broad'");
            client.await("</message>");
            client.ping("after-broad");
        }
    }

    // --- size ---

    @Test // DESIGN §8
    void beforeLoginAnElementMayHaveEightKibibytesAndNotAByteMore() throws IOException {
        String start = "<iq type='get' id='big'><query xmlns='jabber:iq:register'>";
        String end = "</query></iq>";
        int room = LIMIT_BEFORE_LOGIN - start.length() - end.length();
        try (RawClient client = Stage.BEFORE_LOGIN.client()) {
            client.send(start + "x".repeat(room) + end).await("<iq ");
        }
        try (RawClient client = Stage.BEFORE_LOGIN.client()) {
            client.send(start + "x".repeat(room + 1) + end).awaitError("policy-violation");
        }
    }

    @Test
    void afterLoginAStanzaMayHave256KibibytesAndNotAByteMore() throws IOException {
        String start = "<message to='mallory@localhost/evil' id='big'><body>";
        String end = "</body></message>";
        int room = LIMIT_AFTER_LOGIN - start.length() - end.length();
        try (RawClient client = Stage.AFTER_LOGIN.client()) {
            client.send(start + "x".repeat(room) + end);
            assertTrue(client.await("</message>").length() >= LIMIT_AFTER_LOGIN - 50, "all of it comes back");
        }
        try (RawClient client = Stage.AFTER_LOGIN.client()) {
            client.sendUnlessCut(bytes(start + "x".repeat(room + 1) + end));
            client.awaitError("policy-violation");
        }
    }

    @ParameterizedTest
    @EnumSource
    void farOverTheLimitTheSenderIsAnsweredAndCut(Stage stage) throws IOException {
        byte[] chunk = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        try (RawClient client = stage.client()) {
            boolean open = client.sendUnlessCut(bytes("<message><body>"));
            for (int i = 0; i < 64 && open; i++) { // 4 MiB in all
                open = client.sendUnlessCut(chunk);
            }
            client.awaitError("policy-violation");
        }
        try (RawClient client = stage.client()) { // in a name, which ends nowhere
            client.sendUnlessCut(bytes("<" + "x".repeat(300 * 1024)));
            client.awaitError("policy-violation");
        }
    }

    @Test
    void aHeaderWithoutEndIsCut() throws IOException {
        try (RawClient client = RawClient.connect(node.port())) {
            client.sendUnlessCut(bytes("<stream:stream a='" + "x".repeat(20_000)));
            client.awaitError("policy-violation");
        }
    }

    // --- pieces ---

    @Test
    void aByteInEachSegmentIsEnoughForAWholeLoginAndAMessage() throws IOException {
        try (RawClient client = RawClient.connect(node.port())) {
            client.sendByteByByte(bytes(RawClient.HEADER)).await("</stream:features>");
            client.startTls();
            client.sendByteByByte(bytes(RawClient.HEADER)).await("</stream:features>");
            client.logIn("mallory").bind("evil");
            String body = "\u00e9 \u20ac \ud83d\ude00";
            client.sendByteByByte(
                    bytes("<message to='mallory@localhost/evil' id='bits'><body>" + body + "</body></message>"));
            client.await("<body>" + body + "</body>");
        }
    }
}
