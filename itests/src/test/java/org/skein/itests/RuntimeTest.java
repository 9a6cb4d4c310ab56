package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Await;
import org.skein.itests.support.Command;
import org.skein.itests.support.Examples;
import org.skein.itests.support.ServerProcess;

/** A node as an operator meets it: files, processes, signals, jars. */
class RuntimeTest {
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.create().asShipped().start();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void theFilesInRunNameTheProcessAndThePortsReallyInUse() throws IOException {
        String pid = Files.readString(server.resolve("run/skein.pid")).strip();

        assertEquals(server.handle().pid(), Long.parseLong(pid));
        Await.until("all ports are named", () -> server.ports().size() >= 3);
        assertTrue(server.port("c2s") > 0);
        assertTrue(server.port("c2s-tls") > 0);
        assertNotEquals(server.port("c2s"), server.port("c2s-tls"));
    }

    @Test
    void largePagesAreAskedForWhereTheKernelGivesThemAndNothingIsWarnedOf() throws IOException {
        Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        String chosen = Files.isReadable(setting) ? Files.readString(setting) : "[never]";
        String flags = Files.readString(Path.of("/proc/" + server.handle().pid() + "/cmdline"));
        assertEquals(!chosen.contains("[never]"), flags.contains("-XX:+UseTransparentHugePages"), chosen);
        assertFalse(server.output().contains("warning"), server.output());
    }

    @Test
    void statusSucceedsWhileClientsCanLogIn() {
        server.skein("status").succeeds();
    }

    @Test
    void theDoctorFindsNothingWrongFromOutsideAndFromInside() {
        String outside = server.skein("doctor").succeeds().output();
        assertTrue(
                outside.contains(
                        "OK    node         running, pid " + server.handle().pid()),
                outside);
        assertTrue(outside.contains("0 wrong"), outside);
        String inside = server.shell("doctor");
        assertTrue(
                inside.contains(
                        "OK    node         running, pid " + server.handle().pid()),
                inside);
    }

    @Test
    void healthIsUpWhileClientsCanLogIn() {
        assertTrue(health().startsWith("HTTP/1.1 200 "), RuntimeTest::health);
        server.shell("config:set c2s-port -1");
        server.shell("config:set c2s-tls-port -1");
        try {
            assertTrue(health().startsWith("HTTP/1.1 503 "), RuntimeTest::health);
        } finally {
            server.shell("config:reset c2s-port");
            server.shell("config:reset c2s-tls-port");
        }
        assertTrue(health().startsWith("HTTP/1.1 200 "), RuntimeTest::health);
    }

    private static String health() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("http"))) {
            socket.getOutputStream().write("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aNodeThatIsItsOwnBalancerComesUp() {
        try (ServerProcess own =
                ServerProcess.create("proxy-protocol-from=127.0.0.0/8").start()) {
            own.skein("status").succeeds();
        }
    }

    @Test
    void aSecondNodeInTheSameFolderIsRefusedAndDisturbsNothing() {
        Command second = server.skein("run");

        assertNotEquals(0, second.status());
        assertTrue(second.output().contains("already running"), second.output());
        server.skein("status").succeeds();
    }

    @Test
    void aJarDroppedInDeployStartsAndRemovedItIsGone() throws IOException {
        Path jar = server.resolve("deploy/component-echo.jar");
        Files.copy(Examples.componentEcho(), jar, StandardCopyOption.REPLACE_EXISTING);
        Await.until("the example is active", () -> server.shell("lb").contains("Active     |    6|Skein example"));

        Files.delete(jar);
        Await.until("the example is gone", () -> !server.shell("lb").contains("Skein example"));
    }

    @Test
    void aJarThatIsNoBundleIsRefusedWithTheReasonInTheLog() throws IOException {
        Path jar = server.resolve("deploy/plain.jar");
        Path elsewhere = server.resolve("data/plain.jar");
        try (OutputStream out = Files.newOutputStream(elsewhere);
                JarOutputStream zip = new JarOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("README"));
            zip.closeEntry();
        }
        Files.move(elsewhere, jar);
        Await.until("the refusal is logged", () -> server.log().contains("what=jar_refused"));
        assertTrue(server.log().contains("Bundle-SymbolicName"), server.log());
        Files.delete(jar);
    }

    @Test
    void featureListShowsWhatIsInstalled() {
        String list = server.shell("feature:list");

        assertTrue(list.lines().anyMatch(l -> l.matches("core +installed +\\d+ .*")), list);
    }

    @Test
    void anUnknownFeatureIsRefusedByName() {
        Command refused = server.skein("shell", "feature:install no-such-thing");

        assertNotEquals(0, refused.status());
        assertTrue(refused.output().contains("no-such-thing"), refused.output());
    }

    @Test
    void everyBundleOfTheFeatureIsActive() {
        String list = server.shell("lb");

        assertFalse(list.contains("Installed|"), list);
        assertTrue(list.contains("Skein"), list);
        // Fragments (native code) are at most resolved, bundles of ours are active.
        assertTrue(list.lines().filter(l -> l.contains("|Skein ")).allMatch(l -> l.contains("|Active")), list);
    }

    @Test
    void sigtermIsACleanStopThatLeavesNoRuntimeFiles() throws IOException {
        try (ServerProcess other = ServerProcess.create().start()) {
            assertEquals(0, other.stop());
            assertFalse(Files.exists(other.resolve("run/skein.pid")));
            assertFalse(Files.exists(other.resolve("run/ports.json")));
            assertFalse(Files.exists(other.resolve("run/console.sock")));
            assertNotEquals(0, other.skein("status").status());
        }
    }

    @Test
    void whatACrashLeavesBehindIsNoObstacle() {
        try (ServerProcess other = ServerProcess.create().start()) {
            other.kill();
            assertTrue(Files.exists(other.resolve("run/skein.pid")));

            other.start();
            other.skein("status").succeeds();
            assertEquals(0, other.stop());
        }
    }

    @Test
    void anUnusableFrameworkCacheIsNoObstacle() throws IOException {
        try (ServerProcess other = ServerProcess.create().start()) {
            assertEquals(0, other.stop());
            try (Stream<Path> tree = Files.walk(other.resolve("data/cache"))) {
                for (Path info : tree.filter(p -> p.endsWith("bundle.info")).toList()) {
                    Files.writeString(info, "damaged");
                }
            }
            other.start();
            other.skein("status").succeeds();
        }
    }

    @Test
    void anUnknownFeatureInTheConfigurationIsNamedAndTheNodeDoesNotStart() throws IOException {
        try (ServerProcess other = ServerProcess.create()) {
            Files.writeString(
                    other.resolve("etc/init.properties"), "--features=core,teleport\n", StandardOpenOption.APPEND);
            other.launch();
            assertEquals(2, other.awaitExit());
            assertTrue(other.output().contains("teleport"), other.output());
        }
    }
}
