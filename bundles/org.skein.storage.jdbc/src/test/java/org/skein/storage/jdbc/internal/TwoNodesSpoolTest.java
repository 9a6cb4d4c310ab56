package org.skein.storage.jdbc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.api.storage.Spool.Entry;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.MariaDb;
import org.skein.testkit.storage.SpoolContract;
import org.skein.xmpp.Jid;

/**
 * Two nodes do what they like with the rows of a few users, several calls at a time. After each round the table is
 * compared with what the answers said: nothing lost, nothing twice, each origin's rows in order (P1, P2).
 */
@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
final class TwoNodesSpoolTest {
    private static final long[] NODES = {1_700_000_000_011L, 1_700_000_000_022L};
    private static final int ROUNDS = 60;

    private static final List<TestStorage> storages = new ArrayList<>();

    @BeforeAll
    static void open() {
        Settings settings = TestStorage.mysql(MariaDb.shared().uri("two_nodes"), Duration.ofSeconds(30));
        Limits limits = new Limits(0, 10, 10, 10, 10);
        for (long node : NODES) {
            TestStorage storage = new TestStorage(settings, limits);
            Answers.of(storage.database()
                    .statement(c -> Sql.update(
                            c,
                            "INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (?, 'n', 1)",
                            node)));
            storage.holder = node;
            storages.add(storage);
        }
    }

    @AfterAll
    static void close() {
        storages.forEach(TestStorage::close);
    }

    /** A row as it is in the table. */
    private record Row(MessageNumber number, String session) {}

    /** One user, and what may have become of the rows in the round under way. */
    private static final class User {
        private final Jid jid;
        private final Map<Long, Long> lastNumber = new HashMap<>();
        private Map<MessageNumber, String> rows = new LinkedHashMap<>();
        private final List<Runnable> checks = new ArrayList<>();
        private final Set<MessageNumber> stored = new HashSet<>();
        private final Set<MessageNumber> mayBeDeleted = new HashSet<>();
        private final Map<MessageNumber, Set<String>> mayBeHeldBy = new HashMap<>();

        User(Jid jid) {
            this.jid = jid;
        }

        Set<String> holders(MessageNumber number) {
            return mayBeHeldBy.computeIfAbsent(number, n -> new HashSet<>(Set.of(rows.getOrDefault(n, ""))));
        }
    }

