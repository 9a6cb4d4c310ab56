package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Await;
import org.skein.itests.support.Command;
import org.skein.itests.support.Processes;
import org.skein.itests.support.ServerProcess;

/** {@code bin/skein} as scripts outside the project rely on it. */
class CommandLineTest {
    private static ServerProcess server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = ServerProcess.create().start();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static String lastLine(String text) {
        List<String> lines = text.strip().lines().toList();
        return lines.get(lines.size() - 1);
    }

    // --- create ---

    @Test
    void createMakesAnInstanceAlsoWhereThePathHasBlanks() throws IOException {
        Path made = folder.resolve("a new node");
        Command.skein("create", made.toString(), "--set", "c2s-port=0", "--set=virt-hosts=a.example,b.example")
                .succeeds();

        for (String sub : List.of("etc", "data", "log", "deploy", "scripts")) {
            assertTrue(Files.isDirectory(made.resolve(sub)), sub);
        }
        assertTrue(Files.readAllLines(made.resolve("etc/init.properties"))
                .containsAll(List.of("--c2s-port=0", "--virt-hosts=a.example,b.example")));
    }

    @Test
    void createOnAnExistingFolderIsRefusedAndWritesNothing() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        Command.skein("create", there.toString()).exits(2);

        try (Stream<Path> files = Files.list(there)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void createWithAnUnknownNameTellsTheNearestAndWritesNothing() throws IOException {
        Command refused = Command.skein(
                        "create", folder.resolve("x").toString(), "--set", "c2s-port=0", "--set", "c2s-prot=0")
                .exits(2);

        assertTrue(refused.output().contains("'c2s-prot'"), refused.output());
        assertTrue(refused.output().contains("'c2s-port'"), refused.output());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void createWithAWrongValueIsRefused() {
        Command refused = Command.skein("create", folder.resolve("x").toString(), "--set", "c2s-port=many")
                .exits(2);

        assertTrue(refused.output().contains("many"), refused.output());
        assertFalse(Files.exists(folder.resolve("x")));
    }

    // --- start, status, stop ---

    @Test
    void startReturnsWhenClientsCanLogInAndStopWhenAllIsGone() throws IOException {
        Path base = folder.resolve("in background");
        Command.skein(
                        "create",
                        base.toString(),
                        "--set",
                        "c2s-port=0",
                        "--set",
                        "c2s-tls-port=0",
                        "--set",
                        "http-port=0")
                .succeeds();
        Command.skein("status", "--base", base.toString()).exits(1);
        try {
            Command.skein("start", "--base", base.toString()).succeeds();
            assertTrue(Files.readString(base.resolve("run/ports.json")).contains("\"c2s\":"));
            Command.skein("status", "--base", base.toString()).succeeds();
            Command.skein("start", "--base", base.toString()).succeeds();
        } finally {
            Command.skein("stop", "--base", base.toString()).succeeds();
        }
        Command.skein("status", "--base", base.toString()).exits(1);
        Command.skein("stop", "--base", base.toString()).succeeds();
    }

    @Test
    void startOnATakenPortFailsWithThePortItsHolderAndTheSettingInTheLastLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path base = folder.resolve("node");
            Command.skein(
                            "create",
                            base.toString(),
                            "--set",
                            "c2s-port=" + taken.getLocalPort(),
                            "--set",
                            "bind-address=127.0.0.1",
                            "--set",
                            "c2s-tls-port=0",
                            "--set",
                            "http-port=0")
                    .succeeds();
            String reason = lastLine(
                    Command.skein("start", "--base", base.toString()).exits(1).output());

            assertTrue(reason.contains(Integer.toString(taken.getLocalPort())), reason);
            assertTrue(reason.contains("pid " + ProcessHandle.current().pid()), reason);
            assertTrue(reason.contains("--c2s-port"), reason);
        }
    }

    @Test
    void startWithAWrongSettingFailsWithFileLineReasonAndNearestNameInTheLastLine() throws IOException {
        Path base = nodeWithPortsOfItsOwn("misconfigured");
        Path file = base.resolve("etc/init.properties");
        Files.writeString(file, Files.readString(file) + "\n--c2s-prot=5222\n");
        long line = Files.readAllLines(file).size();
        String reason = lastLine(
                Command.skein("start", "--base", base.toString()).exits(1).output());

        assertTrue(reason.contains("init.properties, line " + line + ":"), reason);
        assertTrue(reason.contains("c2s-prot") && reason.contains("c2s-port"), reason);
        assertFalse(Files.exists(base.resolve("run/skein.pid")), "nothing is left running");
        Command.skein("status", "--base", base.toString()).exits(1);
    }

    @Test
    void aStalePidFileOfAnotherProcessIsNeitherTakenForTheNodeNorKilled() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        Processes.guard(stranger.toHandle());
        Path base = folder.resolve("node");
        Command.skein("create", base.toString()).succeeds();
        Files.createDirectories(base.resolve("run"));
        Files.writeString(base.resolve("run/skein.pid"), stranger.pid() + "\n");
        Files.writeString(base.resolve("run/console.sock"), "");

