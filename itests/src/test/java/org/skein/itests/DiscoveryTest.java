package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.caps.EntityCapsManager;
import org.jivesoftware.smackx.commands.AdHocCommandManager;
import org.jivesoftware.smackx.disco.ServiceDiscoveryManager;
import org.jivesoftware.smackx.disco.packet.DiscoverInfo;
import org.jivesoftware.smackx.iqlast.LastActivityManager;
import org.jivesoftware.smackx.iqversion.VersionManager;
import org.jivesoftware.smackx.ping.PingManager;
import org.jivesoftware.smackx.time.EntityTimeManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jxmpp.jid.DomainBareJid;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** What a client may ask the server: XEP-0030, 0115, 0157, 0050, 0199, 0092, 0012, 0202. */
@ExtendWith(SharedNode.class)
class DiscoveryTest {
    private static final String INFO = "http://jabber.org/protocol/disco#info";
    private static final String ITEMS = "http://jabber.org/protocol/disco#items";
    private static final String COMMANDS = "http://jabber.org/protocol/commands";
    private static final String ONLINE = "http://jabber.org/protocol/admin#get-online-users-num";
    private static final String LAST = "<query xmlns='jabber:iq:last'/>";

    private static ServerProcess server;
    private static DomainBareJid host;
    private static String user;
    private static XMPPTCPConnection smack;

    @BeforeAll
    static void logIn(ServerProcess shared) throws Exception {
        server = shared;
        host = JidCreate.domainBareFrom("localhost");
        user = StanzaClient.register(server);
        smack = Clients.logIn(server, user, StanzaClient.PASSWORD, "smack");
    }

    @AfterAll
    static void logOut() {
        smack.disconnect();
    }

    @Test // XEP-0030 §3
    void theServerTellsWhatItIsAndWhatItCanDo() throws Exception {
        DiscoverInfo info = ServiceDiscoveryManager.getInstanceFor(smack).discoverInfo(host);
        assertTrue(info.hasIdentity("server", "im"));
        Set<String> features =
                info.getFeatures().stream().map(DiscoverInfo.Feature::getVar).collect(Collectors.toSet());
        for (String feature : List.of(
                INFO,
                ITEMS,
                COMMANDS,
                "urn:xmpp:ping",
                "jabber:iq:version",
                "jabber:iq:last",
                "urn:xmpp:time",
                "jabber:iq:register",
                "urn:xmpp:blocking",
                "urn:xmpp:carbons:2",
                "vcard-temp",
                "jabber:iq:private",
                "msgoffline")) {
            assertTrue(features.contains(feature), () -> feature + " is missing in " + features);
        }
    }

    @Test // XEP-0030 §3, of the own account
    void theOwnAccountTellsWhatItIs() throws Exception {
        DiscoverInfo info =
                ServiceDiscoveryManager.getInstanceFor(smack).discoverInfo(JidCreate.from(user + "@localhost"));
        assertTrue(info.hasIdentity("account", "registered"));
        assertTrue(info.containsFeature("urn:xmpp:sid:0") || info.containsFeature(INFO));
    }