    private static String session(Random random, int node) {
        return Spool.token(NODES[node], 1 + random.nextInt(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsLostNorDoubledAndEachOriginsOrderIsKept(long seed) {
        Random random = new Random(seed);
        List<User> users = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            users.add(new User(Jid.of("u" + i + "-" + seed + "@two.example")));
        }
        for (int round = 0; round < ROUNDS; round++) {
            String where = "seed " + seed + " round " + round;
            List<CompletionStage<?>> calls = new ArrayList<>();
            for (User user : users) {
                int[] storesAt = {random.nextInt(2), random.nextInt(2)}; // each origin's by one node at a time
                for (int i = random.nextInt(5); i >= 0; i--) {
                    calls.add(call(random, user, storesAt));
                }
            }
            calls.forEach(Answers::of);
            for (User user : users) {
                compare(user, where + " " + user.jid);
            }
        }
    }

    private static CompletionStage<?> call(Random random, User user, int[] storesAt) {
        int node = random.nextInt(2);
        Spool spool = storages.get(node).spool;
        String mine = session(random, node);
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> store(random, user, storesAt);
            case 4, 5 -> claim(user, spool, mine, 1 + random.nextInt(6));
            case 6, 7 -> delete(random, user, spool, mine);
            case 8 -> {
                give(user, mine, "");
                yield spool.release(user.jid, mine);
            }
            default -> {
                String from = session(random, random.nextInt(2));
                give(user, from, mine);
                yield spool.move(user.jid, from, mine);
            }
        };
    }

    private static CompletionStage<?> store(Random random, User user, int[] storesAt) {
        int origin = random.nextInt(2);
        int node = storesAt[origin];
        long n = user.lastNumber.merge(NODES[origin], 1L, Long::sum);
        String session = random.nextBoolean() ? "" : session(random, node);
        Entry like = SpoolContract.entry(user.jid, session, n);
        MessageNumber number = new MessageNumber(NODES[origin], n);
        user.stored.add(number);
        user.mayBeHeldBy.put(number, new HashSet<>(Set.of(session)));
        return storages.get(node).spool.store(new Entry(user.jid, session, number, like.storedAt(), like.stanza()));
    }

    private static CompletionStage<?> claim(User user, Spool spool, String mine, int max) {
        give(user, "", mine);
        CompletionStage<List<Entry>> answer = spool.claim(user.jid, mine, max);
        user.checks.add(() -> {
            List<MessageNumber> numbers =
                    Answers.of(answer).stream().map(Entry::number).toList();
            assertTrue(numbers.size() <= max);
            assertInOrder(numbers);
        });
        return answer;
    }

    private static CompletionStage<?> delete(Random random, User user, Spool spool, String mine) {
        List<MessageNumber> numbers = new ArrayList<>();
        user.rows.forEach((number, session) -> {
            if (random.nextInt(3) == 0) numbers.add(number); // whoever holds it
        });
        user.checks.add(() -> numbers.stream()
                .filter(number -> user.holders(number).contains(mine))
                .forEach(user.mayBeDeleted::add));
        return spool.delete(user.jid, mine, numbers);
    }

    /** All rows that may be one session's may now be another's; as often as calls of the round may follow each other. */
    private static void give(User user, String from, String to) {
        user.checks.add(0, () -> {
            Set<MessageNumber> all = new HashSet<>(user.rows.keySet());
            all.addAll(user.stored);
            for (MessageNumber number : all) {
                if (user.holders(number).contains(from)) user.holders(number).add(to);
            }
        });
    }

    private static void assertInOrder(List<MessageNumber> numbers) {
        Map<Long, Long> last = new HashMap<>();
        for (MessageNumber number : numbers) {
            Long before = last.put(number.origin(), number.n());
            assertTrue(before == null || before < number.n(), numbers.toString());
        }
    }

    private static void compare(User user, String where) {
        for (int i = 0; i < 6; i++) { // until nothing more follows from anything
            user.checks.forEach(Runnable::run);
        }
        List<Row> found = Answers.of(storages.get(0)
                .database()
                .read(c -> Sql.query(
                        c,
                        "SELECT origin, n, session FROM skein_spool WHERE owner = ? ORDER BY position, origin, n",
                        row -> new Row(
                                new MessageNumber(row.getLong(1), row.getLong(2)),
                                row.getString(3) == null ? "" : row.getString(3)),
                        (Object) Ids.of(user.jid))));
        Map<MessageNumber, String> after = new LinkedHashMap<>();
        found.forEach(row -> after.put(row.number(), row.session()));
        assertEquals(found.size(), after.size(), where);
        assertInOrder(List.copyOf(after.keySet()));

        Set<MessageNumber> wanted = new TreeSet<>(user.rows.keySet());
        wanted.addAll(user.stored);
        assertTrue(wanted.containsAll(after.keySet()), where + ": from nowhere");
        wanted.removeAll(after.keySet());
        wanted.removeAll(user.mayBeDeleted);
        assertEquals(Set.of(), wanted, where + ": lost");
        after.forEach((number, session) ->
                assertTrue(user.holders(number).contains(session), where + ": " + number + " is held by " + session));

        user.rows = after;
        user.checks.clear();
        user.stored.clear();
        user.mayBeDeleted.clear();
        user.mayBeHeldBy.clear();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void whatOneNodesStoresWaitForIsCommittedBeforeTheOthersBegin(long seed) {
        Random random = new Random(seed);
        Jid user = Jid.of("flow-" + seed + "@two.example");
        for (long n = 1; n <= 120; n++) {
            int node = random.nextInt(2);
            MessageNumber number = new MessageNumber(NODES[0], n);
            Entry like = SpoolContract.entry(user, "", n);
            CompletionStage<Void> noise = storages.get(1 - node)
                    .spool
                    .store(new Entry(user, "", new MessageNumber(NODES[1], n), like.storedAt(), like.stanza()));
            Answers.of(storages.get(node).spool.store(new Entry(user, "", number, like.storedAt(), like.stanza())));
            Answers.of(noise);
            if (n % 10 == 0) {
                String session = Spool.token(NODES[node], 9);
                List<Entry> rows = Answers.of(storages.get(node).spool.claim(user, session, 1000));
                assertEquals(20, rows.size());
                assertInOrder(rows.stream().map(Entry::number).toList());
                Answers.of(storages.get(node)
                        .spool
                        .delete(user, session, rows.stream().map(Entry::number).toList()));
            }
        }
    }
}