        Command.skein("status", "--base", base.toString()).exits(1);
        Command.skein("stop", "--base", base.toString()).succeeds();
        assertTrue(stranger.isAlive());
        stranger.destroyForcibly().waitFor();
    }

    // --- restart ---

    private Path nodeWithPortsOfItsOwn(String name) {
        Path base = folder.resolve(name);
        Command.skein(
                        "create",
                        base.toString(),
                        "--set",
                        "c2s-port=0",
                        "--set",
                        "c2s-tls-port=0",
                        "--set",
                        "http-port=0")
                .succeeds();
        return base;
    }

    private static ProcessHandle node(Path base) throws IOException {
        long pid =
                Long.parseLong(Files.readString(base.resolve("run/skein.pid")).strip());
        ProcessHandle node = ProcessHandle.of(pid).orElseThrow();
        Processes.guard(node);
        return node;
    }

    private static ProcessHandle restarted(Path base, ProcessHandle before) throws Exception {
        before.onExit().get(60, TimeUnit.SECONDS);
        Await.until(
                "a node is back in " + base,
                Await.LONG,
                () -> Files.exists(base.resolve("run/ready")) && Files.exists(base.resolve("run/skein.pid")),
                () -> "");
        Command.skein("status", "--base", base.toString()).succeeds();
        return node(base);
    }

    @Test // XEP-0133 §4.30
    void aNodeInTheBackgroundComesBackAsANewProcessEachTimeItIsRestarted() throws Exception {
        Path base = nodeWithPortsOfItsOwn("restarted");
        ProcessHandle first;
        ProcessHandle last;
        try {
            Command.skein("start", "--base", base.toString()).succeeds();
            first = node(base);
            String said = Command.skein("ctl", "--base", base.toString(), "server:restart", "delay=0")
                    .succeeds()
                    .output();
            assertTrue(said.contains("restarts in 0 s"), said);
            ProcessHandle second = restarted(base, first);
            assertNotEquals(first.pid(), second.pid());
            Command.skein("ctl", "--base", base.toString(), "server:restart", "delay=0")
                    .succeeds();
            last = restarted(base, second);
            assertEquals(
                    1,
                    List.of(first, second, last).stream()
                            .filter(ProcessHandle::isAlive)
                            .count());
        } finally {
            Command.skein("stop", "--base", base.toString()).succeeds();
        }
        last.onExit().get(60, TimeUnit.SECONDS);
        assertFalse(Files.exists(base.resolve("run/skein.pid")), "and stays away once it was stopped");
        Command.skein("status", "--base", base.toString()).exits(1);
    }

    @Test
    void aNodeThatIsStoppedWhileItRestartsStaysAway() throws Exception {
        Path base = nodeWithPortsOfItsOwn("stopped-while-restarting");
        ProcessHandle first;
        try {
            Command.skein("start", "--base", base.toString()).succeeds();
            first = node(base);
            Command.skein("ctl", "--base", base.toString(), "server:restart", "delay=0")
                    .succeeds();
            first.onExit().get(60, TimeUnit.SECONDS);
        } finally {
            Command.skein("stop", "--base", base.toString()).succeeds();
        }
        Command.skein("status", "--base", base.toString()).exits(1);
        Await.until("nothing keeps it", () -> !Files.exists(base.resolve("run/keeper.pid")));
        Command.skein("status", "--base", base.toString()).exits(1);
        assertFalse(Files.exists(base.resolve("run/skein.pid")));
    }

    @Test
    void aNodeInTheForegroundComesBackAndEndsWithWhoRunsIt() throws Exception {
        try (ServerProcess foreground = ServerProcess.create().start()) {
            Path base = foreground.base();
            ProcessHandle first = node(base);
            assertEquals(foreground.handle().pid(), first.pid());
            foreground.skein("ctl", "server:restart", "delay=0").succeeds();
            Await.until(
                    "another process is the node",
                    Await.LONG,
                    () -> Files.exists(base.resolve("run/ready")) && node(base).pid() != first.pid(),
                    foreground::logs);
            ProcessHandle second = node(base);
            foreground.skein("status").succeeds();
            assertEquals(0, foreground.stop());
            second.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void whereSomebodyElseStartsItAgainItEndsWithAStatusThatSaysSo() {
        try (ServerProcess managed =
                ServerProcess.create().environment("SKEIN_RESTARTS", "true").start()) {
            managed.skein("ctl", "server:restart", "delay=0").succeeds();
            assertEquals(85, managed.awaitExit());
            managed.skein("status").exits(1);
        }
    }

    // --- shell ---

    @Test
    void shellRunsOneCommandAndPrintsItsResult() {
        assertEquals("some words", server.shell("echo some words").strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such-command",
                "start 99999",
                "install file:/no/such.jar",
                "config:set no-such-name 1",
                "config:set c2s-port many",
                "user:add no-address secret",
                "cat /no/such/file",
                "throw trouble",
                "echo 'unbalanced"
            })
    void shellFailsWhereTheCommandFailsOrIsUnknown(String command) {
        Command failed = server.skein("shell", command);

        assertNotEquals(0, failed.status(), failed.output());
        assertFalse(failed.output().isBlank(), "says why");
    }

    @Test
    void shellWithoutARunningNodeFails() {
        Path base = folder.resolve("node");
        Command.skein("create", base.toString()).succeeds();
        Command.skein("shell", "--base", base.toString(), "lb").exits(1);
    }

    @Test
    void theConsoleSocketIsForItsOwnerOnly() throws IOException {
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(server.resolve("run/console.sock"))));
    }

    @Test
    void theConsoleIsReachedWhereThePathIsTooLongForASocket() {
        Path base = folder.resolve("long".repeat(30)).resolve("node");
        Command.skein(
                        "create",
                        base.toString(),
                        "--set",
                        "c2s-port=0",
                        "--set",
                        "c2s-tls-port=0",
                        "--set",
                        "http-port=0")
                .succeeds();
        try {
            Command.skein("start", "--base", base.toString()).succeeds();
            Command.skein("shell", "--base", base.toString(), "echo here").succeeds();
        } finally {
            Command.skein("stop", "--base", base.toString()).succeeds();
        }
    }

    @Test
    void ctrlDLeavesTheShellAndTheNodeRunsOn() throws Exception {
        Process terminal = new ProcessBuilder(
                        "script",
                        "-qec",
                        "'" + Command.home().resolve("bin/skein") + "' shell --base '" + server.base() + "'",
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        Processes.guard(terminal.toHandle());
        readUntil(terminal, "skein>");
        terminal.getOutputStream().write("echo typed-$(echo here)\r".getBytes());
        terminal.getOutputStream().flush();
        readUntil(terminal, "typed-here");
        readUntil(terminal, "skein>");
        terminal.getOutputStream().write(4);
        terminal.getOutputStream().flush();

        assertTrue(terminal.waitFor(20, TimeUnit.SECONDS), "the shell ends");
        assertEquals(0, terminal.exitValue());
        server.skein("status").succeeds();
    }

    private static void readUntil(Process process, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int c = process.getInputStream().read();
            if (c < 0) {
                throw new AssertionError("ended without '" + text + "': " + seen);
            }
            seen.append((char) c);
        }
    }

    // --- user ---

    @Test
    void usersAreKeptWhileTheNodeRuns() {
        server.skein("user", "add", "--password", "before", "before@localhost").succeeds();
        server.skein("user", "add", "after@localhost", "--password", "after").succeeds();
        Command.skein(Map.of(), "piped\n", "user", "--base", server.base().toString(), "add", "piped@localhost")
                .succeeds();
        server.skein("user", "passwd", "after@localhost", "--password", "other").succeeds();
        server.skein("user", "remove", "before@localhost").succeeds();

        List<String> users =
                server.skein("user", "list").succeeds().output().lines().toList();
        assertTrue(users.containsAll(List.of("after@localhost", "piped@localhost")), users::toString);
        assertFalse(users.contains("before@localhost"), users::toString);
    }

    @Test
    void aUserThatIsThereOrIsNoAddressIsRefused() {
        server.skein("user", "add", "twice@localhost", "--password", "x").succeeds();
        server.skein("user", "add", "twice@localhost", "--password", "x").exits(1);
        server.skein("user", "add", "no-address", "--password", "x").exits(1);
        server.skein("user", "add", "x@elsewhere.example", "--password", "x").exits(1);
        server.skein("user", "add", "nobody@localhost").exits(2);
    }

    @Test
    void usersAreKeptWhileTheNodeIsStopped() {
        String base = folder.resolve("stopped node").toString();
        Command.skein("create", base).succeeds();
        Command.skein("user", "add", "anna@localhost", "--password", "x", "--base", base)
                .succeeds();
        Command list = Command.skein("user", "list", "--base", base).succeeds();

        assertEquals("anna@localhost", list.output().strip());
        Command.skein("status", "--base", base).exits(1);
    }

    // --- the rest ---

    @ParameterizedTest
    @ValueSource(strings = {"run", "start", "stop", "status", "create", "shell", "user", "version"})
    void everyCommandHasHelp(String command) {
        Command help = Command.skein(command, "--help").succeeds();

        assertTrue(help.output().contains("Usage: skein " + command), help.output());
    }

    @Test
    void wrongArgumentsExitWithTwo() {
        Command.skein().exits(2);
        Command.skein("no-such-command").exits(2);
        Command.skein("start", "--no-such-option").exits(2);
        Command.skein("run", "--base", folder.resolve("nowhere").toString()).exits(2);
    }

    @Test
    void itMayBeCalledThroughSymbolicLinks() throws Exception {
        Path first =
                Files.createSymbolicLink(folder.resolve("first"), Command.home().resolve("bin/skein"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), first.getFileName());
        Process process = new ProcessBuilder(second.toString(), "version")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());

        assertEquals(0, process.waitFor(), output);
        assertTrue(output.startsWith("Skein "), output);
    }
}
