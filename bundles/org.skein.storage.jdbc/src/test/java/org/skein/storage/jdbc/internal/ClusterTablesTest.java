package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.skein.testkit.storage.MariaDb;

/** What the membership finds: its tables, and connections that do not depend on the pool. */
final class ClusterTablesTest {
    private static final String JOIN =
            "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, protocol_version, state)"
                    + " VALUES (?, ?, 5777, ?, ?, 1, 'joining') ON DUPLICATE KEY UPDATE"
                    + " incarnation = VALUES(incarnation), last_updated = CURRENT_TIMESTAMP(3)";

    @TempDir
    Path base;

    /** Opens a database, and answers its pool once that is ready. */
    private static final class Opened implements AutoCloseable {
        private final BlockingQueue<Pool> ready = new LinkedBlockingQueue<>();
        private final Database database;

        Opened(Settings settings) {
            Consumer<Pool> told = ready::add;
            database = new Database(settings, new LongAdder(), told, () -> 0);
        }

        Pool pool() throws InterruptedException {
            Pool pool = ready.poll(60, TimeUnit.SECONDS);
            assertTrue(pool != null, "not ready");
            return pool;
        }

        @Override
        public void close() {
            database.close();
        }
    }

    private static Settings mariaDb(String name) {
        return TestStorage.mysql(MariaDb.shared().uri(name), Duration.ofSeconds(4));
    }

    @Test
    void onH2TheTablesAreThereAndTheDatabaseIsEmbedded() throws SQLException, InterruptedException {
        try (Opened opened = new Opened(TestStorage.h2(base))) {
            Pool pool = opened.pool();
            assertEquals("h2", pool.kind());
            assertEquals(false, pool.shared());
            tablesWork(pool);
        }
    }

    @Test
    void h2InServerModeIsShared() {
        for (String uri :
                List.of("jdbc:h2:tcp://localhost/x", "jdbc:h2:ssl://localhost/x", "jdbc:h2:./x;AUTO_SERVER=TRUE")) {
            Settings settings = new Settings(
                    Settings.Kind.H2, uri, 0, Duration.ofSeconds(4), TestStorage.CLUSTER, 10, false, Path.of("."));
            assertTrue(settings.isShared(), uri);
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
    void onMariaDbTheTablesAreThereAndTheDatabaseIsShared() throws SQLException, InterruptedException {
        try (Opened opened = new Opened(mariaDb("tables"))) {
            Pool pool = opened.pool();
            assertEquals("mariadb", pool.kind());
            assertEquals(true, pool.shared());
            tablesWork(pool);
        }
    }

    private static void tablesWork(Pool pool) throws SQLException {
        try (Connection c = new FreshConnections(pool).getConnection()) {
            assertEquals(Connection.TRANSACTION_READ_COMMITTED, c.getTransactionIsolation());
            assertEquals(
                    List.of("0 1 ''"),
                    Sql.query(
                            c,
                            "SELECT epoch, level, members FROM cluster_view WHERE id = 1",
                            row -> row.getLong(1) + " " + row.getInt(2) + " '" + row.getString(3) + "'"));
            for (int i = 0; i < 2; i++) {
                Sql.update(c, JOIN, "a.example", "10.0.0.1", 35L + i, "0f".repeat(32));
            }
            assertEquals(36, Sql.number(c, "SELECT incarnation FROM cluster_nodes WHERE hostname = 'a.example'"));
            assertEquals(
                    1,
                    Sql.number(
                            c,
                            "SELECT COUNT(*) FROM cluster_nodes WHERE TIMESTAMPDIFF(SECOND, last_updated, CURRENT_TIMESTAMP(3)) < 60"));
            c.setAutoCommit(false);
            assertEquals(
                    1, Sql.update(c, "UPDATE cluster_view SET epoch = 1, members = 'a' WHERE id = 1 AND epoch = 0"));
            Sql.update(c, "INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (36, 'a.example', 1)");
            c.rollback();
            assertEquals(0, Sql.number(c, "SELECT COUNT(*) FROM cluster_member"));
            assertEquals(0, Sql.update(c, "UPDATE cluster_view SET epoch = 3 WHERE id = 1 AND epoch = 2"));
            c.commit();
        }
    }

    @Test // CLUSTER 6: no lock across a round trip
    @DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
    void aTransactionCanBeSentAsOneRequest() throws SQLException, InterruptedException {
        try (Opened opened = new Opened(mariaDb("one_request"));
                Connection c = new FreshConnections(opened.pool()).getConnection();
                Statement s = c.createStatement()) {
            s.execute("BEGIN; UPDATE cluster_view SET epoch = 1 WHERE id = 1 AND epoch = 0;"
                    + " INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (1, 'a', 1); COMMIT");
            int changed = 0;
            while (s.getMoreResults() || s.getUpdateCount() != -1) {
                changed += s.getUpdateCount();
            }
            assertEquals(2, changed);
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
    void anExhaustedPoolDoesNotKeepTheMembershipWaiting() throws SQLException, InterruptedException {
        try (Opened opened = new Opened(mariaDb("exhausted"))) {
            Pool pool = opened.pool();
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(pool.take());
            }
            assertThrows(SQLException.class, pool::take);
            try (Connection c = new FreshConnections(pool).getConnection()) {
                assertEquals(1, Sql.number(c, "SELECT COUNT(*) FROM cluster_view"));
            }
            all.forEach(pool::giveBack);
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
    void aStatementOfTheMembershipFailsInItsOwnTime() throws SQLException, InterruptedException {
        Settings settings = new Settings(
                Settings.Kind.MYSQL,
                MariaDb.shared().uri("own_time"),
                0,
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                10,
                true,
                base);
        try (Opened opened = new Opened(settings);
                Connection c = new FreshConnections(opened.pool()).getConnection()) {
            SQLException late = assertThrows(SQLException.class, () -> Sql.number(c, "SELECT SLEEP(30)"));
            assertEquals(Faults.LOST, Faults.of(late));
        }
    }
}
