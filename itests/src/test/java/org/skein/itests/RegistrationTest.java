package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.jivesoftware.smack.XMPPException.XMPPErrorException;
import org.jivesoftware.smack.packet.StanzaError.Condition;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.iqregister.AccountManager;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.parts.Localpart;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Accounts made, changed and removed in band: XEP-0077. That it is off by default is tested in {@link EmbeddedDatabaseTest}. */
class RegistrationTest extends OnSharedNode {
    private static final String REGISTER = "jabber:iq:register";

    @Test // XEP-0077 §3.1, §8
    void itIsAdvertisedAndAsksForNameAndPassword() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertTrue(client.features().has("register", "http://jabber.org/features/iq-register"));
            Xml form = client.iq("get", "", "<query xmlns='" + REGISTER + "'/>");
            assertTrue(form.has("username", REGISTER) && form.has("password", REGISTER), form.toString());
        }
    }

    @Test // XEP-0077 §3.1
    void aNameThatIsTakenIsAConflict() throws Exception {
        String taken = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertEquals("cancel/conflict", register(client, taken, "x").error());
            assertEquals(
                    "cancel/conflict",
                    register(client, taken.toUpperCase(Locale.ROOT), "x").error());
        }
    }

    @Test // or whoever comes first would administer the server
    void theNameOfAnAdministratorIsAConflictWhetherTheAccountIsThereOrNot() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            Xml absent = register(client, SharedNode.ABSENT_ADMIN.toUpperCase(Locale.ROOT), "x");
            Xml there = register(client, SharedNode.ADMIN, "x");
            assertEquals("cancel/conflict", absent.error());
            assertEquals("cancel/conflict", there.error());
            assertEquals(there.text("error"), absent.text("error"));
        }
        assertEquals("failure", loginWith(SharedNode.ABSENT_ADMIN, "x"));
    }

    @Test // XEP-0077 §3.1
    void anIncompleteRegistrationIsNotAcceptable() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertEquals("modify/not-acceptable", register(client, "", "x").error());
            assertEquals(
                    "modify/not-acceptable", register(client, "somebody", "").error());
        }
    }

    private static Xml register(StanzaClient client, String name, String password) throws Exception {
        return client.iq(
                "set",
                "",
                "<query xmlns='" + REGISTER + "'><username>" + name + "</username><password>" + password
                        + "</password></query>");
    }

    @Test // XEP-0077 §3.1 to §3.3, by a client library
    void anAccountIsMadeGetsAnotherPasswordAndIsRemoved() throws Exception {
        String name = "lib" + System.nanoTime();
        XMPPTCPConnection connection =
                new XMPPTCPConnection(Clients.configuration(server).build());
        try {
            connection.connect();
            AccountManager manager = AccountManager.getInstance(connection);
            assertTrue(manager.supportsAccountCreation());
            manager.createAccount(Localpart.from(name), "first");
            connection.login(name, "first");
            manager.changePassword("second");
        } finally {
            connection.disconnect();
        }
        assertEquals("failure", loginWith(name, "first"));
        assertEquals("success", loginWith(name, "second"));

        XMPPTCPConnection again = Clients.logIn(server, name, "second", "r");
        try {
            AccountManager.getInstance(again).deleteAccount();
            Await.until("the server has closed the stream", () -> !again.isConnected());
        } finally {
            again.disconnect();
        }
        assertEquals("failure", loginWith(name, "second"));
    }

    private static String loginWith(String name, String password) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            return client.plain(name, password).awaitSasl().name();
        }
    }

    @Test // XEP-0077 §3.2: of an account all sessions end
    void whatARemovedAccountKeptIsGoneForTheNextOfThatName() throws Exception {
        String name = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, name, "r");
                StanzaClient other = StanzaClient.online(server, name, "other")) {
            client.iq("set", "", "<query xmlns='jabber:iq:roster'><item jid='a@localhost'/></query>");
            client.iq("set", "", "<vCard xmlns='vcard-temp'><FN>First</FN></vCard>");
            client.send("<iq type='set' id='bye'><query xmlns='" + REGISTER + "'><remove/></query></iq>");
            assertEquals("not-authorized", other.awaitStreamEnd());
            assertEquals(
                    "result",
                    client.await("answer", x -> x.get("id").equals("bye")).get("type"));
            assertEquals("not-authorized", client.awaitStreamEnd());
        }
        StanzaClient.register(server, name);
        try (StanzaClient client = StanzaClient.bound(server, name, "r")) {
            Xml roster = client.iq("get", "", "<query xmlns='jabber:iq:roster'/>");
            assertTrue(!roster.toString().contains("a@localhost"), roster.toString());
            Xml vcard = client.iq("get", "", "<vCard xmlns='vcard-temp'/>");
            assertTrue(!vcard.toString().contains("First"), vcard.toString());
        }
    }

    @Test // XEP-0077 §3.2
    void theContactsOfARemovedAccountAreTold() throws Exception {
        String name = StanzaClient.register(server);
        String friend = StanzaClient.register(server);
        try (StanzaClient leaving = StanzaClient.online(server, name, "r");
                StanzaClient contact = StanzaClient.online(server, friend, "r")) {
            contact.iq("get", "", "<query xmlns='jabber:iq:roster'/>");
            leaving.presence("subscribed", contact.bare()).soFar();
            contact.presence("subscribed", leaving.bare()).soFar();
            leaving.presence("subscribe", contact.bare()).awaitPresence("subscribed", contact.bare());
            contact.presence("subscribe", leaving.bare()).awaitPresence("", leaving.jid());

            leaving.send("<iq type='set' id='bye'><query xmlns='" + REGISTER + "'><remove/></query></iq>");
            contact.awaitPresence("unsubscribe", leaving.bare());
            contact.awaitPresence("unsubscribed", leaving.bare());
            contact.awaitPresence("unavailable", leaving.jid());
            Xml roster = contact.iq("get", "", "<query xmlns='jabber:iq:roster'/>");
            Xml item = roster.find("item", "jabber:iq:roster").orElseThrow();
            assertEquals(leaving.bare(), item.get("jid"));
            assertEquals("none", item.get("subscription"), roster.toString());
            assertEquals("", item.get("ask"));
            assertEquals("not-authorized", leaving.awaitStreamEnd());
        }
    }

    @Test
    void aClientLibraryIsToldOfAConflict() throws Exception {
        String taken = StanzaClient.register(server);
        XMPPTCPConnection connection =
                new XMPPTCPConnection(Clients.configuration(server).build());
        try {
            connection.connect();
            XMPPErrorException refused = assertThrows(
                    XMPPErrorException.class,
                    () -> AccountManager.getInstance(connection).createAccount(Localpart.from(taken), "x"));
            assertEquals(Condition.conflict, refused.getStanzaError().getCondition());
        } finally {
            connection.disconnect();
        }
    }
}
