package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.api.storage.Spool.Entry;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.MariaDb;
import org.skein.testkit.storage.RosterRepositoryContract;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
final class MariaDbStorageTest implements JdbcContracts {
    private static TestStorage storage;
    private static TestStorage secondNode;

    @BeforeAll
    static void open() {
        Settings settings = TestStorage.mysql(MariaDb.shared().uri("contracts"), Duration.ofSeconds(30));
        storage = new TestStorage(settings);
        secondNode = new TestStorage(settings);
    }

    @AfterAll
    static void close() {
        storage.close();
        secondNode.close();
    }

    @Override
    public TestStorage storage() {
        return storage;
    }

    @Test
    void theDescriptionNamesProductAndAddressButNoPassword() {
        Answers.of(accounts().count("x"));
        String description = storage.database().description();
        assertTrue(description.startsWith("MariaDB 1"), description);
        assertTrue(description.contains("/contracts"), description);
        assertTrue(!description.contains("user="), description);
    }

    @Test // CLUSTER 12: order is our own count
    void whatTwoNodesStoreInTurnKeepsItsOrder() {
        Jid owner = Jid.of("turns@spool.example");
        for (int n = 1; n <= 8; n++) {
            TestStorage node = n % 2 == 0 ? storage : secondNode;
            Answers.of(node.spool.store(SpoolContract.entry(owner, "", 100 - n)));
        }
        assertEquals(
                List.of("m99", "m98", "m97", "m96", "m95", "m94", "m93", "m92"),
                Answers.of(spool().claim(owner, "s", 100)).stream()
                        .map(e -> e.stanza().id())
                        .toList());
    }

    @Test
    void ofTwoNodesThatClaimEachRowIsGivenToOne() {
        for (int round = 0; round < 20; round++) {
            Jid owner = Jid.of("claimed" + round + "@spool.example");
            for (int n = 1; n <= 10; n++) {
                Answers.of(spool().store(SpoolContract.entry(owner, "", n)));
            }
            CompletionStage<List<Entry>> a = storage.spool.claim(owner, "a", 7);
            CompletionStage<List<Entry>> b = secondNode.spool.claim(owner, "b", 7);
            List<MessageNumber> given = new ArrayList<>();
            Answers.of(a).forEach(e -> given.add(e.number()));
            Answers.of(b).forEach(e -> given.add(e.number()));
            Set<MessageNumber> distinct = new HashSet<>(given);
            assertEquals(given.size(), distinct.size());
            assertEquals(10 - distinct.size(), Answers.of(spool().count(owner)));
        }
    }

    @Test
    void roomThatAnotherNodeMadeIsFound() {
        Jid owner = Jid.of("room@spool.example");
        int quota = LIMITS.spoolRowsPerOwner();
        for (int n = 1; n <= quota; n++) {
            Answers.of(storage.spool.store(SpoolContract.entry(owner, "s", n)));
        }
        Answers.of(secondNode.spool.delete(owner, "s", List.of(new MessageNumber(7, 1))));
        Answers.of(storage.spool.store(SpoolContract.entry(owner, "", quota + 1L)));
    }

