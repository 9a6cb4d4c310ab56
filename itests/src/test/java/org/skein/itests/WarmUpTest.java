package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.session.SessionListener;
import org.skein.itests.support.Await;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.itests.support.TestBundle;
import org.skein.testkit.storage.MariaDb;

/** A node that has started uses itself for a moment. */
@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
class WarmUpTest {
    private static final Pattern DONE = Pattern.compile("what=warmed_up logins=([1-9]\\d*) between_nodes=0");

    private static List<String> rows(MariaDb database) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database.uri("skein"));
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet names = statement.executeQuery("SHOW TABLES LIKE 'skein\\_%'")) {
                while (names.next()) tables.add(names.getString(1));
            }
            assertTrue(tables.contains("skein_spool"), tables::toString);
            for (String table : tables) {
                try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                    rows.next();
                    if (rows.getInt(1) > 0) all.add(table + ": " + rows.getInt(1));
                }
            }
        }
        return all;
    }

    @Test
    void aNodeLogsInToItselfAndLeavesNothingBehind() throws Exception {
        try (MariaDb database = MariaDb.create();
                ServerProcess node = ServerProcess.create(
                                "warm-up=false", "user-db=mariadb", "user-db-uri=" + database.uri("skein"))
                        .start()) {
            try (RawClient nobody =
                    RawClient.connect(node.port("c2s")).open().startTls().open()) {
                // The first who has no account makes the node keep a secret, for the salts it tells them.
                nobody.plain("nobody", "secret").await("<not-authorized");
            }
            node.shell("message:set-motd 'be quiet'");
            List<String> before = rows(database);
            node.shell("config:set warm-up true");
            node.stop();
            node.start();
            Await.until("it is done", () -> DONE.matcher(node.logs()).find());
            Await.until("nothing is left of it", () -> rows(database).equals(before));
            Matcher trouble = Pattern.compile("ERROR .*|what=not_warmed_up.*").matcher(node.logs());
            assertTrue(!trouble.find(), () -> trouble.group());
            node.shell("user:add romeo@localhost secret");
            try (RawClient romeo = RawClient.online(node.port("c2s"), "romeo", "orchard")) {
                romeo.available();
            }
            List<String> after = rows(database);
            node.stop();
            node.start();
            Await.until(
                    "it has begun, or is over",
                    () -> node.shell("session:list").contains("warm-up")
                            || DONE.matcher(node.logs()).results().count() > 1);
            String status = node.shell("status");
            assertTrue(Pattern.compile("sessions +0\\b").matcher(status).find(), status);
            assertEquals(0, node.stop());
            assertEquals(after, rows(database), "stopped in the middle");
        }
    }

    /** Of a third party: would hear of users who do not exist. */
    public static final class Watcher implements SessionListener {}

    @Test
    void whereOthersTakePartItDoesNot(@TempDir Path folder) throws Exception {
        Path jar = TestBundle.named("com.example.watcher", "1.0.0")
                .services(SessionListener.class, Watcher.class)
                .write(folder.resolve("watcher.jar"));
        try (ServerProcess node = ServerProcess.create("warm-up=false").start()) {
            node.shell("start " + node.shell("install file:" + jar).replaceAll("\\D", ""));
            node.shell("config:set warm-up true");
            node.stop();
            node.start();
            Await.until("it is left out", () -> node.logs().contains("what=not_warmed_up"));
            assertFalse(DONE.matcher(node.logs()).find(), node.logs());
        }
    }
}
