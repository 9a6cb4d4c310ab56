package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;

/** What somebody does who has the server for the first time, and what keeps others from overdoing it. */
class FirstStepsTest {
    @Test
    void theFirstLinesSayWhereItListensAndHowTheFirstUserIsAdded() {
        try (ServerProcess server = ServerProcess.create().asShipped().start()) {
            Await.until("it has greeted", () -> server.output().contains("config:set admins admin@localhost"));
            String said = server.output();
            server.ports()
                    .forEach((name, port) -> assertTrue(
                            said.matches("(?s).*\\n *" + name + " +port " + port + " +on 127\\.0\\.0\\.1.*"), said));
            assertTrue(said.contains("user add anna@localhost"), said);
            assertTrue(said.contains("--base " + server.base()), said);
        }
    }

    @Test
    void accountsAreAddedChangedAndRemovedWhetherTheNodeRunsOrNot() throws Exception {
        try (ServerProcess server = ServerProcess.create()) {
            for (String name : List.of("early", "late")) {
                String jid = name + "@localhost";
                server.skein("user", "add", jid, "--password", "first").succeeds();
                server.skein("user", "passwd", "--password", "second", jid).succeeds();
                server.skein("user", "add", "gone@localhost", "--password", "x").succeeds();
                server.skein("user", "remove", "gone@localhost").succeeds();
                List<String> listed =
                        server.skein("user", "list").succeeds().output().lines().toList();
                assertTrue(listed.contains(jid) && !listed.contains("gone@localhost"), listed::toString);
                if (!server.isRunning()) server.start();
                Clients.logIn(server, name, "second", "r").disconnect();
                assertThrows(SASLErrorException.class, () -> Clients.logIn(server, name, "first", "r"));
            }
        }
    }

    @Test
    void bundlesAndComponentsAreLookedAtAndChangedAtTheConsole() throws Exception {
        try (ServerProcess server = ServerProcess.create().start()) {
            String edge = "org.skein.c2s.internal.ClientEdgeComponent";
            assertTrue(server.shell("scr:list").contains(edge));
            assertTrue(server.shell("scr:info " + edge).contains("org.skein.net.api.Listeners"));

            String said = server.shell("install file:" + Examples.componentEcho());
            Matcher id = Pattern.compile("\\d+").matcher(said);
            assertTrue(id.find(), said);
            assertTrue(row(server, id.group()).contains("Installed"), row(server, id.group()));
            server.shell("start " + id.group());
            assertTrue(row(server, id.group()).contains("Active"));
            server.shell("update " + id.group());
            server.shell("stop " + id.group());
            assertTrue(row(server, id.group()).contains("Resolved"));
            server.shell("uninstall " + id.group());
            assertEquals("", row(server, id.group()));
        }
    }

    private static String row(ServerProcess server, String bundle) {
        return server.shell("lb")
                .lines()
                .filter(l -> l.strip().startsWith(bundle + "|"))
                .findFirst()
                .orElse("");
    }

    @Test
    void whoRegistersOrGuessesTooOftenHasToWait() throws Exception {
        try (ServerProcess server = ServerProcess.create("registration=true", "registration-rate=2", "login-rate=3")
                .start()) {
            String user = StanzaClient.register(server);
            StanzaClient.register(server);
            try (StanzaClient third = StanzaClient.encrypted(server)) {
                String error = third.iq(
                                "set",
                                "",
                                "<query xmlns='jabber:iq:register'><username>third</username>"
                                        + "<password>x</password></query>")
                        .error();
                assertEquals("wait/resource-constraint", error);
            }
            for (int i = 0; i < 3; i++) assertEquals("failure", answer(server, user, "wrong"));
            assertEquals("failure", answer(server, user, StanzaClient.PASSWORD)); // right, but too late
            server.shell("config:set login-rate 0");
            assertEquals("success", answer(server, user, StanzaClient.PASSWORD));
            server.shell("config:set registration-rate 0");
            assertFalse(StanzaClient.register(server).isEmpty());
        }
    }

    @Test // max-sessions-per-user
    void aUserHasAsManySessionsAsTheSettingSaysAndWithZeroAsManyAsHeLikes() throws Exception {
        List<StanzaClient> sessions = new ArrayList<>();
        try (ServerProcess server = ServerProcess.create(
                        "registration=true", "registration-rate=0", "login-rate=0", "max-sessions-per-user=50")
                .start()) {
            String user = StanzaClient.register(server);
            for (int i = 0; i < 50; i++) sessions.add(StanzaClient.bound(server, user, "r" + i));
            try (StanzaClient oneMore = StanzaClient.authenticated(server, user)) {
                assertEquals(
                        "wait/resource-constraint", oneMore.tryBind("one-more").error());
            }
            sessions.remove(0).logOut();
            sessions.add(StanzaClient.bound(server, user, "in-its-place"));
            server.shell("config:set max-sessions-per-user 0");
            for (int i = 50; i < 60; i++) sessions.add(StanzaClient.bound(server, user, "r" + i));
            for (StanzaClient session : sessions) {
                assertEquals(
                        "result",
                        session.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>")
                                .get("type"));
            }
        } finally {
            for (StanzaClient session : sessions) session.close();
        }
    }

    /** With a file of names that has only these, {@code InetAddress.getLocalHost()} fails as well. */
    @Test
    void aMachineThatDoesNotKnowItsOwnNameIsNoObstacle() throws Exception {
        try (ServerProcess server = ServerProcess.create()) {
            Path names = Files.writeString(server.resolve("hosts"), "127.0.0.1 localhost\n");
            server.environment("JAVA_OPTS", "-Djdk.net.hosts.file=" + names);
            Path another = server.resolve("another");
            server.skeinWithoutBase("create", another.toString()).succeeds();
            server.start().addUser("romeo@localhost", "secret");
            Clients.logIn(server, "romeo", "secret", "r").disconnect();
            server.skein("status").succeeds();
            server.skein("doctor").succeeds();
            assertTrue(server.shell("doctor").contains("settings"));
            assertFalse(server.log().contains("UnknownHost"), server.log());
        }
    }

    private static String answer(ServerProcess server, String user, String password) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(server)) {
            return client.plain(user, password).awaitSasl().name();
        }
    }
}
