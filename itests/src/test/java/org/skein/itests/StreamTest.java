package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Streams and their encryption: RFC 6120 §4 and §5, XEP-0368, XEP-0478. */
class StreamTest extends OnSharedNode {
    private static final String TLS = "urn:ietf:params:xml:ns:xmpp-tls";
    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    private static final String LIMITS = "urn:xmpp:stream-limits:0";

    @Test // RFC 6120 §5.3.1, §5.4.1
    void beforeTlsNothingButStartTlsIsOfferedAndItIsRequired() throws Exception {
        try (StanzaClient client = StanzaClient.connect(server).open()) {
            Xml features = client.features();
            assertTrue(features.has("required", TLS), features.toString());
            assertFalse(features.has("mechanisms", SASL), features.toString());
            assertFalse(features.has("register", "http://jabber.org/features/iq-register"), features.toString());
        }
    }

    @Test // RFC 6120 §6.5.4
    void aLoginBeforeTlsIsRefused() throws Exception {
        try (StanzaClient client = StanzaClient.connect(server).open()) {
            client.plain("nobody", "secret");
            Xml failure = client.awaitSasl();
            assertTrue(failure.has("encryption-required", SASL), failure.toString());
        }
    }

    @Test // RFC 6120 §5.3.2
    void insideTlsStartTlsIsNotOfferedAgain() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertFalse(client.features().has("starttls", TLS));
            assertTrue(client.features().has("mechanisms", SASL));
        }
    }

    @Test // RFC 6120 §5.4.3.3; injected commands must not be taken for the client's
    void whatComesInTheSegmentOfStartTlsIsDiscarded() throws Exception {
        try (StanzaClient client = StanzaClient.connect(server).open()) {
            client.send("<starttls xmlns='" + TLS + "'/><presence/><garbage");
            client.await("proceed", x -> x.is("proceed", TLS));
            client.tls("TLSv1.3").open();
            assertTrue(client.features().has("mechanisms", SASL));
        }
    }

    @Test // XEP-0368 §3: ALPN
    void directTlsNegotiatesXmppClientByAlpn() throws Exception {
        try (StanzaClient client = StanzaClient.connectTls(server)) {
            client.tls("TLSv1.3", "h2", "xmpp-client");
            assertEquals("xmpp-client", client.tlsSocket().getApplicationProtocol());
            client.open();
            assertTrue(client.features().has("mechanisms", SASL));
        }
    }

    @Test // XEP-0368: ALPN is optional for clients
    void directTlsWorksWithoutAlpnAndWithTls12() throws Exception {
        try (StanzaClient client = StanzaClient.connectTls(server)) {
            client.tls("TLSv1.2").open();
            assertEquals("TLSv1.2", client.tlsSocket().getSession().getProtocol());
            assertTrue(client.features().has("mechanisms", SASL));
        }
    }

    @Test // XEP-0478
    void theLimitsOfStanzasAreAnnouncedBeforeAndAfterLogin() throws Exception {
        String user = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertEquals("8192", maxBytes(client));
        }
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            assertEquals("262144", maxBytes(client));
        }
    }

    private static String maxBytes(StanzaClient client) {
        return client.features().find("max-bytes", LIMITS).orElseThrow().text();
    }

    @Test // RFC 6120 §4.9.3.6
    void aHostThatIsNotServedIsUnknown() throws Exception {
        assertStreamError("host-unknown", StanzaClient.connect(server).header("example.org"));
    }

    @Test // RFC 6120 §4.9.3.10
    void anotherDefaultNamespaceIsInvalid() throws Exception {
        assertStreamError(
                "invalid-namespace",
                StanzaClient.connect(server)
                        .send("<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'"
                                + " to='localhost' version='1.0'>"));
    }

    @Test // RFC 6120 §4.9.3.25
    void aStreamOfAnEarlierVersionIsNotSupported() throws Exception {
        assertStreamError(
                "unsupported-version",
                StanzaClient.connect(server)
                        .send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
                                + " to='localhost'>"));
    }

    @Test // RFC 6120 §4.9.3.13
    void xmlThatIsNotWellFormedEndsTheStream() throws Exception {
        assertStreamError("not-well-formed", StanzaClient.connect(server).open().send("<a><b></a>"));
    }

    @Test // RFC 6120 §4.9.3.18, §11.1
    void restrictedXmlEndsTheStream() throws Exception {
        assertStreamError("restricted-xml", StanzaClient.connect(server).open().send("<!-- a comment -->"));
    }

    @Test // RFC 6120 §4.9.3.12
    void aStanzaBeforeLoginIsNotAuthorized() throws Exception {
        assertStreamError(
                "not-authorized",
                StanzaClient.encrypted(server).send("<message to='a@localhost'><body>x</body></message>"));
    }

    @Test // RFC 6120 §4.9.3.9, §8.1.2.1
    void aForgedSenderEndsTheStream() throws Exception {
        StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r");
        assertStreamError(
                "invalid-from",
                client.send("<message from='juliet@localhost/x' to='a@localhost'><body>x</body></message>"));
    }

    @Test // RFC 6120 §4.9.3.24
    void anUnknownFirstLevelElementEndsTheStream() throws Exception {
        StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r");
        assertStreamError("unsupported-stanza-type", client.send("<pubsub xmlns='jabber:client'/>"));
    }

    @Test // RFC 6120 §4.9.3.14; XEP-0478
    void aStanzaOverTheLimitEndsTheStreamAndOneBelowDoesNot() throws Exception {
        StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r");
        client.chat(client.jid(), "x".repeat(250_000));
        assertEquals(
                250_000,
                client.await("long message", x -> x.name().equals("message"))
                        .text("body")
                        .length());
        assertStreamError("policy-violation", client.chat(client.jid(), "x".repeat(262_144)));
    }

    private static void assertStreamError(String condition, StanzaClient client) throws Exception {
        try (client) {
            assertEquals(condition, client.awaitStreamEnd());
        }
    }

    @Test // RFC 6120 §4.4
    void aClosedStreamIsClosedInReturn() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            client.send("</stream:stream>");
            assertEquals("", client.awaitStreamEnd());
        }
    }

    @Test // RFC 6120 §4.6.1
    void whitespaceBetweenStanzasKeepsTheStreamAlive() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            client.send(" \n\t ");
            assertEquals(
                    "result",
                    client.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>")
                            .get("type"));
        }
    }

    @Test // RFC 6120 §4.6.1
    void theServerSendsBlanksIntoASilentStream() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            client.awaitBlank();
        }
    }
}
