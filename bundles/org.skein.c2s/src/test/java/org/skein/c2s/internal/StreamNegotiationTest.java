package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.xmpp.Element;

/** RFC 6120 §4 to §6, byte by byte. */
class StreamNegotiationTest {
    private static final String SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
    private static final String START_TLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

    @TempDir
    static Path base;

    private static TestEdge edge;

    @BeforeAll
    static void start() throws IOException {
        edge = new TestEdge(base, C2sSettings.DEFAULT);
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @AfterEach
    void reset() {
        edge.redirect = Optional.empty();
        edge.features.clear();
        edge.delayedLogin = null;
        edge.sessions.events.clear();
    }

    @Test
    void aClientNegotiatesTlsAndSaslAndIsHandedOver() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
            assertEquals("open romeo@localhost c2s", edge.sessions.next());
            client.send("<message to='juliet@localhost' id='1'><body>hi</body></message>");
            client.await("<message to='juliet@localhost' id='1'><body>hi</body></message>");
            assertEquals("taken 1", edge.sessions.next());
            client.send("</stream:stream>");
            assertEquals("</stream:stream>", client.awaitEnd());
            assertEquals("closed true", edge.sessions.next());
        }
    }

    @Test // RFC 6120 §5.3.1
    void onlyStartTlsIsOfferedWhileItIsRequired() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            String features = client.send(RawClient.HEADER).await("</stream:features>");
            assertTrue(
                    features.endsWith("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                            + "<required/></starttls></stream:features>"),
                    features);
        }
    }

    @Test // XEP-0478 §3
    void theLargestStanzaIsAnnouncedInsideTlsAndAgainAfterLogin() throws Exception {
        try (RawClient client = new RawClient(edge.port)) {
            String before = client.open().startTls().send(RawClient.HEADER).await("</stream:features>");
            assertTrue(before.contains(limits(8192)), before);
            String after = client.login("romeo").send(RawClient.HEADER).await("</stream:features>");
            assertTrue(after.contains(limits(262_144)), after);
        }
    }

    private static String limits(int bytes) {
        return "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>" + bytes + "</max-bytes></limits>";
    }

    @Test // XEP-0440
    void mechanismsAndChannelBindingsAreOfferedInsideTls() throws IOException {
        edge.features.add((phase, host, encrypted) ->
                encrypted ? List.of(Element.of("register", "http://jabber.org/features/iq-register")) : List.of());
        try (RawClient client = new RawClient(edge.port)) {
            String features = client.open().startTls().send(RawClient.HEADER).await("</stream:features>");
            assertTrue(features.contains("<mechanism>PLAIN</mechanism>"), features);
            assertFalse(features.contains("starttls"), features);
            assertTrue(features.contains("<channel-binding type='tls-server-end-point'/>"), features);
            assertTrue(features.contains("<register xmlns='http://jabber.org/features/iq-register'/>"), features);
        }
    }

    @Test // RFC 6120 §4.7
    void theHeaderNamesTheHostAndAFreshIdEachTime() throws IOException {
        Pattern id = Pattern.compile("<stream:stream [^>]*id='([0-9a-f]{24})' from='localhost'[^>]*version='1.0'");
        try (RawClient client = new RawClient(edge.port)) {
            Matcher first = id.matcher(client.send(RawClient.HEADER).await("</stream:features>"));
            assertTrue(first.find());
            Matcher second = id.matcher(client.startTls().send(RawClient.HEADER).await("</stream:features>"));
            assertTrue(second.find());
            assertNotEquals(first.group(1), second.group(1));
        }
    }

    @Test // RFC 6120 §4.7.1
    void theClientsFromBecomesOurTo() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            String header = client.send(
                            RawClient.HEADER.replace("to='localhost'", "to='localhost' from='romeo@localhost'"))
                    .await("</stream:features>");
            assertTrue(header.contains(" to='romeo@localhost'"), header);
        }
    }

    @Test
    void anUnknownHostIsRefusedBehindAHeader() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER.replace("localhost", "elsewhere.example"));
            client.await("from='localhost'");
            client.awaitError("host-unknown");
        }
    }

    @Test
    void theSecondVirtualHostIsServedToo() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER.replace("localhost", "Other.Example"));
            client.await("from='other.example'");
            client.await("</stream:features>");
        }
    }

    @Test
    void aHeaderWithoutToIsImproper() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER.replace("to='localhost'", "")).awaitError("improper-addressing");
        }
    }

    @Test
    void aStreamWithoutVersionIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER.replace(" version='1.0'>", ">")).awaitError("unsupported-version");
        }
    }

    @Test
    void aWrongDefaultNamespaceIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send(RawClient.HEADER.replace("jabber:client", "jabber:server"))
                    .awaitError("invalid-namespace");
        }
    }

    @Test
    void somethingElseThanXmppGetsAStreamError() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.send("GET / HTTP/1.1\r\n\r\n").awaitError("not-well-formed");
        }
    }

    @Test // RFC 6120 §5.4.3.3; the classic injection
    void whatFollowsStartTlsInTheSameSegmentIsDiscarded() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open();
            client.send(START_TLS + RawClient.HEADER + "<auth " + SASL + " mechanism='STEPS'/>");
            client.await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.tls("localhost", List.of("TLSv1.2"), List.of());
            String first = client.send(RawClient.HEADER).await("</stream:features>");
            assertTrue(first.startsWith("<?xml version='1.0'?><stream:stream "), first);
            assertFalse(first.contains("challenge"), first);
        }
    }

    @Test
    void startTlsTwiceFailsAndEndsTheStream() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().send(START_TLS);
            assertEquals("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>", client.awaitEnd());
        }
    }

    @Test
    void loginBeforeTlsNeedsEncryption() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().plain("romeo", "secret");
            client.await("<failure " + SASL + "><encryption-required/></failure>");
        }
    }

    @Test // XEP-0368
    void directTlsAgreesOnItsProtocol() throws IOException {
        try (RawClient client = new RawClient(edge.tlsPort)) {
            client.tls("localhost", List.of("TLSv1.3"), List.of("h2", "xmpp-client"));
            assertEquals("xmpp-client", client.tlsSocket().getApplicationProtocol());
            client.open().login("romeo").open();
        }
    }

    @Test
    void directTlsWorksWithoutAlpn() throws IOException {
        try (RawClient client = new RawClient(edge.tlsPort)) {
            client.tls("localhost", List.of("TLSv1.2"), List.of());
            assertEquals("TLSv1.2", client.tlsSocket().getSession().getProtocol());
            client.open().login("romeo").open();
        }
    }

    @Test // RFC 6120 §6.4
    void challengesAndResponsesGoBackAndForth() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().send("<auth " + SASL + " mechanism='STEPS'>=</auth>");
            client.await("<challenge " + SASL + ">" + base64("step1:0") + "</challenge>");
            client.send("<response " + SASL + ">" + base64("abc") + "</response>");
            client.await("<challenge " + SASL + ">" + base64("step2:3") + "</challenge>");
            client.send("<response " + SASL + "/>" + RawClient.HEADER); // the header may be pipelined
            client.await("<success " + SASL + ">" + base64("done") + "</success>");
            client.await("<stream:features><bind ");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test // RFC 6120 §6.5
    void saslMistakesHaveTheirConditionsAndTheNextTryMaySucceed() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            client.send("<auth " + SASL + " mechanism='DIGEST-MD5'/>").await("<invalid-mechanism/></failure>");
            client.send("<auth " + SASL + " mechanism='PLAIN'>A</auth>").await("<incorrect-encoding/></failure>");
            client.send("<response " + SASL + "/>").await("<malformed-request/>");
            client.send("<auth " + SASL + " mechanism='STEPS'/>").await("</challenge>");
            client.send("<abort " + SASL + "/>").await("<aborted/></failure>");
            client.login("romeo").open();
        }
    }

    @Test
    void base64IsTakenStrictly() throws IOException {
        for (String bad : List.of("AAA", "AA=A", "A A=", "====", "AAAA=", "A\u00e4==", "AA==AAAA")) {
            try (RawClient client = new RawClient(edge.port)) {
                client.open().startTls().open();
                client.send("<auth " + SASL + " mechanism='PLAIN'>" + bad + "</auth>")
                        .await("<incorrect-encoding/></failure>");
            }
        }
    }

    @Test
    void fiveFailuresEndTheStream() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            for (int i = 0; i < 5; i++) {
                client.plain("romeo", "wrong").await("<not-authorized/></failure>");
            }
            client.awaitError("policy-violation");
        }
    }

    @Test // RFC 6120 §6.4.6: after success only a new stream may follow
    void aSecondLoginBeforeTheRestartIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().login("romeo").plain("juliet", "secret");
            assertTrue(client.awaitEnd().contains("<stream:error>"));
        }
    }

    @Test
    void aSecondLoginAfterTheRestartIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo").plain("juliet", "secret").awaitError("policy-violation");
        }
    }

    @Test
    void theHostMayNotChangeAfterLogin() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().login("romeo");
            client.send(RawClient.HEADER.replace("localhost", "other.example")).awaitError("improper-addressing");
        }
    }

    @Test
    void aStanzaBeforeLoginEndsTheStream() throws IOException {
        for (String stanza : List.of(
                "<message to='juliet@localhost'><body>hi</body></message>",
                "<presence/>",
                "<iq type='get' id='1'><query xmlns='jabber:iq:auth'/></iq>",
                "<iq type='result' id='1'/>",
                "<iq type='set' id='1' to='other.example'><query xmlns='jabber:iq:register'/></iq>",
                "<resume xmlns='urn:xmpp:sm:3' h='1' previd='x'/>",
                "<message to='@'/>")) {
            try (RawClient client = new RawClient(edge.port)) {
                client.open().startTls().open().send(stanza).awaitError("not-authorized");
            }
        }
    }

    @Test // XEP-0077 §3.1
    void registrationIsAnsweredBeforeLogin() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            client.send("<iq type='get' id='r1'><query xmlns='jabber:iq:register'/></iq>");
            client.await("type='result' id='r1'/>");
            client.login("romeo").open();
        }
    }

    @Test
    void registrationOutsideRequiredTlsIsRefused() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().send("<iq type='get' id='r1'><query xmlns='jabber:iq:register'/></iq>");
            client.awaitError("not-authorized");
        }
    }

    @Test // RFC 6120 §4.9.3.19
    void aRedirectBeforeLoginWorksWithAndWithoutTls() throws IOException {
        edge.redirect = Optional.of((host, account) -> Optional.of("node2.example:5322"));
        try (RawClient plain = new RawClient(edge.port);
                RawClient direct = new RawClient(edge.tlsPort)) {
            direct.tls("localhost", List.of("TLSv1.3"), List.of());
            for (RawClient client : List.of(plain, direct)) {
                String end = client.send(RawClient.HEADER).awaitEnd();
                assertTrue(end.contains("<stream:stream "), end);
                assertTrue(end.contains(">node2.example:5322</see-other-host></stream:error></stream:stream>"), end);
            }
        }
    }

    @Test
    void whatARedirectAnswersWhileAStreamIsNegotiatedHoldsFromTheNextHeaderOn() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open();
            edge.redirect = Optional.of((host, account) -> Optional.of("node2.example"));
            client.login("romeo").send(RawClient.HEADER);
            assertTrue(client.awaitEnd().contains(">node2.example</see-other-host>"));
        }
    }

    @Test
    void aRedirectThatFailsKeepsNobodyOut() throws IOException {
        edge.redirect = Optional.of((host, account) -> {
            throw new IllegalStateException("asked to");
        });
        try (RawClient client = new RawClient(edge.port)) {
            client.established("romeo");
        }
    }

    @Test
    void aRedirectSendsTheClientElsewhere() throws IOException {
        edge.redirect = Optional.of((host, account) -> account.map(a -> "[::1]:5222"));
        try (RawClient client = new RawClient(edge.port)) {
            client.open().startTls().open().login("romeo").send(RawClient.HEADER);
            String end = client.awaitEnd();
            assertTrue(end.contains("<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[::1]:5222<"), end);
        }
    }

    @Test
    void whitespaceAndOneByteAtATimeAreFine() throws IOException {
        try (RawClient client = new RawClient(edge.port)) {
            for (byte b : RawClient.HEADER.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                client.send(new byte[] {b});
            }
            client.await("</stream:features>");
            client.send(" \n\t")
                    .startTls()
                    .send(" ")
                    .open()
                    .login("romeo")
                    .open()
                    .send("\n \n");
            for (byte b :
                    "<iq type='get' id='1'><a xmlns='b'/></iq>".getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                client.send(new byte[] {b});
            }
            client.await("<iq type='get' id='1'>");
        }
    }
}
