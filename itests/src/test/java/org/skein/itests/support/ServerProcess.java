package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real node: its own folder, its own process, ports chosen by the system.
 * <pre>{@code
 * try (ServerProcess server = ServerProcess.create().start()) {
 *     server.addUser("romeo@localhost", "secret");
 *     … server.port("c2s") …
 * }
 * }</pre>
 * The folder is removed by {@link #close()}; logs of a failed test are printed by {@link LogsOnFailure}.
 */
public class ServerProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("\"([^\"]+)\"\\s*:\\s*(\\d+)");
    /** Half of what a test's node costs is code that it has no time to run; {@code -Dskein.tests.java-opts=} for the shipped flags. */
    private static final String JAVA_OPTS = System.getProperty("skein.tests.java-opts", "-XX:TieredStopAtLevel=1");

    private static final Set<ServerProcess> OPEN = ConcurrentHashMap.newKeySet();
    private static final Queue<String> CLOSED = new ConcurrentLinkedQueue<>();

    private final Path base;
    private Path home = Command.home();
    private final Map<String, String> environment = new HashMap<>();
    private boolean keepsErrorsApart;
    private boolean asShipped;
    private Process process;

    private ServerProcess(Path base) {
        this.base = base;
    }

    /**
     * Makes an instance whose listeners take any free port of the loopback address.
     *
     * @param settings more of them, as {@code name=value}; they win
     */
    public static ServerProcess create(String... settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("bind-address", "127.0.0.1");
        all.put("c2s-port", "0");
        all.put("c2s-tls-port", "0");
        all.put("http-port", "0");
        all.put("warm-up", "false"); // it would take the processors from the tests
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            all.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try {
            Path base = Files.createTempDirectory("skein-it").resolve("node");
            List<String> arguments = new ArrayList<>(List.of("create", base.toString()));
            all.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
            Command.skein(arguments.toArray(String[]::new)).succeeds();
            ServerProcess server = new ServerProcess(base);
            OPEN.add(server);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All of them as if they were one: each connection goes to the next node, all else to the first. Closing it closes
     * none.
     */
    public static ServerProcess balanced(List<ServerProcess> nodes) {
        return new Balanced(nodes);
    }

    /** What a load balancer makes of nodes. */
    private static final class Balanced extends ServerProcess {
        private final List<ServerProcess> nodes;
        private final AtomicInteger turn = new AtomicInteger();

        Balanced(List<ServerProcess> nodes) {
            super(nodes.get(0).base);
            this.nodes = List.copyOf(nodes);
        }

        @Override
        public int port(String listener) {
            return nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()))
                    .port(listener);
        }

        @Override
        public void close() {
            // they are closed by who made them
        }
    }

    /** Sets a variable of the server's environment, such as {@code JAVA_HOME} or {@code JAVA_OPTS}. */
    public ServerProcess environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What it prints as errors goes to {@link #errors()}, not to {@link #output()}. */
    public ServerProcess keepErrorsApart() {
        keepsErrorsApart = true;
        return this;
    }

    /** With the flags that the distribution has for Java, whatever they cost a test. */
    public ServerProcess asShipped() {
        asShipped = true;
        return this;
    }

    /** From its next start on it runs from another distribution. */
    public ServerProcess upgrade(Path distribution) {
        home = distribution;
        return this;
    }

    /** Starts it and waits until clients can log in. */
    public ServerProcess start() {
        launch();
        awaitReady();
        return this;
    }

    /** Starts it and does not wait. */
    public ServerProcess launch() {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/skein").toString(), "run", "--base", base.toString())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(!keepsErrorsApart)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(outputFile().toFile()));
        if (keepsErrorsApart) {
            builder.redirectError(ProcessBuilder.Redirect.appendTo(errorFile().toFile()));
        }
        builder.environment().putAll(environment);
        if (!asShipped) builder.environment().merge("JAVA_OPTS", JAVA_OPTS, (own, ours) -> own + " " + ours);
        try {
            // What a node killed before left there must not be taken for news of this one.
            Files.deleteIfExists(base.resolve("run/ready"));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Processes.guard(process.toHandle());
        return this;
    }

    public void awaitReady() {
        Await.until(
                "node in " + base + " is ready",
                Await.LONG,
                () -> {
                    assertAlive();
                    return Files.exists(base.resolve("run/ready"));
                },
                this::logs);
    }

    private void assertAlive() {
        if (!process.isAlive()) {
            // An error, not an exception: waiting on would not change it.
            throw new AssertionError("the node ended with status " + process.exitValue() + logs());
        }
    }

    /** The port this listener really has, by its name in {@code run/ports.json}. */
    public int port(String listener) {
        Integer port = ports().get(listener);
        assertTrue(port != null, () -> "no listener '" + listener + "' in " + ports());
        return port;
    }

    public Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        Matcher matcher = PORT.matcher(read(base.resolve("run/ports.json")));
        while (matcher.find()) {
            ports.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return ports;
    }

    public Path base() {
        return base;
    }

    public Path resolve(String path) {
        return base.resolve(path);
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Runs {@code bin/skein COMMAND… --base} this instance. */
    public Command skein(String... command) {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(List.of("--base", base.toString()));
        return Command.skein(environment, "", line.toArray(String[]::new));
    }

    /** Runs {@code bin/skein COMMAND…} in this node's environment. */
    public Command skeinWithoutBase(String... command) {
        return Command.skein(environment, "", command);
    }

    /** Runs one console command in the node and gives what it printed. */
    public String shell(String command) {
        return skein("shell", command).succeeds().output();
    }

    public ServerProcess addUser(String jid, String password) {
        skein("user", "add", jid, "--password", password).succeeds();
        return this;
    }

    /** SIGTERM, and waits for the end. @return the exit status */
    public int stop() {
        process.destroy();
        return awaitExit();
    }

    /** SIGKILL: what a crash is to the others. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGSTOP: it keeps its connections and does nothing. */
    public void pause() {
        Processes.signal(process.toHandle(), "STOP");
    }

    /** SIGCONT. */
    public void resume() {
        Processes.signal(process.toHandle(), "CONT");
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    public int awaitExit() {
        try {
            if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the node did not end within " + Await.LONG.toSeconds() + " s" + logs());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the process printed since its first start. */
    public String output() {
        return read(outputFile());
    }

    /** What it printed as errors, where they are kept apart. */
    public String errors() {
        return read(errorFile());
    }

    /** The node's log file. */
    public String log() {
        return read(base.resolve("log/skein.log"));
    }

    /** The last lines of output and log, for messages of failed tests. */
    public String logs() {
        return "\n--- printed by the node in " + base + "\n" + tail(output() + errors()) + "\n--- its log\n"
                + tail(log()) + "\n---\n";
    }

    /** Begins a test: logs of nodes closed before are of no interest any more. */
    static void forgetClosed() {
        CLOSED.clear();
    }

    /** The logs of all nodes of the current test. */
    static String allLogs() {
        StringBuilder logs = new StringBuilder();
        CLOSED.forEach(logs::append);
        OPEN.forEach(server -> logs.append(server.logs()));
        return logs.toString();
    }

    private Path outputFile() {
        return base.resolve("log/output.txt");
    }

    private Path errorFile() {
        return base.resolve("log/errors.txt");
    }

    private static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 80), lines.size()));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (OPEN.remove(this)) {
            CLOSED.add(logs());
        }
        if (process != null && process.isAlive()) {
            process.destroyForcibly();
            awaitExit();
        }
        Await.until("instance folder is removed", Duration.ofSeconds(10), () -> removed(base.getParent()), () -> "");
    }

    private static boolean removed(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        return true;
    }
}
