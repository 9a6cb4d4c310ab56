package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mysql.cj.jdbc.MysqlDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.skein.api.monitor.HealthCheck.Status;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.api.storage.StorageException;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.MariaDb;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
final class MariaDbFailureTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** What is called "a few seconds", on a machine that is busy. */
    private static final Duration BOUND = Duration.ofSeconds(12);

    private final MariaDb server = MariaDb.shared();
    private CapturedLog log;

    @BeforeEach
    void capture() {
        log = new CapturedLog();
    }

    @AfterEach
    void restore() {
        log.close();
        server.resume();
        server.start();
    }

    private TestStorage open(String name) {
        return new TestStorage(TestStorage.mysql(server.uri(name), Duration.ofSeconds(4)));
    }

    private TestStorage opened(String name) {
        TestStorage storage = open(name);
        Conditions.await("up", SOON, storage.database()::isAvailable);
        return storage;
    }

    /** Calls of every kind, more than there are connections. */
    private static List<CompletionStage<?>> calls(TestStorage s, int round) {
        List<CompletionStage<?>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Jid jid = Jid.of("u" + i + "@failure.example");
            calls.add(s.accounts.find(jid));
            calls.add(s.accounts.setDisabled(jid, false));
            calls.add(s.spool.store(SpoolContract.entry(jid, "", round)));
            calls.add(s.spool.claim(jid, "s", 10));
            calls.add(s.lastActivity.put(jid, new LastActivity(Instant.EPOCH, "")));
            calls.add(s.rosters.load(jid));
        }
        return calls;
    }

    private static void assertAllRefused(List<CompletionStage<?>> calls) {
        for (CompletionStage<?> call : calls) {
            assertThrows(StorageException.class, () -> Answers.of(call));
        }
    }

    @Test
    void aStoppedDatabaseFailsCallsInBoundedTimeAndIsBackWithoutARestart() {
        try (TestStorage storage = opened("stopped")) {
            calls(storage, 1).forEach(Answers::of);
            server.pause();
            long began = System.nanoTime();
            List<CompletionStage<?>> calls = calls(storage, 2);
            long submitted = System.nanoTime();
            // the database hangs, so had one of the 120 submissions waited for it, it would still
            assertTrue(calls.stream().noneMatch(c -> c.toCompletableFuture().isDone())
                    || submitted - began < BOUND.toNanos());
            assertAllRefused(calls);
            assertTrue(System.nanoTime() - began < BOUND.toNanos(), "took too long");
            Conditions.await("down", SOON, () -> !storage.database().isAvailable());
            assertEquals(Status.DOWN, storage.database().health().status());

            List<CompletionStage<?>> refused = calls(storage, 3);
            assertTrue(refused.stream().allMatch(c -> c.toCompletableFuture().isCompletedExceptionally()));
            assertAllRefused(refused);

            server.resume();
            Conditions.await("up", SOON, storage.database()::isAvailable);
            calls(storage, 4).forEach(Answers::of);
            assertEquals(Status.OK, storage.database().health().status());
            assertEquals(1, log.count("what=database_down"));
            assertEquals(1, log.count("what=database_up after_ms="));
        }
    }

    @Test
    void aKilledDatabaseIsUsedAgainOnceItIsRestarted() {
        try (TestStorage storage = opened("killed")) {
            Jid jid = Jid.of("kept@failure.example");
            Answers.of(storage.accounts.create(jid, List.of()));
            Answers.of(storage.spool.store(SpoolContract.entry(jid, "", 1)));
            server.kill();
            assertAllRefused(calls(storage, 2));
            Conditions.await("down", SOON, () -> !storage.database().isAvailable());
            server.start();
            Conditions.await("up", SOON, storage.database()::isAvailable);
            assertTrue(Answers.of(storage.accounts.find(jid)).isPresent());
            assertEquals(1, Answers.of(storage.spool.count(jid)));
            calls(storage, 3).forEach(Answers::of);
            assertEquals(1, log.count("what=database_down"));
            assertEquals(1, log.count("what=database_up after_ms="));
        }
    }

    @Test
    void aDatabaseThatIsDownAtStartIsUsedOnceItIsThere() {
        server.kill();
        try (TestStorage storage = open("late")) {
            Conditions.await("seen to be down", SOON, () -> storage.database().isDown());
            assertEquals(Status.DOWN, storage.database().health().status());
            assertAllRefused(calls(storage, 1));
            server.start();
            Conditions.await("up", SOON, storage.database()::isAvailable);
            calls(storage, 2).forEach(Answers::of);
            assertEquals(1, log.count("what=database_down"));
        }
    }

    @Test
    void acknowledgedMessagesSurviveTheDatabaseBeingKilledUnderLoad() {
        try (TestStorage storage = opened("load")) {
            List<CompletionStage<?>> stores = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                stores.add(storage.spool.store(SpoolContract.entry(Jid.of("l" + i + "@failure.example"), "", 1)));
                if (i == 1000) stores.get(500).toCompletableFuture().join();
            }
            server.kill();
            List<Integer> acknowledged = new ArrayList<>();
            for (int i = 0; i < stores.size(); i++) {
                if (succeeded(stores.get(i))) acknowledged.add(i);
            }
            server.start();
            Conditions.await("up", SOON, storage.database()::isAvailable);
            assertFalse(acknowledged.isEmpty());
            for (int i : acknowledged) {
                assertEquals(1, Answers.of(storage.spool.count(Jid.of("l" + i + "@failure.example"))), "row " + i);
            }
        }
    }

    private static boolean succeeded(CompletionStage<?> stage) {
        try {
            Answers.of(stage);
            return true;
        } catch (StorageException refused) {
            return false;
        }
    }

    @Test
    void aConnectionThatIsCutCostsNoMessageAndIsNoOutage() throws SQLException {
        try (TestStorage storage = opened("cut")) {
            calls(storage, 1).forEach(Answers::of);
            for (int round = 2; round < 12; round++) {
                cutConnections("cut");
                Answers.of(storage.spool.store(SpoolContract.entry(Jid.of("c@failure.example"), "", round)));
            }
            assertEquals(10, Answers.of(storage.spool.count(Jid.of("c@failure.example"))));
            assertEquals(0, log.count("what=database_down"));
        }
    }

    private void cutConnections(String database) throws SQLException {
        try (Connection c = admin(database)) {
            List<Long> ids = Sql.query(
                    c,
                    "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()",
                    row -> row.getLong(1),
                    database);
            for (long id : ids) {
                try (Statement s = c.createStatement()) {
                    s.execute("KILL " + id);
                } catch (SQLException goneAlready) {
                    assertEquals(1094, goneAlready.getErrorCode());
                }
            }
        }
    }

    private Connection admin(String database) throws SQLException {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(server.uri(database));
        return source.getConnection();
    }

    @Test
    void aReadOnlyDatabaseIsDegradedUntilItTakesWritesAgain() throws SQLException {
        opened("readonly").close();
        try (Connection admin = admin("readonly");
                Statement s = admin.createStatement()) {
            s.execute("CREATE USER IF NOT EXISTS plain@'127.0.0.1' IDENTIFIED BY 'se cr&t%'");
            s.execute("GRANT ALL ON readonly.* TO plain@'127.0.0.1'");
            String uri = "jdbc:mariadb://127.0.0.1:" + server.port() + "/readonly?user=plain&password=se%20cr%26t%25";
            try (TestStorage storage = new TestStorage(TestStorage.mysql(uri, Duration.ofSeconds(4)))) {
                Jid jid = Jid.of("u@readonly.example");
                assertTrue(Answers.of(storage.accounts.create(jid, List.of())));
                s.execute("SET GLOBAL read_only = 1");
                try {
                    for (int i = 1; i < 4; i++) {
                        int n = i;
                        assertThrows(
                                StorageException.class,
                                () -> Answers.of(storage.spool.store(SpoolContract.entry(jid, "", n))));
                        assertThrows(StorageException.class, () -> Answers.of(storage.accounts.setDisabled(jid, true)));
                    }
                    assertTrue(Answers.of(storage.accounts.find(jid)).isPresent());
                    assertEquals(Status.DEGRADED, storage.database().health().status());
                    assertTrue(storage.database().isAvailable());
                } finally {
                    s.execute("SET GLOBAL read_only = 0");
                }
                Answers.of(storage.spool.store(SpoolContract.entry(jid, "", 9)));
                assertEquals(Status.OK, storage.database().health().status());
                assertEquals(1, log.count("what=database_refuses"));
                assertEquals(1, log.count("what=database_accepts"));
                assertFalse(storage.database().description().contains("cr"), "password shown");
            }
        }
    }

    @Test
    void nodesThatStartAtOnceMigrateOnce() throws SQLException {
        List<TestStorage> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(open("together"));
        }
        nodes.forEach(node -> Conditions.await("up", SOON, node.database()::isAvailable));
        nodes.forEach(TestStorage::close);
        assertEquals(Schema.VERSION, log.count("what=schema_migrated"), "each step once");
        assertEquals(0, log.count("what=database_down"));
        try (Connection c = admin("together")) {
            assertEquals(Schema.VERSION, Sql.number(c, "SELECT MAX(version) FROM skein_schema_version"));
        }
    }

    @Test // CLUSTER 24
    void aSchemaOneAheadIsUsedAndTwoAheadRefused() throws SQLException {
        opened("ahead").close();
        try (Connection c = admin("ahead")) {
            Sql.update(c, "INSERT INTO skein_schema_version VALUES (?, 0)", Schema.VERSION + 1);
            opened("ahead").close();
            Sql.update(c, "INSERT INTO skein_schema_version VALUES (?, 0)", Schema.VERSION + 2);
        }
        try (TestStorage refused = open("ahead")) {
            Conditions.await("refused", SOON, refused.database()::isDown);
            assertTrue(
                    refused.database().description().contains("upgrade the node"),
                    refused.database().description());
        }
    }

    @Test
    void aRowThatIsRefusedDoesNotTakeOthersOfItsBatchAlong() {
        try (TestStorage storage = opened("badrow")) {
            BadRow.isRefusedAlone(storage);
        }
    }
}
