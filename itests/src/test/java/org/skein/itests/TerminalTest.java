package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.Command;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Terminal;

/** What somebody sees and types who sits at a terminal. */
class TerminalTest {
    private static final String PROMPT = "skein>";
    private static final String UP = "\033OA";
    private static final String CTRL_D = "\004";

    private static String line(ServerProcess node, String command) {
        return "exec " + Terminal.quoted(Command.home().resolve("bin/skein")) + " " + command + " --base "
                + Terminal.quoted(node.base());
    }

    @Test
    void runGivesAConsoleWithHistoryColoursAndCompletionAndCtrlDStopsTheNode() throws Exception {
        try (ServerProcess node = ServerProcess.create()) {
            try (Terminal terminal = Terminal.run(line(node, "run"))) {
                terminal.await("serves localhost").await("port " + portOf(terminal, "c2s"));
                terminal.await("\033[34;1m" + PROMPT); // blue
                terminal.type("echo once-$(echo more)\r").await("once-more").await(PROMPT);
                terminal.type(UP + "\r").await("once-more").await(PROMPT);
                terminal.type("feature:l\t")
                        .await("ist")
                        .type("\r")
                        .await("core")
                        .await(PROMPT);
                terminal.type("no-such-thing\r").await("not found").await(PROMPT);
                node.skein("status").succeeds();
                terminal.type(CTRL_D);
                assertEquals(0, terminal.awaitExit(), terminal::shown);
                assertFalse(Files.exists(node.resolve("run/skein.pid")));
            }
            // The history is the instance's: the next session knows the last line of this one.
            try (Terminal again = Terminal.run(line(node, "run"))) {
                again.await(PROMPT).type(UP).await("no-such-thing");
                again.type("\025" + CTRL_D);
                assertEquals(0, again.awaitExit(), again::shown);
            }
        }
    }

    private static String portOf(Terminal terminal, String listener) {
        Pattern port = Pattern.compile(listener + " +port (\\d+)");
        Await.until(
                "it says where it listens", () -> port.matcher(terminal.shown()).find());
        Matcher matcher = port.matcher(terminal.shown());
        assertTrue(matcher.find());
        return matcher.group(1);
    }

    @Test
    void aTerminalThatTellsNoSizeIsOneAllTheSame() throws Exception {
        try (ServerProcess node = ServerProcess.create();
                Terminal terminal = Terminal.runWithoutWindow(line(node, "run"))) {
            terminal.await(PROMPT).type("echo once-$(echo more)\r").await("once-more");
            terminal.await(PROMPT).type(UP + "\r").await("once-more");
            terminal.await(PROMPT).type(CTRL_D);
            assertEquals(0, terminal.awaitExit(), terminal::shown);
        }
    }

    @Test
    void aPasswordIsAskedForAndNotShown() throws Exception {
        try (ServerProcess node = ServerProcess.create().start()) {
            try (Terminal terminal = Terminal.run(line(node, "user add anna@localhost"))) {
                terminal.await("Password:").type("s3same\r").await("Again:").type("s3same\r");
                assertEquals(0, terminal.awaitExit(), terminal::shown);
                assertFalse(terminal.shown().contains("s3same"), terminal.shown());
            }
            Clients.logIn(node, "anna", "s3same", "r").disconnect();
        }
    }

    @Test
    void whatWasStartedSurvivesTheEndOfItsTerminal() throws Exception {
        try (ServerProcess node = ServerProcess.create()) {
            try (Terminal terminal = Terminal.run(line(node, "start").replaceFirst("^exec ", "") + "; cat")) {
                terminal.await("running, pid ");
                terminal.hangUp();
                node.skein("status").succeeds();
                node.addUser("romeo@localhost", StanzaClient.PASSWORD);
                Clients.logIn(node, "romeo", StanzaClient.PASSWORD, "r").disconnect();
            } finally {
                node.skein("stop").succeeds();
            }
        }
    }

    /** Ctrl-C is for what runs in the terminal; what was started before is none of it. */
    @Test
    void whatWasStartedDoesNotHearTheKeysOfItsTerminal() throws Exception {
        try (ServerProcess node = ServerProcess.create()) {
            try (Terminal terminal =
                    Terminal.run("trap 'echo over' INT; " + line(node, "start").replaceFirst("^exec ", "") + "; cat")) {
                terminal.await("running, pid ").type("\003").await("over");
                node.skein("status").succeeds();
            } finally {
                node.skein("stop").succeeds();
            }
        }
    }

    /** The lines of README's "First chat in two minutes", as they stand there but for the port. */
    @Test
    void theReadmesLinesMakeAChatWithADesktopClient() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/profanity")), "no profanity here: apt-get install profanity");
        List<String> readme = Files.readAllLines(Path.of(System.getProperty("skein.root"), "README.md"));
        String connect = only(readme, "    /connect ");
        String say = only(readme, "    /msg ");
        try (ServerProcess node = ServerProcess.create().start()) {
            for (String line : readme) {
                Matcher add = Pattern.compile(" +\\./skein user add (\\S+) --password (\\S+)")
                        .matcher(line);
                if (add.matches()) node.addUser(add.group(1), add.group(2));
            }
            Path home = Files.createDirectories(node.resolve("profanity"));
            String client = "HOME=" + Terminal.quoted(home) + " XDG_CONFIG_HOME=" + Terminal.quoted(home)
                    + " XDG_DATA_HOME=" + Terminal.quoted(home) + " exec profanity";
            try (StanzaClient juliet = StanzaClient.online(node, "juliet", "balcony");
                    Terminal terminal = Terminal.run(client)) {
                terminal.await("Profanity");
                terminal.type(connect + " port " + node.port("c2s") + "\r").await("assword");
                terminal.type("secret\r").await("logged in successfully");
                terminal.type(say + "\r");
                assertEquals(
                        "romeo@localhost", juliet.awaitBody("hello").get("from").replaceFirst("/.*", ""));
                juliet.chat("romeo@localhost", "good-morrow");
                terminal.await("good-morrow");
                terminal.type("/quit\r");
                assertEquals(0, terminal.awaitExit(), terminal::shown);
            }
        }
    }

    private static String only(List<String> lines, String start) {
        List<String> found = lines.stream().filter(l -> l.startsWith(start)).toList();
        assertEquals(1, found.size(), () -> "lines of the README with " + start + ": " + found);
        return found.get(0).strip();
    }
}
