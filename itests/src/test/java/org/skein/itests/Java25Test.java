package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skein.itests.support.Command;
import org.skein.itests.support.Jdks;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** The node and its command line on Java 25, wherever there is one; the other tests run on the Java of the build. */
class Java25Test {
    @Test
    @Timeout(300)
    void aNodeOnJava25ServesChatAndComplainsOfNothing() throws Exception {
        Optional<Path> java = Jdks.find(25);
        assumeTrue(java.isPresent(), "no Java 25 here: set JAVA25_HOME, or install one in /usr/lib/jvm");
        try (ServerProcess server = ServerProcess.create()
                .asShipped()
                .environment("JAVA_HOME", java.get().toString())
                .keepErrorsApart()
                .start()) {
            assertTrue(
                    server.handle()
                            .info()
                            .command()
                            .orElse("")
                            .startsWith(java.get().toRealPath().toString()),
                    server.handle().info()::toString);
            quiet(server.skein("user", "add", "romeo@localhost", "--password", StanzaClient.PASSWORD));
            quiet(server.skein("user", "add", "juliet@localhost", "--password", StanzaClient.PASSWORD));
            chat(server);
            LoginTest.assertExporterBinds(server, "romeo", "SCRAM-SHA-256-PLUS");
            quiet(server.skein("status"));
            quiet(server.skein("shell", "lb"));
            assertEquals("stopped", quiet(server.skein("stop")).output().strip());
            assertEquals(0, server.awaitExit());
            assertEquals(List.of(), complaints(server.errors()));
        }
    }

    private static void chat(ServerProcess server) throws Exception {
        try (StanzaClient romeo = StanzaClient.online(server, "romeo", "orchard");
                StanzaClient juliet = StanzaClient.online(server, "juliet", "balcony")) {
            romeo.chat(juliet.bare(), "by yonder blessed moon");
            Xml heard = juliet.awaitBody("by yonder blessed moon");
            juliet.chat(heard.get("from"), "swear not by the moon");
            assertEquals(juliet.jid(), romeo.awaitBody("swear not by the moon").get("from"));
            romeo.logOut();
            juliet.logOut();
        }
    }

    /** The command succeeded, and Java had nothing to say to it. */
    private static Command quiet(Command command) {
        command.succeeds();
        List<String> warnings = command.output()
                .lines()
                .filter(l -> l.toLowerCase(Locale.ROOT).contains("warning"))
                .toList();
        assertEquals(List.of(), warnings, command::output);
        return command;
    }

    /** All that was printed, but for what Java says of options in the environment of the tests. */
    private static List<String> complaints(String errors) {
        return errors.lines()
                .filter(l -> !l.isBlank() && !l.startsWith("Picked up "))
                .toList();
    }
}
