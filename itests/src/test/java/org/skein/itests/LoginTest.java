package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Clients;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.Scram;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** SASL: RFC 6120 §6, RFC 5802, RFC 7677, RFC 5929, XEP-0440. */
@ExtendWith(SharedNode.class)
class LoginTest {
    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    private static final String BINDINGS = "urn:xmpp:sasl-cb:0";
    private static final byte[] NONE = new byte[0];

    private static ServerProcess server;
    private static String user;

    @BeforeAll
    static void useNode(ServerProcess shared) throws Exception {
        server = shared;
        user = StanzaClient.register(server);
    }

    private static List<String> offered(StanzaClient client) {
        return client.features().find("mechanisms", SASL).orElseThrow().children().stream()
                .map(Xml::text)
                .toList();
    }

    @Test // RFC 6120 §6.3.3: in the order of preference
    void allMechanismsAreOfferedInsideTlsTheStrongestFirst() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertEquals(
                    List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"),
                    offered(client));
        }
    }

    @Test // XEP-0440
    void theEndPointBindingIsAdvertisedWithEveryVersionOfTls() throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            try (StanzaClient client =
                    StanzaClient.connectTls(server).tls(protocol).open()) {
                Xml bindings =
                        client.features().find("sasl-channel-binding", BINDINGS).orElseThrow();
                List<String> types =
                        bindings.children().stream().map(b -> b.get("type")).toList();
                assertTrue(types.contains("tls-server-end-point"), types.toString());
                assertFalse(types.contains("tls-unique"), types.toString());
                assertTrue(protocol.equals("TLSv1.3") || !types.contains("tls-exporter"), types.toString());
            }
        }
    }

    @ParameterizedTest // RFC 5802, RFC 7677
    @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-256"})
    void scramProvesThePasswordInBothDirections(String mechanism) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertSuccess(Scram.of(mechanism).run(client, user, "secret").end());
            client.restart().open().bind("scram");
        }
    }

    @ParameterizedTest // RFC 5929 §4; RFC 5802 §6
    @ValueSource(strings = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"})
    void scramPlusBindsToTheCertificateOfTheConnection(String mechanism) throws Exception {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            try (StanzaClient client =
                    StanzaClient.connectTls(server).tls(protocol).open()) {
                assertSuccess(Scram.plus(mechanism, client)
                        .run(client, user, "secret")
                        .end());
                client.restart().open().bind("plus");
            }
        }
    }

    @ParameterizedTest // RFC 9266; with OpenSSL's TLS on the other side
    @ValueSource(strings = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"})
    @Timeout(120)
    void scramPlusBindsToTheSecretsOfTheConnectionWhereTheyCanBeExported(String mechanism) throws Exception {
        assertExporterBinds(server, user, mechanism);
    }

    /** That it is offered, that the right one logs in and another does not. */
    static void assertExporterBinds(ServerProcess server, String user, String mechanism) throws Exception {
        for (boolean right : new boolean[] {true, false}) {
            try (RawClient client = RawClient.connectWithOpenSsl(server.port("c2s-tls"))) {
                byte[] binding = client.exported();
                String features = client.features();
                assertTrue(features.contains("<channel-binding type='tls-exporter'/>"), features);
                if (!right) binding[0]++;
                Xml end = Scram.exporter(mechanism, binding)
                        .run(client, user, "secret")
                        .end();
                if (!right) {
                    assertTrue(end.has("not-authorized", SASL), end.toString());
                    continue;
                }
                assertSuccess(end);
                client.open().bind("exporter");
                client.ping("served");
            }
        }
    }

    @Test // RFC 5802 §6: somebody is in between
    void scramPlusWithTheBindingOfAnotherConnectionFails() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            Scram scram = Scram.plus("SCRAM-SHA-256-PLUS", new byte[32]);
            Xml end = scram.run(client, user, "secret").end();
            assertTrue(end.has("not-authorized", SASL), end.toString());
        }
    }

    @Test // RFC 5802 §6: the client could bind, and saw no -PLUS: the list was tampered with
    void aDowngradeIsNoticed() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            Scram scram = new Scram("SCRAM-SHA-256", "y,,", NONE);
            Xml end = scram.run(client, user, "secret").end();
            assertEquals("failure", end.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"})
    void aWrongPasswordAndAnUnknownUserLookTheSame(String mechanism) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            Scram scram = mechanism.endsWith("-PLUS") ? Scram.plus(mechanism, client) : Scram.of(mechanism);
            Xml wrong = scram.run(client, user, "guess").end();
            Xml unknown = scram.run(client, "nobody-" + user, "guess").end();
            assertTrue(wrong.has("not-authorized", SASL), wrong.toString());
            assertEquals(wrong.toString(), unknown.toString());
        }
    }

    @Test // RFC 6120 §6.4.5: the client may try again
    void afterAFailureTheSameStreamCanLogIn() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertTrue(client.plain(user, "guess").awaitSasl().has("not-authorized", SASL));
            assertSuccess(client.plain(user, "secret").awaitSasl());
        }
    }

    @Test // RFC 6120 §6.5.7
    void aMechanismThatIsNotOfferedIsInvalid() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            Xml failure = client.auth("DIGEST-MD5", NONE).awaitSasl();
            assertTrue(failure.has("invalid-mechanism", SASL), failure.toString());
        }
    }

    @Test // RFC 6120 §6.5.1
    void anAbortedExchangeIsOverAndAnotherCanBegin() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            client.auth("SCRAM-SHA-256", ("n,,n=" + user + ",r=abcdefgh").getBytes(StandardCharsets.UTF_8));
            assertEquals("challenge", client.awaitSasl().name());
            Xml failure = client.send("<abort xmlns='" + SASL + "'/>").awaitSasl();
            assertTrue(failure.has("aborted", SASL), failure.toString());
            assertSuccess(client.plain(user, "secret").awaitSasl());
        }
    }

    @ParameterizedTest // Smack's own -PLUS, switched off there by default, cannot bind to EC certificates
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-1"})
    void aClientLibraryLogsInWithEachMechanismItKnows(String mechanism) throws Exception {
        XMPPTCPConnection connection = new XMPPTCPConnection(Clients.configuration(server)
                .setUsernameAndPassword(user, "secret")
                .addEnabledSaslMechanism(mechanism)
                .build());
        try {
            connection.connect();
            connection.login();
            assertEquals(mechanism, connection.getUsedSaslMechansism());
            assertTrue(connection.isAuthenticated());
        } finally {
            connection.disconnect();
        }
    }

    @Test
    void aClientLibraryIsToldThatThePasswordIsWrong() throws Exception {
        XMPPTCPConnection connection = new XMPPTCPConnection(Clients.configuration(server)
                .setUsernameAndPassword(user, "guess")
                .build());
        try {
            connection.connect();
            SASLErrorException failure = assertThrows(SASLErrorException.class, connection::login);
            assertTrue(failure.getMessage().contains("not-authorized"), failure.getMessage());
        } finally {
            connection.disconnect();
        }
    }

    private static void assertSuccess(Xml end) {
        assertEquals("success", end.name(), end.toString());
    }
}
