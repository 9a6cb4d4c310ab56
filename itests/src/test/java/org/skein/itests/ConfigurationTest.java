package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Await;
import org.skein.itests.support.Besieged;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;

/** {@code etc/init.properties}, {@code etc/*.cfg} and the console, on a real node. */
class ConfigurationTest {
    private static void append(ServerProcess server, String lines) throws IOException {
        Files.writeString(server.resolve("etc/init.properties"), lines + "\n", StandardOpenOption.APPEND);
    }

    private static String shown(ServerProcess server, String name) {
        return server.shell("config:show " + name)
                .lines()
                .filter(l -> l.startsWith(name + " "))
                .findFirst()
                .orElse("")
                .replaceAll(" +", " ")
                .strip();
    }

    @Test
    void wrongLinesAreAllNamedAndTheNodeDoesNotStart() throws IOException {
        try (ServerProcess server = ServerProcess.create()) {
            int lines =
                    Files.readAllLines(server.resolve("etc/init.properties")).size();
            append(server, "--virt-host = a.example\nregistration = true\n--c2s-tls-required = perhaps");
            server.launch();

            assertEquals(2, server.awaitExit());
            String output = server.output();
            String file = "etc/init.properties, line ";
            assertTrue(
                    output.contains(file + (lines + 1) + ": unknown name 'virt-host'; did you mean 'virt-hosts'?"),
                    output);
            assertTrue(output.contains(file + (lines + 2) + ": expected --name=value"), output);
            assertTrue(output.contains(file + (lines + 3) + ": 'c2s-tls-required': expected true or false"), output);
        }
    }

    @Test
    void editsTakeEffectWhileTheNodeRunsAndWrongOnesAreIgnoredAsAWhole() throws IOException {
        try (ServerProcess server = ServerProcess.create().start()) {
            append(server, "--login-timeout = 17\n--login-timeuot = 18");
            Await.until("the edit is refused", () -> server.log().contains("what=config_rejected"));
            assertTrue(server.log().contains("unknown name 'login-timeuot'; did you mean 'login-timeout'?"));
            assertEquals("login-timeout 30 default", shown(server, "login-timeout"));

            Path file = server.resolve("etc/init.properties");
            Files.writeString(file, Files.readString(file).replace("--login-timeuot = 18\n", ""));
            Await.until("the edit counts", () -> shown(server, "login-timeout").startsWith("login-timeout 17 etc/"));
        }
    }

    @Test
    void theConsoleWinsOverCfgFilesAndTheseOverInitPropertiesKeyByKey() throws IOException {
        try (ServerProcess server = ServerProcess.create("login-timeout=11", "c2s-tls-required=false")
                .start()) {
            assertTrue(shown(server, "login-timeout").startsWith("login-timeout 11 etc/init.properties:"));
            Files.writeString(server.resolve("etc/org.skein.c2s.cfg"), "login.timeout = 22\n");
            Await.until(
                    "the cfg file counts",
                    () -> shown(server, "login-timeout").equals("login-timeout 22 etc/org.skein.c2s.cfg"));
            assertTrue(shown(server, "c2s-tls-required").startsWith("c2s-tls-required false etc/init.properties:"));

            server.shell("config:set login-timeout 33");
            assertEquals("login-timeout 33 console", shown(server, "login-timeout"));
            assertEquals(0, server.stop());
            server.start();
            assertEquals("login-timeout 33 console", shown(server, "login-timeout"));

            server.shell("config:reset login-timeout");
            assertEquals("login-timeout 22 etc/org.skein.c2s.cfg", shown(server, "login-timeout"));
            Files.delete(server.resolve("etc/org.skein.c2s.cfg"));
            Await.until("the file is gone", () -> shown(server, "login-timeout").startsWith("login-timeout 11 etc/"));
        }
    }

    @Test
    void whenConfigSetReturnsItsEffectIsComplete() {
        try (ServerProcess server = ServerProcess.create().start()) {
            server.shell("config:set c2s-tls-port -1");
            assertTrue(!server.ports().containsKey("c2s-tls"), server.ports()::toString);
            server.shell("config:reset c2s-tls-port");
            assertTrue(server.port("c2s-tls") > 0);
        }
    }

    @Test
    void theNetworkIsChangedUnderWhoChats() throws Exception {
        try (Besieged node = Besieged.start()) {
            ServerProcess server = node.server();
            Map<String, Integer> ports = server.ports();
            byte[] before;
            try (StanzaClient client = StanzaClient.encrypted(server)) {
                before = client.endPoint();
            }
            Path other = otherCertificate(server);
            server.shell("config:set max-connections-per-address 4");
            server.shell("config:set proxy-protocol-from 192.0.2.0/24");
            server.shell("config:set tls-cert " + other);
            server.shell("config:set event-loops 3");
            node.assertUndisturbed();
            assertEquals(ports, server.ports());
            assertTrue(server.log().contains("what=restart_needed setting=event-loops used=0 wanted=3"));

            try (StanzaClient client = StanzaClient.encrypted(server);
                    StanzaClient fourth = StanzaClient.connect(server)) {
                assertFalse(Arrays.equals(before, client.endPoint()));
                fourth.open();
                try (StanzaClient fifth = StanzaClient.connect(server)) {
                    fifth.awaitEnd();
                }
            }
        }
    }

    /** Of another node of that name. */
    private static Path otherCertificate(ServerProcess server) throws IOException {
        try (ServerProcess another = ServerProcess.create().start()) {
            for (String file : List.of("self-made.crt", "self-made.key")) {
                Files.copy(another.resolve("data/tls/" + file), server.resolve("etc/" + file));
            }
        }
        return server.resolve("etc/self-made.crt");
    }

    @Test
    void debugRaisesTheLevelOfAreasAndTheConsoleChangesLevels() {
        try (ServerProcess server = ServerProcess.create("debug=config,server").start()) {
            assertEquals("org.skein DEBUG", server.shell("log:level server").strip());
            assertEquals(
                    "org.skein.c2s TRACE", server.shell("log:level c2s trace").strip());
            assertEquals(
                    "org.skein.c2s inherited",
                    server.shell("log:level c2s default").strip());
            server.skein("shell", "log:level nowhere debug").exits(1);
            server.skein("shell", "log:level c2s loud").exits(1);
        }
    }
}
