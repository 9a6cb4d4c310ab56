package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jivesoftware.smack.filter.MessageWithBodiesFilter;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.Presence;
import org.jivesoftware.smack.roster.Roster;
import org.jivesoftware.smack.roster.RosterEntry;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;
import org.jivesoftware.smackx.delay.DelayInformationManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.jxmpp.jid.BareJid;
import org.jxmpp.jid.EntityBareJid;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.Processes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** What two people and an operator do with a node, the same on every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseScenarios {
    private static final String SM = "urn:xmpp:sm:3";
    private static final String PASSWORD = StanzaClient.PASSWORD;
    private static final int MESSAGES = 200;

    private ServerProcess server;

    ServerProcess server() {
        return server;
    }

    /** The settings of the database. */
    abstract String[] database() throws Exception;

    @BeforeAll
    void startNode() throws Exception {
        server = ServerProcess.create(database()).asShipped().start();
        for (String name : List.of("romeo", "juliet", "nurse")) {
            server.addUser(name + "@localhost", PASSWORD);
        }
    }

    @AfterAll
    void stopNode() {
        if (server != null) {
            server.close();
        }
    }

    private static EntityBareJid address(String name) throws Exception {
        return JidCreate.entityBareFrom(name + "@localhost");
    }

    private static BlockingQueue<Message> messages(XMPPTCPConnection connection) {
        BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        connection.addSyncStanzaListener(s -> received.add((Message) s), MessageWithBodiesFilter.INSTANCE);
        return received;
    }

    private static Message next(BlockingQueue<Message> received) throws InterruptedException {
        Message message = received.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertNotNull(message, "a message");
        return message;
    }

    private static void say(XMPPTCPConnection from, BareJid to, String body) throws Exception {
        from.sendStanza(from.getStanzaFactory()
                .buildMessageStanza()
                .to(to)
                .ofType(Message.Type.chat)
                .setBody(body)
                .build());
    }

    @Test
    void twoClientsChat() throws Exception {
        XMPPTCPConnection romeo = Clients.logIn(server, "romeo", PASSWORD, "orchard");
        XMPPTCPConnection juliet = Clients.logIn(server, "juliet", PASSWORD, "balcony");
        try {
            BlockingQueue<Message> his = messages(romeo);
            BlockingQueue<Message> hers = messages(juliet);
            say(romeo, address("juliet"), "O, speak again \u2764 \uD83D\uDC34");
            assertEquals("O, speak again \u2764 \uD83D\uDC34", next(hers).getBody());
            say(juliet, address("romeo"), "wherefore art thou");
            Message answer = next(his);
            assertEquals("wherefore art thou", answer.getBody());
            assertEquals(juliet.getUser(), answer.getFrom());
        } finally {
            romeo.disconnect();
            juliet.disconnect();
        }
    }

    @Test // XEP-0160, XEP-0203
    void messagesToAnAbsentUserWaitForTheNextLogin() throws Exception {
        XMPPTCPConnection romeo = Clients.logIn(server, "romeo", PASSWORD, "orchard");
        try {
            for (int i = 0; i < 20; i++) {
                say(romeo, address("juliet"), "offline " + i + " \uD83D\uDC34");
            }
        } finally {
            romeo.disconnect();
        }
        XMPPTCPConnection juliet = new XMPPTCPConnection(as("juliet", "late"));
        try {
            BlockingQueue<Message> hers = messages(juliet);
            juliet.connect();
            juliet.login();
            for (int i = 0; i < 20; i++) {
                Message message = next(hers);
                assertEquals("offline " + i + " \uD83D\uDC34", message.getBody());
                assertTrue(DelayInformationManager.isDelayedStanza(message));
            }
        } finally {
            juliet.disconnect();
        }
    }

    private XMPPTCPConnectionConfiguration as(String name, String resource) throws Exception {
        return Clients.configuration(server)
                .setUsernameAndPassword(name, PASSWORD)
                .setResource(resource)
                .build();
    }

    @Test // RFC 6121 §2, §3
    void aRosterWithItsSubscriptionOutlivesTheLogin() throws Exception {
        XMPPTCPConnection nurse = Clients.logIn(server, "nurse", PASSWORD, "kitchen");
        XMPPTCPConnection juliet = Clients.logIn(server, "juliet", PASSWORD, "balcony");
        try {
            Roster hers = Roster.getInstanceFor(juliet);
            hers.setSubscriptionMode(Roster.SubscriptionMode.accept_all);
            Roster.getInstanceFor(nurse)
                    .createItemAndRequestSubscription(address("juliet"), "My lady", new String[] {"Capulet"});
            Await.until(
                    "she is seen",
                    () -> Roster.getInstanceFor(nurse).isSubscribedToMyPresence(address("juliet"))
                            || Roster.getInstanceFor(nurse)
                                    .getPresence(address("juliet"))
                                    .isAvailable());
        } finally {
            nurse.disconnect();
        }
        XMPPTCPConnection again = Clients.logIn(server, "nurse", PASSWORD, "kitchen");
        try {
            Roster roster = Roster.getInstanceFor(again);
            roster.reloadAndWait();
            RosterEntry entry = roster.getEntry(address("juliet"));
            assertEquals("My lady", entry.getName());
            assertEquals("Capulet", entry.getGroups().get(0).getName());
            assertTrue(entry.canSeeHisPresence());
            Await.until(
                    "her presence", () -> roster.getPresence(address("juliet")).getType() == Presence.Type.available);
        } finally {
            again.disconnect();
            juliet.disconnect();
        }
    }

    @Test // XEP-0077 §5
    void registrationIsOffByDefault() throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertFalse(client.features().has("register", "http://jabber.org/features/iq-register"));
            Xml refused = client.iq(
                    "set",
                    "",
                    "<query xmlns='jabber:iq:register'><username>thief</username><password>x</password></query>");
            assertEquals("error", refused.get("type"), refused.toString());
        }
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            assertEquals("failure", client.plain("thief", "x").awaitSasl().name());
        }
    }

    /** What the server has acknowledged is safe, whatever happens to it, and whether or not the recipient is there. */
    @Test // XEP-0198 §4
    void whatWasAcknowledgedIsDeliveredThoughTheNodeIsKilled() throws Exception {
        int acknowledged;
        StanzaClient juliet = StanzaClient.authenticated(server, "juliet");
        try (juliet;
                StanzaClient romeo = StanzaClient.bound(server, "romeo", "orchard")) {
            juliet.bind("mute"); // there, with stream management, and never confirms
            juliet.send("<enable xmlns='" + SM + "' resume='true'/>").await("enabled", x -> x.is("enabled", SM));
            juliet.available("");
            romeo.send("<enable xmlns='" + SM + "'/>").await("enabled", x -> x.is("enabled", SM));
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < MESSAGES; i++) {
                String to = i % 2 == 0 ? "nurse@localhost" : "juliet@localhost";
                all.append("<message type='chat' to='").append(to).append("'><body>safe ");
                all.append(i).append("</body></message>");
            }
            romeo.send(all.toString());
            int h = 0;
            while (h < MESSAGES / 2) {
                romeo.send("<r xmlns='" + SM + "'/>");
                h = Math.max(h, handled(romeo.await("a", x -> x.is("a", SM))));
            }
            server.kill();
            acknowledged = h;
        }

        server.start();

        for (String name : List.of("nurse", "juliet")) {
            int first = name.equals("nurse") ? 0 : 1;
            List<String> expected = new ArrayList<>();
            for (int i = first; i < acknowledged; i += 2) {
                expected.add("safe " + i);
            }
            List<String> got = new ArrayList<>();
            try (StanzaClient client = StanzaClient.online(server, name, "later")) {
                client.chat(client.jid(), "marker");
                for (Xml x : client.allUntilBody("marker")) {
                    if (x.text("body").startsWith("safe ")) {
                        got.add(x.text("body"));
                    }
                }
                client.logOut();
            }
            assertEquals(expected, got.subList(0, Math.min(expected.size(), got.size())), name);
            assertEquals(got.size(), got.stream().distinct().count(), () -> name + " got some twice: " + got);
        }
    }

    private static int handled(Xml a) {
        return Integer.parseInt(a.get("h"));
    }

    /** Debian's slixmpp: a client of another language, with its own defaults. */
    @Test
    void aDesktopStyleClientLogsInAndChats() throws Exception {
        Path script = Path.of(System.getProperty("skein.root"), "itests/src/test/resources/clients/slixmpp_chat.py");
        try (StanzaClient nurse = StanzaClient.online(server, "nurse", "kitchen")) {
            Path output = server.resolve("log/slixmpp.txt");
            Process client = new ProcessBuilder(
                            "/usr/bin/python3",
                            script.toString(),
                            Integer.toString(server.port("c2s")),
                            "romeo@localhost/desk",
                            PASSWORD,
                            nurse.bare())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Processes.guard(client.toHandle());
            try {
                Xml hello = nurse.awaitBody("hello from slixmpp");
                assertEquals("romeo@localhost/desk", hello.get("from"));
                nurse.awaitPresence("subscribe", "romeo@localhost");
                nurse.chat("romeo@localhost", "and to you");
                assertTrue(client.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
                assertEquals(0, client.exitValue());
                String said = Files.readString(output);
                assertTrue(said.contains("answer nurse@localhost and to you"), said);
            } catch (AssertionError e) {
                throw new AssertionError("slixmpp said: " + Files.readString(output), e);
            } finally {
                client.destroyForcibly();
            }
        }
    }
}
