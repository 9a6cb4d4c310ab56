package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.h2.engine.SessionLocal;
import org.h2.index.Cursor;
import org.h2.index.Index;
import org.h2.jdbc.JdbcConnection;
import org.h2.table.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skein.api.storage.Spool;
import org.skein.api.storage.StorageException;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

final class H2FailureTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path base;

    /** Stores until it is killed, and says what was committed. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            TestStorage storage = new TestStorage(TestStorage.h2(Path.of(args[0])), Limits.DEFAULT);
            for (int i = 0; ; i++) {
                Jid owner = Jid.of("o" + i % 50 + "@kill.example");
                int n = i;
                CompletableFuture<Void> stored =
                        storage.spool.store(SpoolContract.entry(owner, "", n)).toCompletableFuture();
                stored.thenRun(() -> say("stored " + n));
                if (i % 100 == 99) {
                    Jid account = Jid.of("a" + i + "@kill.example");
                    storage.accounts.create(account, List.of()).thenAccept(made -> say("made " + account));
                    stored.join();
                }
            }
        }

        private static synchronized void say(String what) {
            System.out.println(what);
            System.out.flush();
        }
    }

    private Process child() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Child.class.getName(),
                        base.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader output(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void whatWasAcknowledgedSurvivesKillMinus9() throws IOException, InterruptedException {
        Process child = child();
        List<String> said = new ArrayList<>();
        try (BufferedReader out = output(child)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                // by its handle: what is in the pipe can still be read
                if (said.size() == 3000) child.toHandle().destroyForcibly();
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        said.remove(said.size() - 1); // may have been cut
        assertTrue(said.size() >= 2999, "only " + said.size());
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            List<Long> stored = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Answers.of(storage.spool.claim(Jid.of("o" + i + "@kill.example"), "s", 10_000))
                        .forEach(e -> stored.add(e.number().n()));
            }
            for (String line : said) {
                String what = line.substring(line.indexOf(' ') + 1);
                if (line.startsWith("stored")) assertTrue(stored.contains(Long.valueOf(what)), line);
                else assertTrue(Answers.of(storage.accounts.find(Jid.of(what))).isPresent(), line);
            }
        }
    }

    /** As H2 leaves it now and then when it is killed while it writes: the entry of an index without its row. */
    @Test
    void anEntryOfAnIndexWithoutItsRowKeepsNobodyFromHisMessages() {
        Jid owner = Jid.of("romeo@damaged.example");
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            for (int i = 1; i <= 3; i++) Answers.of(storage.spool.store(SpoolContract.entry(owner, "", i)));
            Answers.of(storage.database().read(c -> {
                SessionLocal session =
                        (SessionLocal) c.unwrap(JdbcConnection.class).getSession();
                Table table = session.getDatabase().getMainSchema().getTableOrView(session, "SKEIN_SPOOL");
                Index rows = table.getScanIndex(session);
                Cursor cursor = rows.find(session, null, null, false);
                assertTrue(cursor.next());
                rows.remove(session, cursor.get()); // of the rows alone: not of the other indexes
                session.commit(false);
                return null;
            }));
            List<Spool.Entry> left = Answers.of(storage.spool.claim(owner, "s", 10));
            assertEquals(List.of(2L, 3L), left.stream().map(e -> e.number().n()).toList());
            Answers.of(storage.spool.store(SpoolContract.entry(owner, "", 1)));
            Answers.of(storage.spool.store(SpoolContract.entry(owner, "", 2))); // is there: the key is looked after
            assertEquals(1, Answers.of(storage.spool.claim(owner, "s", 10)).size());
        }
    }

    @Test
    void aKeyThatWasBeingMadeAnewWhenTheProcessEndedIsThereAgain() {
        Jid account = Jid.of("romeo@unfinished.example");
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            assertTrue(Answers.of(storage.accounts.create(account, List.of())));
            Answers.of(storage.database().write(c -> {
                try (Statement s = c.createStatement()) {
                    s.execute("CREATE INDEX skein_mend_skein_account ON skein_account (id)");
                    s.execute("ALTER TABLE skein_account DROP PRIMARY KEY");
                    s.execute("INSERT INTO skein_account SELECT * FROM skein_account");
                }
                return null;
            }));
        }
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            assertFalse(Answers.of(storage.accounts.create(account, List.of())), "it is there");
            assertEquals(
                    List.of("1", "0"),
                    Answers.of(storage.database()
                            .read(c -> List.of(
                                    "" + Sql.number(c, "SELECT COUNT(*) FROM skein_account"),
                                    ""
                                            + Sql.number(
                                                    c,
                                                    "SELECT COUNT(*) FROM information_schema.indexes WHERE index_name"
                                                            + " LIKE 'SKEIN_MEND%'")))));
        }
    }

    @Test
    void aFileThatAnotherProcessHasIsUsedOnceItIsFree() throws IOException, InterruptedException {
        Process other = child();
        try (BufferedReader out = output(other);
                TestStorage storage = new TestStorage(TestStorage.h2(secondBase(out)))) {
            Conditions.await("seen to be in use", SOON, () -> storage.database().isDown());
            assertTrue(
                    storage.database().description().contains("in use"),
                    storage.database().description());
            other.toHandle().destroyForcibly();
            Conditions.await("up", SOON, storage.database()::isAvailable);
            assertTrue(Answers.of(storage.accounts.create(Jid.of("a@b"), List.of())));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    /** @return the folder both use, once the child has it open */
    private Path secondBase(BufferedReader out) throws IOException {
        assertTrue(out.readLine() != null, "the child ended");
        return base;
    }

    @Test
    void aDatabaseThatClosesItselfIsOpenedAgain() {
        try (TestStorage storage = new TestStorage(TestStorage.h2(base))) {
            assertTrue(Answers.of(storage.accounts.create(Jid.of("a@closed.example"), List.of())));
            // as H2 does when the disk is full
            Answers.of(storage.database().read(c -> {
                try (Statement s = c.createStatement()) {
                    s.execute("SHUTDOWN IMMEDIATELY");
                }
                return null;
            }));
            Conditions.await("it is found again", SOON, () -> {
                try {
                    return Answers.of(storage.accounts.find(Jid.of("a@closed.example")))
                            .isPresent();
                } catch (StorageException notYet) {
                    return false;
                }
            });
        }
    }

    @Test
    void aRowThatIsRefusedDoesNotTakeOthersOfItsBatchAlong() {
        try (TestStorage storage = new TestStorage(TestStorage.h2(base))) {
            BadRow.isRefusedAlone(storage);
        }
    }

    @Test
    void callsBeyondTheQueueAreRefusedAndNoneBlocksItsCaller() {
        Settings small =
                new Settings(Settings.Kind.H2, "", 2, Duration.ofSeconds(30), TestStorage.CLUSTER, 3, false, base);
        try (TestStorage storage = new TestStorage(small)) {
            Conditions.await("up", SOON, storage.database()::isAvailable);
            CountDownLatch hang = new CountDownLatch(1);
            List<CompletableFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(storage.database().read(c -> {
                    hangUntil(hang);
                    return null;
                }));
            }
            CompletionStage<?> tooMany = storage.accounts.find(Jid.of("a@b"));
            CompletionStage<?> tooManyInLane = storage.spool.count(Jid.of("a@b"));
            assertThrows(StorageException.class, () -> Answers.of(tooMany));
            assertThrows(StorageException.class, () -> Answers.of(tooManyInLane));
            assertEquals(2, storage.failed.sum());
            hang.countDown();
            calls.forEach(Answers::of);
            assertEquals(0, Answers.of(storage.spool.count(Jid.of("a@b"))));
        }
    }

    private static void hangUntil(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCallThatHangsIsAnsweredAtItsDeadline() {
        Settings quick =
                new Settings(Settings.Kind.H2, "", 2, Duration.ofSeconds(1), TestStorage.CLUSTER, 100, false, base);
        try (TestStorage storage = new TestStorage(quick)) {
            Conditions.await("up", SOON, storage.database()::isAvailable);
            CountDownLatch hang = new CountDownLatch(1);
            CompletableFuture<?> hung = storage.database().read(c -> {
                hangUntil(hang);
                return null;
            });
            assertThrows(StorageException.class, () -> Answers.of(hung));
            hang.countDown();
        }
    }

    @Test
    void whatWasAcceptedBeforeAStopIsCommittedOrRefused() {
        Jid owner = Jid.of("stop@stop.example");
        List<CompletionStage<Void>> stores = new ArrayList<>();
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            for (int n = 0; n < 900; n++) {
                stores.add(storage.spool.store(SpoolContract.entry(owner, "", n)));
            }
        }
        int acknowledged = 0;
        for (CompletionStage<Void> store : stores) {
            assertTrue(store.toCompletableFuture().isDone(), "neither committed nor refused");
            if (!store.toCompletableFuture().isCompletedExceptionally()) acknowledged++;
        }
        try (TestStorage storage = new TestStorage(TestStorage.h2(base), Limits.DEFAULT)) {
            assertTrue(Answers.of(storage.spool.count(owner)) >= acknowledged);
        }
    }
}
