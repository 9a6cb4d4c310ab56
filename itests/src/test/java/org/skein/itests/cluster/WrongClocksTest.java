package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** DESIGN §6 "Joining": only the database's clock counts, for who is a member and for which rows are old. */
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class WrongClocksTest {
    private static final int PAIRS = 3;
    private static final Pattern FAKETIME_FILE = Pattern.compile("(?:sem\\.)?faketime_(?:shm|sem)_(\\d+)");
    private static final Duration TWO_SWEEPS = Duration.ofSeconds(150);
    private static final Duration MOST_OF_AN_HOUR = Duration.ofMinutes(50);

    /** Where Debian and others keep the library that lies about the time. */
    private static Optional<Path> lies() {
        return Stream.of("x86_64-linux-gnu/faketime", "aarch64-linux-gnu/faketime", "faketime")
                .map(f -> Path.of("/usr/lib", f, "libfaketime.so.1"))
                .filter(Files::exists)
                .findFirst();
    }

    /** Only the time of day is wrong: what measures how long something takes is right on every machine. */
    private static ServerProcess withClock(ServerProcess node, Path library, String offset) {
        return node.environment("LD_PRELOAD", library.toString())
                .environment("FAKETIME", offset)
                .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .environment("NO_FAKE_STAT", "1")
                .environment("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else a wait of the JVM takes as long as it likes
    }

    /** What processes that are no more had shared by that library. */
    @AfterEach
    void removeWhatTheLibraryLeaves() throws IOException {
        try (Stream<Path> shared = Files.list(Path.of("/dev/shm"))) {
            for (Path file : shared.toList()) {
                Matcher of = FAKETIME_FILE.matcher(file.getFileName().toString());
                if (of.matches()
                        && ProcessHandle.of(Long.parseLong(of.group(1))).isEmpty()) Files.deleteIfExists(file);
            }
        }
    }

    /** By how much the clock of the node's last log line is ahead. */
    private static Duration ahead(ServerProcess node) {
        List<String> lines = node.log().lines().filter(l -> l.startsWith("20")).toList();
        String last = lines.get(lines.size() - 1);
        return Duration.between(Instant.now(), Instant.parse(last.substring(0, last.indexOf(' '))));
    }

    private static void insertRow(ClusterNodes nodes, String name, int minutesOld) throws Exception {
        nodes.update("INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, last_updated, state)"
                + " VALUES ('" + name + "', '127.0.0.1', 1, " + (1000 + minutesOld) + ", '" + "0".repeat(64)
                + "', NOW(3) - INTERVAL " + minutesOld + " MINUTE, 'SERVING')");
    }

    private static String login(ServerProcess node, String user, String password) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(node)) {
            return client.plain(user, password).awaitSasl().name();
        }
    }

    private static void changePassword(ServerProcess node, String user, String from, String to) throws Exception {
        try (StanzaClient client = StanzaClient.encrypted(node)) {
            assertEquals("success", client.plain(user, from).awaitSasl().name());
            client.restart().open().bind("r");
            assertEquals(
                    "result",
                    client.iq(
                                    "set",
                                    "localhost",
                                    "<query xmlns='jabber:iq:register'><username>" + user + "</username><password>" + to
                                            + "</password></query>")
                            .get("type"));
        }
    }

    @Test
    void nodesWhoseClocksAreAnHourFastAndSlowAreMembersLikeAnyOther() throws Exception {
        Optional<Path> library = lies();
        assumeTrue(library.isPresent(), "libfaketime is missing; on Debian: apt-get install faketime");
        try (ClusterNodes nodes = ClusterNodes.create(
                MariaDb.shared(), "clocks", 0, "c2s-tls-required=false", "plain-without-tls=true")) {
            nodes.add().start(); // and it makes the tables
            insertRow(nodes, "old.skein.test", 65); // to the slow clock a moment
            insertRow(nodes, "recent.skein.test", 10); // to the fast clock more than an hour
            ServerProcess fast = withClock(nodes.add(), library.get(), "+3600");
            ServerProcess slow = withClock(nodes.add(), library.get(), "-3600");
            nodes.start();
            assertTrue(ahead(fast).compareTo(MOST_OF_AN_HOUR) > 0, fast::logs);
            assertTrue(ahead(slow).negated().compareTo(MOST_OF_AN_HOUR) > 0, slow::logs);
            String user = StanzaClient.register(slow);

            try (Correspondence letters = Correspondence.start(nodes, PAIRS)) {
                letters.goOn(20);
                changePassword(fast, user, StanzaClient.PASSWORD, "of the future");
                changePassword(slow, user, "of the future", "of the past");
                for (ServerProcess node : nodes.running()) {
                    assertEquals("success", login(node, user, "of the past"));
                    assertEquals("failure", login(node, user, "of the future"));
                }

                nodes.node(0).kill(); // the only one that knows the time
                nodes.awaitMembers();
                letters.goOn(20);
                nodes.start();
                letters.goOn(20);

                slow.kill();
                nodes.awaitMembers();
                letters.goOn(20);
                nodes.start();
                letters.goOn(20);

                String seen = fast.skein("doctor").output();
                assertTrue(seen.matches("(?s).*WARN +clock +.*"), seen);
                letters.reckon();
            }

            Await.until(
                    "who was silent for an hour is forgotten",
                    TWO_SWEEPS,
                    () -> nodes.query("SELECT hostname FROM cluster_nodes WHERE hostname = 'old.skein.test'")
                            .isEmpty(),
                    () -> "");
            assertEquals(
                    List.of("recent.skein.test"),
                    nodes.query("SELECT hostname FROM cluster_nodes WHERE hostname NOT LIKE 'node%'"));
        }
    }
}
