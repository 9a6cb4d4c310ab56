package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.iqprivate.PrivateDataManager;
import org.jivesoftware.smackx.iqprivate.packet.DefaultPrivateData;
import org.jivesoftware.smackx.vcardtemp.VCardManager;
import org.jivesoftware.smackx.vcardtemp.packet.VCard;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** What a user keeps at the server: vCards (XEP-0054) and private XML (XEP-0049). */
class PersonalDataTest extends OnSharedNode {
    private static final String VCARD = "<vCard xmlns='vcard-temp'/>";
    private static final String PRIVATE = "jabber:iq:private";

    @Test // XEP-0054 §3
    void aClientLibraryStoresAVCardThatOthersRead() throws Exception {
        String owner = StanzaClient.register(server);
        XMPPTCPConnection juliet = Clients.logIn(server, owner, StanzaClient.PASSWORD, "r");
        XMPPTCPConnection romeo = Clients.logIn(server, StanzaClient.register(server), StanzaClient.PASSWORD, "r");
        try {
            VCard card = new VCard();
            card.setFirstName("Juliet");
            card.setNickName("J & <co>");
            card.setAvatar(new byte[] {1, 2, 3}, "image/png");
            assertTrue(VCardManager.getInstanceFor(juliet).isSupported(JidCreate.from("localhost")));
            VCardManager.getInstanceFor(juliet).saveVCard(card);

            VCard own = VCardManager.getInstanceFor(juliet).loadVCard();
            VCard seen = VCardManager.getInstanceFor(romeo).loadVCard(JidCreate.entityBareFrom(owner + "@localhost"));

            assertEquals("Juliet", own.getFirstName());
            assertEquals("J & <co>", seen.getNickName());
            assertEquals(3, seen.getAvatar().length);
        } finally {
            juliet.disconnect();
            romeo.disconnect();
        }
    }

    @Test // XEP-0054 §3.1, §3.3
    void aVCardThatIsNotThereAndOneOfNobodyDoNotTellWhoExists() throws Exception {
        String user = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            Xml none = client.iq("get", user + "@localhost", VCARD);
            Xml nobody = client.iq("get", "no-such-user@localhost", VCARD);
            assertEquals(none.error(), nobody.error());
        }
    }

    @Test // XEP-0054 §3.2
    void nobodyElseMayChangeAVCard() throws Exception {
        String user = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            Xml refused = client.iq("set", user + "@localhost", "<vCard xmlns='vcard-temp'><FN>Fool</FN></vCard>");
            assertEquals("auth/forbidden", refused.error());
        }
    }

    @Test // XEP-0049 §2
    void aClientLibraryKeepsPrivateData() throws Exception {
        String user = StanzaClient.register(server);
        XMPPTCPConnection client = Clients.logIn(server, user, StanzaClient.PASSWORD, "r");
        try {
            PrivateDataManager manager = PrivateDataManager.getInstanceFor(client);
            assertTrue(manager.isSupported());
            DefaultPrivateData data = new DefaultPrivateData("exodus", "exodus:prefs");
            data.setValue("defaultnick", "Hamlet");
            manager.setPrivateData(data);
            DefaultPrivateData read = (DefaultPrivateData) manager.getPrivateData("exodus", "exodus:prefs");
            assertEquals("Hamlet", read.getValue("defaultnick"));
        } finally {
            client.disconnect();
        }
    }

    @Test // XEP-0049 §2.1, §2.2
    void privateDataIsKeptByNameAndNamespaceAndReplacedAsAWhole() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            set(client, "<a xmlns='urn:one'><x/></a>");
            set(client, "<a xmlns='urn:two'><y/></a>");
            set(client, "<a xmlns='urn:one'><z/></a>");
            Xml one = get(client, "<a xmlns='urn:one'/>");
            assertTrue(one.has("z", "urn:one"), one.toString());
            assertFalse(one.has("x", "urn:one"), one.toString());
            assertTrue(get(client, "<a xmlns='urn:two'/>").has("y", "urn:two"));
            Xml empty = get(client, "<b xmlns='urn:three'/>");
            assertEquals(
                    0, empty.find("b", "urn:three").orElseThrow().children().size());
        }
    }

    @Test // XEP-0049 §2.3
    void privateDataOfOthersIsForbidden() throws Exception {
        String user = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, StanzaClient.register(server), "r")) {
            Xml refused = client.iq(
                    "get", user + "@localhost", "<query xmlns='" + PRIVATE + "'><a xmlns='urn:one'/></query>");
            assertTrue(
                    refused.error().equals("auth/forbidden") || refused.error().equals("cancel/forbidden"),
                    refused.toString());
        }
    }

    private static void set(StanzaClient client, String data) throws Exception {
        Xml answer = client.iq("set", "", "<query xmlns='" + PRIVATE + "'>" + data + "</query>");
        assertEquals("result", answer.get("type"), answer.toString());
    }

    private static Xml get(StanzaClient client, String data) throws Exception {
        return client.iq("get", "", "<query xmlns='" + PRIVATE + "'>" + data + "</query>");
    }
}
