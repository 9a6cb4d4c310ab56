package org.skein.testkit.storage;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A MariaDB server of its own for tests, on a free port of 127.0.0.1, with user {@code root} and no password. It can be
 * stopped in its tracks, killed and started again on the same port. Ends with the JVM at the latest.
 */
public final class MariaDb implements AutoCloseable {
    private static final String MISSING = "mariadbd is not installed: run 'sudo apt-get install -y mariadb-server',"
            + " or leave these tests out with -Dskein.tests.mariadb=off";
    private static final long PATIENCE_MS = 60_000;
    private static MariaDb shared;

    private final Path folder;
    private final List<String> options;
    private final int port;
    private final Thread atExit = new Thread(this::close, "mariadb-at-exit");
    private Process server;

    private MariaDb(Path folder, List<String> options) {
        this.folder = folder;
        this.options = options;
        this.port = freePort();
        String user = System.getProperty("user.name");
        List<String> install = new ArrayList<>(List.of(
                binary("mariadb-install-db"),
                "--no-defaults",
                "--user=" + user,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--datadir=" + folder.resolve("data")));
        install.addAll(options);
        run(install);
        Runtime.getRuntime().addShutdownHook(atExit);
        start();
    }

    /** False with {@code -Dskein.tests.mariadb=off}. */
    public static boolean isWanted() {
        return !"off".equals(System.getProperty("skein.tests.mariadb"));
    }

    /** The server all tests of this JVM share; started by the first that asks. */
    public static synchronized MariaDb shared() {
        if (shared == null) shared = create();
        return shared;
    }

    /**
     * Another one, with an empty data folder.
     *
     * @param options of {@code mariadbd}, also in its first run
     */
    public static MariaDb create(String... options) {
        try {
            return new MariaDb(Files.createTempDirectory("skein-mariadb"), List.of(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String binary(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        Optional<Path> found = Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(() -> new AssertionError(MISSING)).toString();
    }

    private void run(List<String> command) {
        try {
            Process process = process(command);
            if (!process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(command + " failed:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Process process(List<String> command) {
        try {
            File log = folder.resolve("log").toFile();
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Starts it if it does not run, and waits until it answers. */
    public synchronized void start() {
        if (server != null && server.isAlive()) return;
        List<String> command = new ArrayList<>(List.of(
                binary("mariadbd"),
                "--no-defaults",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + folder.resolve("data"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=32M"));
        command.addAll(options);
        server = process(command);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!answers()) {
            if (!server.isAlive() || System.nanoTime() > end) throw new AssertionError("mariadbd:\n" + log());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** The server speaks first. */
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            socket.setSoTimeout(1000);
            return socket.getInputStream().read() > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Where a database is found; it is made by the first connection. */
    public String uri(String database) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?user=root&createDatabaseIfNotExist=true";
    }

    /** SIGSTOP: it keeps its connections and answers nothing. */
    public void pause() {
        signal("-STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("-CONT");
    }

    private synchronized void signal(String name) {
        run(List.of("kill", name, Long.toString(server.pid())));
    }

    /** SIGKILL. */
    public synchronized void kill() {
        try {
            server.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it and removes its data. */
    @Override
    public void close() {
        if (server != null) kill();
        try {
            if (Thread.currentThread() != atExit) Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            return; // the hook cleans up
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            throw new AssertionError("could not remove " + folder, e);
        }
    }
}