    @Test // XEP-0030 §7
    void anUnknownNodeIsNotFound() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "raw")) {
            assertEquals(
                    "cancel/item-not-found",
                    client.iq("get", "localhost", "<query xmlns='" + INFO + "' node='nothing'/>")
                            .error());
            Xml items = client.iq("get", "localhost", "<query xmlns='" + ITEMS + "'/>");
            assertEquals("result", items.get("type"));
        }
    }

    @Test // XEP-0030 §8: strangers learn nothing of an account, as if it were not there
    void anotherUsersAccountIsNobodysBusiness() throws Exception {
        String other = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.bound(server, user, "raw")) {
            Xml there = client.iq("get", other + "@localhost", "<query xmlns='" + INFO + "'/>");
            Xml nobody = client.iq("get", "no-such-user@localhost", "<query xmlns='" + INFO + "'/>");
            assertEquals("cancel/service-unavailable", there.error());
            assertEquals(there.error(), nobody.error());
        }
    }

    @Test // XEP-0115 §6.2: in the stream's features, and it verifies
    void theCapabilitiesInTheStreamFeaturesVerify() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            Xml caps = client.features()
                    .find("c", "http://jabber.org/protocol/caps")
                    .orElseThrow();
            assertEquals("sha-1", caps.get("hash"));
            client.bind("raw");
            String node = caps.get("node") + "#" + caps.get("ver");
            Xml answer = client.iq("get", "localhost", "<query xmlns='" + INFO + "' node='" + node + "'/>");
            Xml query = answer.find("query", INFO).orElseThrow();
            assertEquals(node, query.get("node"));
            assertEquals(caps.get("ver"), verification(query));
        }
    }

    /** XEP-0115 §5.1. */
    private static String verification(Xml query) throws Exception {
        StringBuilder s = new StringBuilder();
        query.children().stream()
                .filter(c -> c.is("identity", INFO))
                .map(c -> c.get("category") + "/" + c.get("type") + "/" + c.get("xml:lang") + "/" + c.get("name") + "<")
                .sorted()
                .forEach(s::append);
        query.children().stream()
                .filter(c -> c.is("feature", INFO))
                .map(c -> c.get("var") + "<")
                .sorted()
                .forEach(s::append);
        for (Xml form : query.children()) {
            if (form.is("x", "jabber:x:data")) {
                appendForm(s, form);
            }
        }
        return Base64.getEncoder()
                .encodeToString(
                        MessageDigest.getInstance("SHA-1").digest(s.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void appendForm(StringBuilder s, Xml form) {
        List<Xml> fields = form.children().stream()
                .filter(f -> f.is("field", "jabber:x:data"))
                .toList();
        fields.stream()
                .filter(f -> f.get("var").equals("FORM_TYPE"))
                .forEach(f -> s.append(f.text()).append('<'));
        fields.stream()
                .filter(f -> !f.get("var").equals("FORM_TYPE"))
                .sorted((a, b) -> a.get("var").compareTo(b.get("var")))
                .forEach(f -> {
                    s.append(f.get("var")).append('<');
                    f.children().stream()
                            .map(Xml::text)
                            .sorted()
                            .forEach(v -> s.append(v).append('<'));
                });
    }

    @Test // XEP-0115 §6: a client library takes them from the stream
    void aClientLibraryCachesTheCapabilitiesOfTheServer() throws Exception {
        assertTrue(EntityCapsManager.getInstanceFor(smack).areEntityCapsSupportedByServer());
    }

    @Test // XEP-0157
    void theAddressesOfThoseWhoRunTheServerAreTold() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "raw")) {
            Xml info = client.iq("get", "localhost", "<query xmlns='" + INFO + "'/>");
            assertTrue(info.toString().contains("http://jabber.org/network/serverinfo"), info.toString());
            assertTrue(info.toString().contains("mailto:abuse@example.org"), info.toString());
            assertTrue(info.toString().contains("xmpp:admin@example.org"), info.toString());
        }
    }

    @Test // XEP-0050 §2.2, by a client library
    void commandsAreListedToAdministratorsOnly() throws Exception {
        assertEquals(
                0,
                AdHocCommandManager.getInstance(smack)
                        .discoverCommands(host)
                        .getItems()
                        .size());
        XMPPTCPConnection admin = Clients.logIn(server, SharedNode.ADMIN, StanzaClient.PASSWORD, "desk");
        try {
            AdHocCommandManager manager = AdHocCommandManager.getInstance(admin);
            assertTrue(manager.discoverCommands(host).getItems().stream().anyMatch(i -> ONLINE.equals(i.getNode())));
            assertTrue(manager.getRemoteCommand(host, ONLINE).execute().isCompleted());
        } finally {
            admin.disconnect();
        }
    }

    @Test // XEP-0050 §4.4
    void aCommandIsForbiddenToOthersAndAnUnknownOneIsNotFound() throws Exception {
        try (StanzaClient client = StanzaClient.bound(server, user, "raw")) {
            assertEquals("auth/forbidden", command(client, ONLINE));
            assertEquals("cancel/item-not-found", command(client, "no-such-command"));
        }
    }

    private static String command(StanzaClient client, String node) throws Exception {
        return client.iq("set", "localhost", "<command xmlns='" + COMMANDS + "' node='" + node + "'/>")
                .error();
    }

    @Test // XEP-0199 §4.2, §4.3
    void theServerAnswersPings() throws Exception {
        PingManager ping = PingManager.getInstanceFor(smack);
        assertTrue(ping.isPingSupported(host));
        assertTrue(ping.pingMyServer());
        try (StanzaClient client = StanzaClient.bound(server, user, "raw")) {
            Xml answer = client.iq("get", client.bare(), "<ping xmlns='urn:xmpp:ping'/>");
            assertEquals("result", answer.get("type"));
            assertEquals(0, answer.children().size());
        }
    }

    @Test // XEP-0092 §3
    void theServerTellsItsNameAndVersion() throws Exception {
        assertEquals(
                "Skein", VersionManager.getInstanceFor(smack).getVersion(host).getName());
        assertFalse(VersionManager.getInstanceFor(smack)
                .getVersion(host)
                .getVersion()
                .isEmpty());
    }

    @Test // XEP-0202 §3
    void theServerTellsTheTime() throws Exception {
        Instant told =
                EntityTimeManager.getInstanceFor(smack).getTime(host).getTime().toInstant();
        assertTrue(Duration.between(told, Instant.now()).abs().toMinutes() < 2, told.toString());
    }

    @Test // XEP-0012 §4: of the server, how long it is up
    void theServerTellsHowLongItIsUp() throws Exception {
        long seconds =
                LastActivityManager.getInstanceFor(smack).getLastActivity(host).getIdleTime();
        assertTrue(seconds >= 0 && seconds < 3600, () -> seconds + " s");
    }

    @Test // XEP-0012 §3: of a user who left, to those who may see the presence
    void theLastActivityOfAnAbsentContactIsToldToItsSubscribersOnly() throws Exception {
        String name = StanzaClient.register(server);
        try (StanzaClient juliet = StanzaClient.online(server, name, "r");
                StanzaClient romeo = StanzaClient.online(server, StanzaClient.register(server), "r");
                StanzaClient stranger = StanzaClient.online(server, StanzaClient.register(server), "r")) {
            juliet.presence("subscribed", romeo.bare()).soFar();
            romeo.presence("subscribe", juliet.bare());
            romeo.awaitPresence("subscribed", juliet.bare());
            juliet.send("<presence type='unavailable'><status>to bed</status></presence>");
            juliet.logOut();
            romeo.awaitPresence("unavailable", juliet.jid());
            // Written to the database beside the presence, so it may come a moment later.
            Await.until(
                    "the last activity is known",
                    () -> romeo.iq("get", juliet.bare(), LAST).error().isEmpty());
            Xml last = romeo.iq("get", juliet.bare(), LAST);
            Xml query = last.find("query", "jabber:iq:last").orElseThrow();
            assertNotNull(query.get("seconds"));
            assertTrue(Integer.parseInt(query.get("seconds")) < 60, last.toString());
            assertEquals("to bed", query.text());
            String refused = stranger.iq("get", juliet.bare(), LAST).error();
            assertTrue(refused.endsWith("/forbidden") || refused.endsWith("/service-unavailable"), refused);
        }
    }
}