    @Test
    void twoNodesChangeOneRosterAtATime() {
        Jid owner = Jid.of("busy2@roster.example");
        Collection<CompletionStage<Long>> puts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            TestStorage node = i % 2 == 0 ? storage : secondNode;
            puts.add(node.rosters.put(owner, RosterRepositoryContract.item(Jid.of("c" + i + "@roster.example"))));
        }
        assertEquals(30, puts.stream().map(Answers::of).distinct().count());
        assertEquals(30, Answers.of(rosters().load(owner)).version());
    }

    @Test
    void ofTwoNodesThatDecideOnOneVersionOneDecidesAgain() {
        Jid owner = Jid.of("decide@roster.example");
        int conflicts = 0;
        for (long version = 0; version < 40; version++) {
            List<CompletionStage<Long>> puts = new ArrayList<>();
            for (TestStorage node : List.of(storage, secondNode)) {
                Jid contact = Jid.of((node == storage ? "a" : "b") + version % 4 + "@roster.example");
                puts.add(node.rosters.put(owner, RosterRepositoryContract.item(contact), version));
            }
            for (CompletionStage<Long> put : puts) {
                try {
                    assertEquals(version + 1, Answers.of(put));
                } catch (ConflictException decideAgain) {
                    conflicts++;
                }
            }
        }
        assertEquals(40, conflicts);
        assertEquals(40, Answers.of(rosters().load(owner)).version());
    }

    /** What becomes of the member while one of its statements is under way. */
    private enum Change {
        EXCLUDED,
        GIVEN_UP,
        KEPT
    }

    @ParameterizedTest // CLUSTER 6
    @EnumSource(Change.class)
    void whatChangesTheViewWaitsForStatementsUnderWayAndNoneTakesEffectAfterIt(Change change) throws SQLException {
        long me = 77;
        Jid owner = Jid.of("underway-" + change.name().toLowerCase(Locale.ROOT) + "@fence.example");
        String mine = Spool.token(me, 1);
        Answers.of(storage.spool.store(SpoolContract.entry(owner, "", 1)));
        Answers.of(storage.spool.store(SpoolContract.entry(owner, mine, 2)));
        List<Supplier<CompletionStage<?>>> writes = List.of(
                () -> storage.spool.store(SpoolContract.entry(owner, "", 3)),
                () -> storage.spool.claim(owner, mine, 10),
                () -> storage.spool.delete(owner, mine, List.of(new MessageNumber(7, 2))),
                () -> storage.spool.release(owner, mine));
        try (Connection view = secondNode.database().fresh()) {
            for (Supplier<CompletionStage<?>> write : writes) {
                join(view, me);
                storage.holder = me;
                view.setAutoCommit(false);
                Sql.update(view, "DELETE FROM cluster_member WHERE incarnation = ?", me);
                if (change == Change.KEPT) join(view, me);
                CompletionStage<?> answer = write.get();
                Conditions.await("it waits for the view", Duration.ofSeconds(30), () -> waiting() || isDone(answer));
                if (change == Change.GIVEN_UP) view.rollback();
                else view.commit();
                view.setAutoCommit(true);
                if (change == Change.EXCLUDED) assertThrows(FencedException.class, () -> Answers.of(answer));
                else Answers.of(answer);
            }
            Sql.update(view, "DELETE FROM cluster_member WHERE incarnation = ?", me);
        } finally {
            storage.holder = 0;
        }
        assertEquals(
                change == Change.EXCLUDED ? List.of("m1") : List.of("m1", "m3"),
                ids(Answers.of(secondNode.spool.claim(owner, "s", 10))));
    }

    private static void join(Connection view, long incarnation) throws SQLException {
        Sql.update(
                view,
                "INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (?, 'me', 1)"
                        + " ON DUPLICATE KEY UPDATE name = 'me'",
                incarnation);
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return stage.toCompletableFuture().isDone();
    }

    private static boolean waiting() {
        return Answers.of(secondNode
                        .database()
                        .read(c -> Sql.number(
                                c,
                                "SELECT variable_value FROM information_schema.global_status"
                                        + " WHERE variable_name = 'Innodb_row_lock_current_waits'")))
                > 0;
    }

    private static List<String> ids(List<Entry> rows) {
        return rows.stream().map(row -> row.stanza().id()).toList();
    }

    @Test
    void aNodeThatIsStoppedInATransactionDoesNotStopTheOthers() throws SQLException {
        try (Connection stopped = secondNode.database().fresh();
                Connection other = secondNode.database().fresh()) {
            stopped.setAutoCommit(false);
            Sql.update(stopped, "UPDATE cluster_view SET changed_by = 'stopped' WHERE id = 1");
            Conditions.await("the server has ended it", Duration.ofSeconds(30), () -> {
                try {
                    return Sql.update(other, "UPDATE cluster_view SET changed_by = 'other' WHERE id = 1") == 1;
                } catch (SQLException stillLocked) {
                    return false;
                }
            });
            assertThrows(SQLException.class, stopped::commit);
        }
    }
}
