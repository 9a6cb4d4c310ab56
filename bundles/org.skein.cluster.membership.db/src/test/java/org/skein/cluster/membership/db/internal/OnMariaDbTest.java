package org.skein.cluster.membership.db.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mysql.cj.jdbc.MysqlDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.membership.Membership;
import org.skein.testkit.cluster.RealTime;
import org.skein.testkit.cluster.VirtualNetwork;
import org.skein.testkit.storage.MariaDb;

@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
final class OnMariaDbTest {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final RealTime time = new RealTime();
    private final VirtualNetwork network = new VirtualNetwork(time, new Random(1));
    private final List<RealNode> nodes = new ArrayList<>();
    private MysqlDataSource database;

    @BeforeEach
    void makeTables() throws SQLException, IOException {
        database = new MysqlDataSource();
        database.setUrl(MariaDb.shared().uri("membership_" + SCHEMAS.incrementAndGet())
                + "&allowMultiQueries=true&connectTimeout=2000&socketTimeout=5000");
        String ddl = Files.readString(
                Path.of("..", "org.skein.storage.jdbc", "src", "main", "resources", "schema", "2.sql"));
        for (String statement : ddl.replaceAll("(?m)^--.*$", "").split(";\\s*(\n|$)")) {
            if (!statement.contains("cluster_")) continue;
            RealNode.sql(database, statement.replace("{text}", "MEDIUMTEXT").replace("{table}", "ENGINE=InnoDB"));
        }
    }

    @AfterEach
    void end() {
        nodes.forEach(n -> n.part.leave().toCompletableFuture().join());
        time.close();
    }

    private RealNode start(String name) {
        return start(name, name + ".example", 5777);
    }

    private RealNode start(String name, String host, int port) {
        RealNode node = new RealNode(network, database, name, host, port);
        nodes.add(node);
        return node;
    }

    private static long await(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(60)) throw new AssertionError("never: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private static void awaitAllIn(List<RealNode> nodes, String... names) {
        await("all in " + String.join(", ", names), () -> nodes.stream().allMatch(n -> n.isIn(names)));
    }

    /** Until all have installed the same view, and no change of it is under way: everybody in it serves. */
    private void awaitInStep() {
        await(
                "all are in step",
                () -> nodes.stream().map(n -> n.part.view().epoch()).distinct().count() == 1
                        && nodes.stream()
                                .allMatch(n -> n.part.view().members().stream()
                                        .allMatch(m -> m.state() == NodeState.SERVING)));
    }

    @Test
    void aFirstNodeIsAViewOfItsOwnAndThenSeveralJoin() throws Exception {
        RealNode a = start("a");
        await("a serves", () -> a.isIn("a"));
        start("b");
        start("c");
        awaitAllIn(nodes, "a", "b", "c");
        awaitInStep();
        assertEquals(3, RealNode.number(database, "SELECT COUNT(*) FROM cluster_member WHERE state = 'serving'"));
        List<Membership.Row> rows = a.part.rows().toCompletableFuture().get();
        assertEquals(
                List.of("a", "b", "c"), rows.stream().map(r -> r.id().name()).toList());
        assertTrue(rows.stream().allMatch(r -> r.ageMillis() < 5_000 && r.ageMillis() >= 0), rows.toString());
        assertEquals("c.example:5222", rows.get(2).clientAddress());
        assertTrue(Math.abs(a.part.databaseClockOffsetMillis()) < 2_000, "" + a.part.databaseClockOffsetMillis());
    }

    @Test
    void ofManyThatStartAtOnceAllComeInOneAfterTheOther() {
        for (String name : List.of("a", "b", "c", "d", "e")) start(name);
        awaitAllIn(nodes, "a", "b", "c", "d", "e");
        long epoch = nodes.stream().mapToLong(n -> n.part.view().epoch()).max().orElseThrow();
        assertTrue(epoch >= 5, "each came with an epoch of its own: " + epoch);
        for (RealNode n : nodes) {
            for (RealNode m : nodes) {
                Stream.concat(n.views.stream(), Stream.of(n.part.view()))
                        .forEach(v -> m.views.stream()
                                .filter(w -> w.epoch() == v.epoch())
                                .forEach(w -> assertEquals(v, w)));
            }
        }
    }

    @Test
    void aCrashedMemberIsOutWithinASecondAndComesBackUnderItsName() {
        RealNode a = start("a");
        RealNode b = start("b");
        RealNode c = start("c");
        awaitAllIn(nodes, "a", "b", "c");
        crash(c);
        long took = await("the others go on", () -> a.isIn("a", "b") && b.isIn("a", "b"));
        assertTrue(took < 5_000, "took " + took + " ms"); // a second on an idle machine
        start("c");
        awaitAllIn(nodes, "a", "b", "c");
    }

    private void crash(RealNode node) {
        node.endpoint.crash(false);
        ((Node) node.part).crash();
        nodes.remove(node);
    }

