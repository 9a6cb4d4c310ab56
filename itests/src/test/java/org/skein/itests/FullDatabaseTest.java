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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final int MOST = 2_000;

    /** The embedded database, whose file may not grow: for it that is a full disk. */
    @Test
    void onTheEmbeddedDatabase() throws Exception {
        try (ServerProcess node = ServerProcess.create("scram-iterations=4096", "login-rate=0", "offline-quota=0")
                .start()) {
            addUsers(node);
            long size = Files.size(node.resolve("data/db.mv.db"));
            fileLimit(node, Long.toString(size + 500_000));
            try (ChattingPair pair = ChattingPair.start(node)) {
                int kept = fill(node, pair);
                fileLimit(node, "unlimited");
                assertAllIsAsBefore(node, kept);
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
        // All tables in one file that may not grow over this.
        try (MariaDb database = MariaDb.create(
                        "--innodb-file-per-table=0", "--innodb-data-file-path=ibdata1:12M:autoextend:max:40M");
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
                    ChattingPair pair = ChattingPair.start(node)) {
                statement.execute("CREATE TABLE t (b LONGBLOB) ENGINE=InnoDB");
                take(statement);
                int kept = fill(node, pair);
                statement.execute("DROP TABLE t");
                assertAllIsAsBefore(node, kept);
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

    private static void offline(RawClient mallory, int number) throws IOException {
        mallory.send("<message to='tybalt@localhost' type='chat' id='m" + number + "'><body>" + number + " " + BODY
                + "</body></message><r xmlns='urn:xmpp:sm:3'/>");
    }

    /** Messages for somebody who is away, until one is refused. @return how many were not */
    private static int fill(ServerProcess node, ChattingPair pair) throws IOException {
        try (RawClient mallory = RawClient.online(node.port("c2s"), "mallory", "r")) {
            mallory.manageStream();
            for (int i = 0; i < MOST; i++) {
                offline(mallory, i);
                String answer = mallory.await("h='" + (i + 1) + "'/>");
                if (answer.contains("type='error'")) {
                    assertTrue(answer.contains("id='m" + i + "'"), answer);
                    assertTrue(answer.contains("<error type='wait'"), answer);
                    assertIsSeen(node, pair);
                    return i;
                }
            }
        }
        throw new AssertionError("there was room for " + MOST + " messages");
    }

    private static void assertIsSeen(ServerProcess node, ChattingPair pair) throws IOException {
        pair.assertUndisturbed();
        String status = node.skein("status").succeeds().output(); // whoever only talks may log in
        assertTrue(status.matches("(?s).*database +DEGRADED.*(too large|is full).*"), status);
        assertTrue(
                node.log().matches("(?s).* ERROR [^\n]*what=database_refuses[^\n]*(too large|is full).*"), node.log());
        RawClient.online(node.port("c2s"), "tybalt", "r").close();
        pair.assertUndisturbed();
    }

    /** @param kept so many messages, from number 0, were taken */
    private static void assertAllIsAsBefore(ServerProcess node, int kept) throws IOException, SQLException {
        List<String> numbers = new ArrayList<>();
        try (RawClient tybalt = RawClient.online(node.port("c2s"), "tybalt", "r")) {
            tybalt.send("<presence/>");
            while (numbers.size() < kept) {
                tybalt.await("<body>");
                numbers.add(tybalt.await(" ").strip());
                tybalt.await("</body>");
            }
        }
        for (int i = 0; i < kept; i++) assertEquals(Integer.toString(i), numbers.get(i));
        try (RawClient mallory = RawClient.online(node.port("c2s"), "mallory", "later")) {
            mallory.manageStream();
            AtomicInteger sent = new AtomicInteger();
            Await.until("there is room again", () -> {
                mallory.send("<message to='tybalt@localhost' type='chat' id='z'><body>kept again</body></message>"
                        + "<r xmlns='urn:xmpp:sm:3'/>");
                return !mallory.await("h='" + sent.incrementAndGet() + "'/>").contains("type='error'");
            });
        }
        Await.until("status is well", () -> node.skein("status").output().matches("(?s).*database +OK.*"));
        assertTrue(node.log().contains("what=database_accepts"), node.log());
        try (RawClient tybalt = RawClient.online(node.port("c2s"), "tybalt", "r")) {
            tybalt.send("<presence/>").await("<body>kept again");
        }
    }
}
