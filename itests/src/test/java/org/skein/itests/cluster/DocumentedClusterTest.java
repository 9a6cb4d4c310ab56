package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.skein.itests.support.Await;
import org.skein.itests.support.Command;
import org.skein.itests.support.Processes;
import org.skein.itests.support.RawClient;
import org.skein.testkit.storage.MariaDb;

/** {@code docs/cluster.md} and {@code demo-cluster} as somebody follows them who has neither seen before. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class DocumentedClusterTest {
    private static final Pattern SERVING = Pattern.compile("(?m)^node[123]\\.skein\\.\\w+[ *]+serving ");
    private static final Pattern PORT = Pattern.compile("\"c2s\":(\\d+)");

    @TempDir
    Path folder;

    private record Ended(int status, String output) {}

    private Ended sh(String script, Map<String, String> environment) throws Exception {
        Path output = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Processes.guard(process.toHandle());
        assertTrue(process.waitFor(180, TimeUnit.SECONDS), () -> script + " does not end");
        return new Ended(process.exitValue(), Files.readString(output));
    }

    private static long serving(String table) {
        return SERVING.matcher(table).results().count();
    }

    // --- docs/cluster.md ---

    /** The indented lines of one section. */
    private static String commands(String heading) throws IOException {
        String text = Files.readString(Path.of(System.getProperty("skein.root"), "docs/cluster.md"));
        int from = text.indexOf("\n## " + heading + "\n");
        assertTrue(from >= 0, heading);
        int to = text.indexOf("\n## ", from + 4);
        return text.substring(from, to < 0 ? text.length() : to)
                .lines()
                .filter(l -> l.startsWith("    "))
                .map(l -> l.substring(4))
                .takeWhile(l -> !l.startsWith("NODE ")) // from there on what is printed
                .reduce("", (a, b) -> a + b + "\n");
    }

    /** What a person's {@code sudo} would do, but for this folder and this database. */
    private Map<String, String> machine(MariaDb database) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("tools"));
        Path sudo = Files.writeString(bin.resolve("sudo"), """
                #!/bin/sh
                case "$1" in
                    apt-get) ;;
                    mariadb) exec mariadb --no-defaults -h 127.0.0.1 -P %d -u root ;;
                    tee) exec tee -a '%s' ;;
                    *) echo "sudo $*?" >&2; exit 1 ;;
                esac
                """.formatted(database.port(), folder.resolve("hosts")));
        Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
        Files.createSymbolicLink(folder.resolve("bin"), Command.home().resolve("bin"));
        return Map.of(
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "HOME",
                folder.toString(),
                "JAVA_OPTS",
                "-Djdk.net.hosts.file=" + folder.resolve("hosts"));
    }

    @Test
    void fromOneNodeToThreeByTheCommandsOfTheDocs() throws Exception {
        try (MariaDb database = MariaDb.create()) {
            try (Connection root = DriverManager.getConnection(database.uri("mysql"));
                    Statement statement = root.createStatement()) {
                // Debian's server has none of those that a bare mariadb-install-db makes.
                statement.execute("DELETE FROM mysql.global_priv WHERE User = ''");
                statement.execute("FLUSH PRIVILEGES");
            }
            Map<String, String> environment = machine(database);
            String script = commands("From one node to three in five minutes");
            String free = "--set c2s-port=0 --set c2s-tls-port=0 --set http-port=0 --set cluster-port=0";
            script = script.replace("//127.0.0.1/", "//127.0.0.1:" + database.port() + "/")
                    .replace("create ~/skein/node1", "create ~/skein/node1 " + free)
                    .replaceAll("-port=6\\$\\{n\\}\\d\\d", "-port=0");
            try {
                Ended ended = sh(script, environment);
                assertEquals(0, ended.status(), ended::output);
                assertEquals(3, serving(ended.output()), ended::output);

                try (RawClient one =
                                RawClient.online(port("node1"), "romeo", "one").available();
                        RawClient three = RawClient.online(port("node3"), "romeo", "three")
                                .available()) {
                    three.send("<message to='romeo@localhost/one'><body>same account</body></message>");
                    one.await("<body>same account</body>");
                }
                for (String command : commands("Seeing it").lines().toList()) {
                    if (command.contains("cluster:trace")) continue; // goes on until it is told to stop
                    String line = command.replaceFirst("(DIR '[^']*'|DIR \\S+|DIR$).*", "$1")
                            .replace("DIR", "~/skein/node2")
                            .replace("JID", "romeo@localhost");
                    Ended seen = sh(line, environment);
                    assertEquals(0, seen.status(), () -> line + ": " + seen.output());
                    assertFalse(seen.output().isBlank(), line);
                }
            } finally {
                for (String node : List.of("node1", "node2", "node3")) {
                    sh("[ ! -d ~/skein/" + node + " ] || bin/skein stop --base ~/skein/" + node, environment);
                }
            }
        }
    }

    private int port(String node) throws IOException {
        String json = Files.readString(folder.resolve("skein/" + node + "/run/ports.json"));
        Matcher matcher = PORT.matcher(json);
        assertTrue(matcher.find(), json);
        return Integer.parseInt(matcher.group(1));
    }

    // --- demo-cluster ---

    /** The first of 45 ports in a row that nobody has, a moment ago. */
    private static int freePorts() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            int first = 20_000 + ThreadLocalRandom.current().nextInt(200) * 50;
            List<ServerSocket> all = new ArrayList<>();
            try {
                for (int i = 0; i < 45; i++) {
                    ServerSocket socket = new ServerSocket();
                    all.add(socket);
                    socket.bind(new InetSocketAddress("127.0.0.1", first + i));
                }
                return first;
            } catch (BindException taken) {
                continue;
            } finally {
                for (ServerSocket socket : all) socket.close();
            }
        }
        throw new AssertionError("no free ports");
    }

    @Test
    void theDemonstrationDoesWhatItSaysAndLeavesNothing() throws Exception {
        Path output = folder.resolve("demo.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Command.home().resolve("bin/skein").toString(), "demo-cluster")
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().put("SKEIN_DEMO_PORTS", Integer.toString(freePorts()));
        builder.environment().put("TMPDIR", folder.toString());
        Process demo = builder.start();
        Processes.guard(demo.toHandle());
        try {
            Await.until(
                    "it says how to end it",
                    Duration.ofSeconds(180),
                    () -> {
                        if (!demo.isAlive()) throw new AssertionError(Files.readString(output));
                        return Files.readString(output).contains("Ctrl-C ends all of it.");
                    },
                    () -> read(output));
            String said = Files.readString(output);
            Matcher front = Pattern.compile("connect to 127.0.0.1 port (\\d+)").matcher(said);
            assertTrue(front.find(), said);
            int port = Integer.parseInt(front.group(1));
            try (RawClient romeo = RawClient.online(port, "romeo", "r").available();
                    RawClient juliet = RawClient.online(port, "juliet", "r").available()) {
                romeo.send("<message to='juliet@localhost/r'><body>hello</body></message>");
                juliet.await("<body>hello</body>");
            }
            List<String> lines = said.substring(said.indexOf("Then try:"))
                    .lines()
                    .skip(1)
                    .takeWhile(l -> l.startsWith("  "))
                    .map(l -> l.strip().replaceFirst(" {3,}.*", ""))
                    .toList();
            assertTrue(lines.size() >= 6, lines::toString);
            String nodes = lines.get(0);
            AtomicInteger serving = new AtomicInteger(3);
            for (String line : lines) {
                Ended tried = sh(line, Map.of());
                assertEquals(0, tried.status(), () -> line + ": " + tried.output());
                if (line.startsWith("kill") || line.contains("drain")) serving.decrementAndGet();
                if (line.endsWith(" start")) serving.incrementAndGet();
                int left = serving.get();
                Await.until(
                        left + " serve after " + line,
                        () -> serving(sh(nodes, Map.of()).output()) == left);
            }
        } finally {
            Processes.signal(demo.toHandle(), "INT");
            boolean ended = demo.waitFor(60, TimeUnit.SECONDS);
            assertTrue(ended, () -> "it ends; it said " + read(output));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    left.filter(p -> p.getFileName().toString().startsWith("skein-demo"))
                            .toList());
        }
        assertEquals(
                List.of(),
                ProcessHandle.allProcesses()
                        .filter(p -> p.info().commandLine().orElse("").contains(folder.toString()))
                        .map(p -> p.info().commandLine().orElse(""))
                        .toList());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
