package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.Await;
import org.skein.itests.support.Command;
import org.skein.itests.support.Processes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.SharedNode;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** One command in its three forms: XEP-0050, at the console, and as {@code bin/skein ctl}. */
@ExtendWith(SharedNode.class)
class CommandsTest {
    private static final String ONLINE = "<command xmlns='http://jabber.org/protocol/commands' action='execute'"
            + " node='http://jabber.org/protocol/admin#get-online-users-num'/>";

    private static ServerProcess server;

    @BeforeAll
    static void useNode(ServerProcess shared) {
        server = shared;
    }

    @Test // XEP-0050 §2.4, XEP-0133 §4.18
    void anAdministratorsClientRunsIt() throws Exception {
        try (StanzaClient admin = StanzaClient.online(server, SharedNode.ADMIN, "commands")) {
            Xml answer = admin.iq("set", "localhost", ONLINE);
            Xml command = answer.find("command", "http://jabber.org/protocol/commands")
                    .orElseThrow();
            assertEquals("completed", command.get("status"), answer::toString);
            assertTrue(answer.toString().contains("onlineusersnum"), answer::toString);
        }
    }

    @Test
    void othersAreRefused() throws Exception {
        try (StanzaClient user = StanzaClient.online(server, StanzaClient.register(server), "commands")) {
            assertEquals("auth/forbidden", user.iq("set", "localhost", ONLINE).error());
        }
    }

    @Test
    void itIsACommandOfTheConsoleWithHelp() {
        assertTrue(server.shell("user:online-count").startsWith("The number of online users: "));
        assertTrue(server.shell("help").contains("user:online-count"));
        assertTrue(server.shell("help user:online-count").contains("Get Number of Online Users"));
        Command refused = server.skein("shell", "user:online-count more").exits(1);
        assertTrue(refused.output().contains("'more' is one too many"), refused::output);
    }

    @Test
    void itIsACommandOfTheCommandLine() {
        Command list = server.skein("ctl", "--list").succeeds();
        assertTrue(list.output().lines().anyMatch(l -> l.startsWith("user:online-count ")), list::output);
        assertTrue(server.skein("ctl", "user:online-count", "--help")
                .succeeds()
                .output()
                .startsWith("user:online-count\n"));
        Command json = server.skein("ctl", "user:online-count", "--json").succeeds();
        assertTrue(
                json.output()
                        .matches(
                                "(?s)\\{\"command\":\"user:online-count\",\"complete\":true,.*\"values\":"
                                        + "\\{\"onlineusersnum\":\"\\d+\"},.*\"nodes\":\\[\\{\"node\":\"alone\",\"state\":\"ok\",.*\n"),
                json::output);
        server.skein("ctl", "no:such").exits(2);
        server.skein("ctl", "user:online-count", "more").exits(2);
        server.skein("ctl").exits(2);
        assertTrue(Command.skein("ctl", "--help").succeeds().output().contains("Exit status"));
    }

    @Test // XEP-0059 §2
    void theListOfCommandsComesInPages() throws Exception {
        try (StanzaClient admin = StanzaClient.online(server, SharedNode.ADMIN, "pages")) {
            String ask = "<query xmlns='http://jabber.org/protocol/disco#items'"
                    + " node='http://jabber.org/protocol/commands'>"
                    + "<set xmlns='http://jabber.org/protocol/rsm'><max>20</max>%s</set></query>";
            String rsm = "http://jabber.org/protocol/rsm";
            List<String> nodes = new ArrayList<>();
            String after = "";
            int count;
            do {
                Xml answer = admin.iq("get", "localhost", String.format(ask, after));
                Xml query = answer.find("query", "http://jabber.org/protocol/disco#items")
                        .orElseThrow();
                Xml set = query.find("set", rsm).orElseThrow();
                List<String> page = query.children().stream()
                        .filter(c -> c.name().equals("item"))
                        .map(c -> c.get("node"))
                        .toList();
                assertTrue(page.size() <= 20, answer::toString);
                nodes.addAll(page);
                count = Integer.parseInt(set.find("count", rsm).orElseThrow().text());
                after = "<after>" + set.find("last", rsm).orElseThrow().text() + "</after>";
            } while (nodes.size() < count);
            assertEquals(count, Set.copyOf(nodes).size());
            assertTrue(nodes.contains("http://jabber.org/protocol/admin#edit-blacklist"), nodes::toString);
            assertTrue(count > 40, "in three pages or more");
        }
    }

    /** Whether somebody's stanzas are being traced on the node. */
    private static boolean isTracing() {
        String bundle = server.skein("ctl", "bundle:list", "org.skein.adhoc")
                .succeeds()
                .output()
                .lines()
                .filter(l -> l.contains(" org.skein.adhoc "))
                .findFirst()
                .orElseThrow();
        String id = bundle.substring(bundle.lastIndexOf(' ') + 1);
        return server.shell("inspect capability service " + id).contains("ClientProcessor");
    }

    @Test
    void theEndOfTheCommandLineCancelsWhatIsUnderWay() throws Exception {
        String user = StanzaClient.register(server);
        long begun = System.nanoTime();
        Process ctl = new ProcessBuilder(
                        Command.home().resolve("bin/skein").toString(),
                        "ctl",
                        "session:trace",
                        user + "@localhost",
                        "seconds=60",
                        "--base",
                        server.base().toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Processes.guard(ctl.toHandle());
        Await.until("it is traced", CommandsTest::isTracing);
        ctl.destroy();
        Await.until("it is not any more", () -> !isTracing());
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        assertTrue(seconds < 60, "it would have ended by itself after a minute; now it is after " + seconds + " s");
    }

    private static Process shell() throws Exception {
        Process terminal = new ProcessBuilder(
                        "script",
                        "-qec",
                        "'" + Command.home().resolve("bin/skein") + "' shell --base '" + server.base() + "'",
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        Processes.guard(terminal.toHandle());
        return terminal;
    }

    @Test
    void theConsoleCompletesNamesFieldsAndValuesOfCommands() throws Exception {
        Process terminal = shell();
        type(terminal, "skein>", "session:kic\t");
        type(terminal, "session:kick", "er\t");
        type(terminal, "(system-shutdown)", "res\t\r"); // the last of the values it shows
        type(terminal, "field jid: is required", "\u0004"); // and not "erres is no address"
        assertTrue(terminal.waitFor(60, TimeUnit.SECONDS), "the shell ends");
    }

    @Test
    void ctrlCAtTheConsoleCancelsWhatIsUnderWay() throws Exception {
        String user = StanzaClient.register(server);
        Process terminal = shell();
        type(terminal, "skein>", "session:trace " + user + "@localhost seconds=60\r");
        Await.until("it is traced", CommandsTest::isTracing);
        type(terminal, "seconds=60", "\u0003");
        type(terminal, "alone: cancelled", "\u0004");
        Await.until("it is not any more", () -> !isTracing());
        assertTrue(terminal.waitFor(60, TimeUnit.SECONDS), "the shell ends");
    }

    /** Waits for a text, and types another. */
    private static void type(Process terminal, String seen, String typed) throws Exception {
        StringBuilder all = new StringBuilder();
        CompletableFuture<Void> end = CompletableFuture.runAsync(
                terminal::destroy, CompletableFuture.delayedExecutor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        while (all.indexOf(seen) < 0) {
            int c = terminal.getInputStream().read();
            if (c < 0) throw new AssertionError("ended without '" + seen + "': " + all);
            all.append((char) c);
        }
        end.cancel(false);
        terminal.getOutputStream().write(typed.getBytes());
        terminal.getOutputStream().flush();
    }
}