    @Test
    void oneThatLeavesIsOutAtOnceAndItsRowIsGone() throws Exception {
        RealNode a = start("a");
        RealNode b = start("b");
        awaitAllIn(nodes, "a", "b");
        nodes.remove(b);
        b.part.leave().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertFalse(b.part.isServing());
        assertEquals(0, RealNode.number(database, "SELECT COUNT(*) FROM cluster_nodes WHERE hostname = 'b'"));
        assertEquals(1, RealNode.number(database, "SELECT COUNT(*) FROM cluster_member"));
        await("a is alone", () -> a.isIn("a"));
    }

    @Test
    void aViewWhoseMembersAreAllGoneIsTakenOverAmongHundredsOfStaleRows() throws Exception {
        RealNode.sql(database, "UPDATE cluster_view SET epoch = 41, members = 'x' WHERE id = 1");
        for (int i = 0; i < 400; i++) {
            RealNode.sql(
                    database,
                    "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint, last_updated) VALUES ('old"
                            + i
                            + "', 'old" + i + ".example', " + (i % 3 == 0 ? 0 : 5777) + ", " + (i + 1) + ", '"
                            + (i % 5 == 0 ? "garbage" : "0f".repeat(32)) + "', CURRENT_TIMESTAMP(3) "
                            + (i % 7 == 0 ? "+ INTERVAL 3 YEAR" : "- INTERVAL " + (3 + i) + " SECOND") + ")");
            if (i % 100 == 1) {
                RealNode.sql(
                        database,
                        "INSERT INTO cluster_member (incarnation, name, state, level, host, port, epoch_joined) VALUES ("
                                + (i + 1) + ", 'old" + i + "', 'serving', 1, 'old" + i + ".example', 5777, 3)");
            }
        }
        RealNode a = start("a");
        long took = await("a serves", () -> a.isIn("a"));
        assertTrue(took < 6_000, "took " + took + " ms"); // under two seconds on an idle machine
        assertTrue(a.part.view().epoch() > 41);
    }

    @Test
    void oneThatFindsItselfOutsideComesBackAsAnother() throws Exception {
        RealNode a = start("a");
        RealNode b = start("b");
        awaitAllIn(nodes, "a", "b");
        long before = b.part.self().incarnation();
        RealNode.sql(
                database,
                "UPDATE cluster_view SET epoch = epoch + 1, changed_by = 'test' WHERE id = 1",
                "DELETE FROM cluster_member WHERE name = 'b'");
        await("b is excluded", () -> b.events.contains("reborn"));
        assertTrue(b.part.self().incarnation() > before);
        awaitAllIn(nodes, "a", "b");
        assertEquals(
                List.of("not serving", "excluded", "reborn"),
                b.events.subList(b.events.indexOf("excluded") - 1, b.events.indexOf("reborn") + 1));
    }

    @Test
    void aSecondNodeOfOneNameIsRefusedAndTheFirstServesOn() {
        RealNode a = start("a");
        await("a serves", () -> a.isIn("a"));
        RealNode other = start("a", "other.example", 5777);
        await(
                "it is refused",
                () -> other.events.stream().anyMatch(e -> e.contains("another node runs under the name")));
        assertTrue(a.isIn("a"));
        assertFalse(other.part.isServing());
    }

    @Test
    void membersServeOnWhileTheDatabaseStandsStillAndItsTimeZoneIsNobodysConcern() throws Exception {
        RealNode.sql(database, "SET GLOBAL time_zone = '+05:30'");
        RealNode a = start("a");
        RealNode b = start("b");
        awaitAllIn(nodes, "a", "b");
        awaitInStep(); // a database that stops between two nodes' reading of a new view leaves one of them without
        // permit
        MariaDb.shared().pause();
        try {
            await("they notice", () -> a.events.contains("database silent") && b.events.contains("database silent"));
            long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            await("a while", () -> System.nanoTime() > until);
            assertFalse(a.events.contains("not serving"), a.events.toString());
            assertFalse(b.events.contains("not serving"), b.events.toString());
        } finally {
            MariaDb.shared().resume();
        }
        await("it answers", () -> a.events.contains("database answers") && b.events.contains("database answers"));
        start("c");
        awaitAllIn(nodes, "a", "b", "c");
        assertFalse(a.events.contains("excluded"));
    }

    @Test
    void rowsNobodyWritesAreDeletedAfterAnHour() throws Exception {
        RealNode.sql(
                database,
                "INSERT INTO cluster_nodes (hostname, host, port, incarnation, fingerprint) VALUES ('x', 'x', 1, 7, 'f')");
        try (JdbcTables tables = new JdbcTables(database.getConnection(), 2000)) {
            Answer.Snapshot s = (Answer.Snapshot) tables.run(new Operation.Exchange(null));
            StoredRow row = s.rows().get(0);
            RealNode.sql(database, "UPDATE cluster_nodes SET beat = beat + 1");
            assertEquals(new Answer.Swept(0), tables.run(new Operation.Sweep(List.of(row))));
            row = ((Answer.Snapshot) tables.run(new Operation.Exchange(null)))
                    .rows()
                    .get(0);
            assertEquals(new Answer.Swept(1), tables.run(new Operation.Sweep(List.of(row))));
        }
    }
}
