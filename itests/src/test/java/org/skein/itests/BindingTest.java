package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Resource binding and the rules for stanzas: RFC 6120 §7 and §8, addresses of RFC 7622. */
class BindingTest extends OnSharedNode {
    private String user;

    @BeforeEach
    void makeUser() throws Exception {
        user = StanzaClient.register(server);
    }

    @Test // RFC 6120 §7.7
    void aClientGetsTheResourceItAsksFor() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            assertTrue(client.features().has("bind", "urn:ietf:params:xml:ns:xmpp-bind"));
            assertEquals(user + "@localhost/balcony", client.bind("balcony"));
        }
    }

    @Test // RFC 6120 §7.6
    void aClientThatAsksForNoneGetsAResourceNobodyHas() throws Exception {
        try (StanzaClient one = StanzaClient.authenticated(server, user);
                StanzaClient two = StanzaClient.authenticated(server, user)) {
            one.bind("");
            two.bind("");
            assertTrue(one.jid().length() > (user + "@localhost/").length(), one.jid());
            assertFalse(one.jid().equals(two.jid()), one.jid());
        }
    }

    @Test // RFC 6120 §7.7.2.1
    void aResourceThatIsNoneIsABadRequest() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            assertEquals("modify/bad-request", client.tryBind("a&#x9;b").error());
            client.bind("ok");
        }
    }

    @Test // RFC 6120 §7.7.2.2
    void ofTwoWithTheSameResourceTheNewestWins() throws Exception {
        try (StanzaClient older = StanzaClient.online(server, user, "balcony");
                StanzaClient newer = StanzaClient.online(server, user, "balcony")) {
            assertEquals("conflict", older.awaitStreamEnd());
            newer.chat(newer.jid(), "still here").awaitBody("still here");
        }
    }

    @Test // RFC 6120 §7.1
    void aStanzaBeforeBindingIsNotAuthorized() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            client.chat("a@localhost", "too early");
            assertEquals("not-authorized", client.awaitStreamEnd());
        }
    }

    @Test // RFC 6120 §8.1.2.1
    void theServerStampsTheFullAddressOfTheSender() throws Exception {
        try (StanzaClient client = StanzaClient.online(server, user, "r")) {
            client.send("<message to='" + client.jid() + "'><body>none</body></message>");
            assertEquals(client.jid(), client.awaitBody("none").get("from"));
            client.send("<message from='" + client.bare() + "' to='" + client.jid() + "'><body>bare</body></message>");
            assertEquals(client.jid(), client.awaitBody("bare").get("from"));
        }
    }

    @Test // RFC 6120 §8.2.3 and §8.4
    void aRequestNobodyUnderstandsGetsExactlyOneError() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            for (String to : new String[] {"", "localhost", client.bare()}) {
                assertEquals(
                        "cancel/service-unavailable",
                        client.iq("get", to, "<query xmlns='urn:example:nothing'/>")
                                .error());
            }
            assertEquals(0, client.soFar().size());
        }
    }

    @Test // RFC 6120 §8.2.3
    void aRequestThatBreaksTheRulesOfIqIsABadRequest() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            assertEquals("modify/bad-request", client.iq("get", "localhost", "").error());
            assertEquals(
                    "modify/bad-request",
                    client.iq("get", "localhost", "<a xmlns='urn:a'/><b xmlns='urn:b'/>")
                            .error());
            assertEquals(
                    "modify/bad-request",
                    client.iq("fetch", "localhost", "<ping xmlns='urn:xmpp:ping'/>")
                            .error());
        }
    }

    @Test // RFC 6120 §8.2.3: no answer to an answer
    void resultsAndErrorsNobodyAskedForAreDropped() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            for (String to : new String[] {"localhost", client.bare(), "nobody@localhost", "nobody@localhost/x"}) {
                client.send("<iq type='result' id='none' to='" + to + "'/>");
                client.send("<iq type='error' id='none' to='" + to + "'><error type='cancel'><gone"
                        + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
            }
            assertEquals(0, client.soFar().size());
        }
    }

    @Test // RFC 6120 §8.3.3.16, §10.4
    void aDomainThatCannotBeReachedIsAnError() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            client.chat("romeo@nowhere.invalid", "hello?");
            Xml error = client.await("error", x -> x.get("type").equals("error"));
            assertEquals("cancel/remote-server-not-found", error.error());
            assertEquals("romeo@nowhere.invalid", error.get("from"));
        }
    }

    @Test // RFC 6120 §8.3.3.8, RFC 7622 §3
    void anAddressThatIsNoneIsMalformed() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "r")) {
            for (String bad : new String[] {
                "@localhost", "a b@localhost", "a&quot;b@localhost", "a@localhost/", "\u2163@localhost"
            }) {
                client.chat(bad, "to nobody");
                assertEquals(
                        "modify/jid-malformed",
                        client.await("error", x -> x.get("type").equals("error"))
                                .error(),
                        bad);
            }
        }
    }

    @Test // RFC 7622 §3.3.1 (UsernameCaseMapped), §3.4.1 (OpaqueString), §3.2 (lower case, NFC)
    void addressesAreComparedInTheirPreparedForm() throws Exception {
        String name = StanzaClient.register(server, "j\u00FCliet-" + user);
        try (StanzaClient client = StanzaClient.online(server, name, "Balcony\u00A0East")) {
            assertEquals(name + "@localhost/Balcony East", client.jid(), "a resource keeps its case");
            client.chat("JU\u0308LIET-" + user.toUpperCase(Locale.ROOT) + "@LOCALHOST", "to the same");
            assertEquals(name + "@localhost", client.awaitBody("to the same").get("to"));
            client.chat(name + "@localhost/balcony east", "another resource");
            client.awaitBody("another resource"); // §8.5.3.2.1: as if to the bare address
        }
    }
}
