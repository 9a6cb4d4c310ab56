package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ChattingPair;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.testkit.storage.MariaDb;

/** No room is left for the database's files: what cannot be kept is refused, chats go on, and with room all is well again. */
class FullDatabaseTest {
    private static final String BODY = "x".repeat(60_000);
    private static final Pattern REFUSED = Pattern.compile("<message [^>]*id='m(\\d+)'[^>]*><error type='wait'");
    private static final int MOST = 2_000;

    /** The embedded database, whose file may not grow: for it that is a full disk. */
    @Test
    void onTheEmbeddedDatabase() throws Exception {
        try (ServerProcess node = ServerProcess.create("scram-iterations=4096", "login-rate=0", "offline-quota=0")
                .start()) {
            addUsers(node);
            long size = Files.size(node.resolve("data/db.mv.db"));
            fileLimit(node, Long.toString(size + 500_000));
            try (ChattingPair pair = ChattingPair.start(node);
                    Sender sender = new Sender(node)) {
                fill(node, sender, pair);
                fileLimit(node, "unlimited");
                assertAllIsAsBefore(node, sender);
                pair.assertUndisturbed();
            }
        }
    }

    /** Of the process, as a person can change it while it runs. */
    private static void fileLimit(ServerProcess node, String bytes) throws Exception {
        Process process = new ProcessBuilder(
                        "prlimit", "--pid", Long.toString(node.handle().pid()), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        assertEquals(0, process.waitFor());
    }

    @Test
    @EnabledIf("org.skein.testkit.storage.MariaDb#isWanted")
    void onMariaDb() throws Exception {
        // All tables in one file that may not grow over this; what is needed to drop one of them has files of its own.
        try (MariaDb database = MariaDb.create(
                        "--innodb-file-per-table=0",
                        "--innodb-undo-tablespaces=2",
                        "--innodb-data-file-path=ibdata1:12M:autoextend:max:40M");
                ServerProcess node = ServerProcess.create(
                                "user-db=mariadb",
                                "user-db-uri=" + database.uri("full"),
                                "scram-iterations=4096",
                                "login-rate=0",
                                "offline-quota=0")
                        .start()) {
            addUsers(node);
            // A neighbour takes what there is, and gives it back later.
            try (Connection neighbour = DriverManager.getConnection(database.uri("neighbour"));
                    Statement statement = neighbour.createStatement();
                    ChattingPair pair = ChattingPair.start(node);
                    Sender sender = new Sender(node)) {
                statement.execute("CREATE TABLE t (b LONGBLOB) ENGINE=InnoDB");
                take(statement);
                fill(node, sender, pair);
                statement.execute("DROP TABLE t");
                assertAllIsAsBefore(node, sender);
                pair.assertUndisturbed();
            }
        }
    }

    /** Some MB, or what there is. */
    private static void take(Statement neighbour) throws SQLException {
        try {
            for (int i = 0; i < 16; i++) neighbour.execute("INSERT INTO t VALUES (REPEAT('x', 250000))");
        } catch (SQLException full) {
            if (!full.getMessage().contains("is full")) throw full;
        }
    }

    private static void addUsers(ServerProcess node) {
        for (String user : List.of("romeo", "juliet", "mallory", "tybalt")) node.addUser(user + "@localhost", "secret");
    }

    /** Messages to somebody who is away, and what became of them. */
    private static final class Sender implements AutoCloseable {
        private final RawClient mallory;
        private final StringBuilder answers = new StringBuilder();
        private int sent;

        Sender(ServerProcess node) throws IOException {
            mallory = RawClient.online(node.port("c2s"), "mallory", "r");
            mallory.manageStream();
        }

        Sender send(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                mallory.send("<message to='tybalt@localhost' type='chat' id='m" + sent + "'><body>" + sent + " " + BODY
                        + "</body></message><r xmlns='urn:xmpp:sm:3'/>");
                sent++;
            }
            answers.append(mallory.await("h='" + sent + "'/>"));
            return this;
        }

        boolean isRefused() {
            return answers.indexOf("type='error'") >= 0;
        }

        /** Those that were not refused, in order. */
        List<String> kept() {
            Set<String> kept = new LinkedHashSet<>();
            for (int i = 0; i < sent; i++) kept.add(Integer.toString(i));
            Matcher refused = REFUSED.matcher(answers);
            while (refused.find()) assertTrue(kept.remove(refused.group(1)), refused.group());
            int errors = answers.toString().split("type='error'", -1).length - 1;
            assertEquals(errors, sent - kept.size(), () -> "each may be tried again: " + answers);
            return List.copyOf(kept);
        }

        @Override
        public void close() throws IOException {
            mallory.close();
        }
    }

    private static void fill(ServerProcess node, Sender sender, ChattingPair pair) throws IOException {
        while (!sender.isRefused()) {
            assertTrue(sender.sent < MOST, "there was room for " + MOST + " messages");
            sender.send(1);
        }
        assertIsSeen(node, pair);
        sender.send(40);
        assertIsSeen(node, pair);
    }

    private static void assertIsSeen(ServerProcess node, ChattingPair pair) throws IOException {
        pair.assertUndisturbed();
        String status = node.skein("status").succeeds().output(); // whoever only talks may log in
        assertTrue(status.matches("(?s).*database +DEGRADED.*(too large|is full).*"), status);
        assertTrue(
                node.log().matches("(?s).* ERROR [^\\n]*what=database_refuses[^\\n]*(too large|is full).*"),
                node.log());
        RawClient.online(node.port("c2s"), "tybalt", "r").close();
        pair.assertUndisturbed();
    }

    private static void assertAllIsAsBefore(ServerProcess node, Sender sender) throws IOException {
        Await.until("there is room again", () -> {
            sender.send(1);
            return node.skein("status").output().matches("(?s).*database +OK.*");
        });
        assertTrue(node.log().contains("what=database_accepts"), node.log());
        sender.send(1);
        List<String> kept = sender.kept();
        List<String> numbers = new ArrayList<>();
        try (RawClient tybalt = RawClient.online(node.port("c2s"), "tybalt", "r")) {
            tybalt.send("<presence/>");
            while (!numbers.contains(kept.get(kept.size() - 1))) {
                tybalt.await("<body>");
                numbers.add(tybalt.await(" ").strip());
                tybalt.await("</body>");
            }
        }
        // What was refused may be there all the same: a commit may fail after it took place.
        assertTrue(numbers.containsAll(kept), () -> kept + " were taken, but there are " + numbers);
        List<String> inOrder = numbers.stream()
                .distinct()
                .sorted(Comparator.comparing(Integer::valueOf))
                .toList();
        assertEquals(inOrder, numbers);
    }
}
