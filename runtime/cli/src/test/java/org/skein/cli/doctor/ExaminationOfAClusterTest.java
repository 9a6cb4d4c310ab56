package org.skein.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.skein.cli.doctor.Finding.Level;
import org.skein.testkit.storage.MariaDb;

/** A member, with all that may be in the tables of its cluster. */
@EnabledIf("org.skein.testkit.storage.MariaDb#isWanted")
class ExaminationOfAClusterTest {
    private static final Path SCHEMA = Path.of("../../bundles/org.skein.storage.jdbc/src/main/resources/schema/2.sql");
    private static final String URI = MariaDb.isWanted() ? MariaDb.shared().uri("doctor") : "";

    @TempDir
    Path folder;

    private Path base;
    private TestCertificate own;

    @BeforeEach
    void memberOnADatabase() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home/share")).getParent();
        Files.write(
                home.resolve("share/settings.tsv"),
                List.of(
                        "cluster-mode\torg.skein.cluster.core\tmode\tboolean\tfalse\t",
                        "cluster-hostname\torg.skein.cluster.core\thostname\tstring\t\t",
                        "user-db\torg.skein.storage.jdbc\tkind\tenum:h2|mysql|mariadb\th2\t",
                        "user-db-uri\torg.skein.storage.jdbc\turi\tstring\t\t",
                        "user-db-pool-size\torg.skein.storage.jdbc\tpoolSize\tint\t0\t"));
        Files.writeString(home.resolve("VERSION"), "2\n");
        base = Files.createDirectories(folder.resolve("base"));
        Files.createDirectories(base.resolve("etc"));
        Files.createDirectories(base.resolve("run"));
        Files.write(
                base.resolve("etc/init.properties"),
                List.of(
                        "--cluster-mode=true",
                        "--cluster-hostname=node1.skein.test",
                        "--user-db=mariadb",
                        "--user-db-uri=" + URI));
        own = TestCertificate.make(folder);
        own.export(base.resolve("data/cluster/node.crt"));
        Files.writeString(base.resolve("data/cluster/node.key"), "not looked into");
        String schema = Files.readString(SCHEMA).replace("{text}", "TEXT").replace("{table}", "");
        try (Connection connection = DriverManager.getConnection(URI);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS cluster_nodes, cluster_view, cluster_member, skein_schema_version");
            for (String create : schema.replaceAll("(?m)^--.*$", "").split(";\\s*(?=CREATE|INSERT|$)")) {
                if (!create.isBlank()) statement.execute(create);
            }
            statement.execute("CREATE TABLE skein_schema_version (version INT)");
            statement.execute("INSERT INTO skein_schema_version VALUES (2)");
        }
    }

    /** @param member its incarnation, 0 for none */
    private static void row(String name, String host, int port, String fingerprint, String version, int member)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(URI)) {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO cluster_nodes (hostname, host, port,"
                            + " incarnation, fingerprint, server_version, state) VALUES (?, ?, ?, ?, ?, ?, 'SERVING')")) {
                Object[] values = {name, host, port, member, fingerprint, version};
                for (int i = 0; i < values.length; i++) insert.setObject(i + 1, values[i]);
                insert.executeUpdate();
            }
            if (member == 0) return;
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO cluster_member (incarnation, name, epoch_joined) VALUES (?, ?, 1)")) {
                insert.setInt(1, member);
                insert.setString(2, name);
                insert.executeUpdate();
            }
        }
    }

    /** With the node running, as far as one can see from outside. */
    private List<Finding> examine() throws IOException {
        Process node =
                new ProcessBuilder("sh", "-c", "read end; exit", "org.skein.launcher.Main", base.toString()).start();
        try {
            Files.writeString(base.resolve("run/skein.pid"), node.pid() + "\n");
            Files.writeString(base.resolve("run/ready"), "");
            Findings findings = new Findings(f -> {});
            Examination.run(base, folder.resolve("home"), findings);
            return findings.all();
        } finally {
            node.destroy();
        }
    }

    private static void assertOne(Level level, String what, String part, List<Finding> findings) {
        assertEquals(
                1,
                findings.stream()
                        .filter(f -> f.level() == level
                                && f.what().equals(what)
                                && f.seen().contains(part))
                        .count(),
                () -> level + " " + what + " " + part + " in " + findings);
    }

    @Test
    void theOthersAreDialledAndTheOwnRowIsComparedWithWhatIsHere() throws Exception {
        TestCertificate second = TestCertificate.make(folder);
        try (TestNode node2 = TestNode.of(second)) {
            row("node1.skein.test", "node1.skein.test", 5777, own.fingerprint(), "1", 11);
            row("node2.skein.test", "127.0.0.1", node2.port(), second.fingerprint(), "2", 12);
            row("node3.skein.test", "127.0.0.1", node2.port(), own.fingerprint(), "2", 13);
            List<Finding> findings = examine();
            assertOne(Level.OK, "node", "running", findings);
            assertOne(Level.OK, "cluster cert", "the row of node1.skein.test", findings);
            assertOne(Level.WARN, "own version", "2 is installed, but the node that runs is 1", findings);
            assertOne(Level.WARN, "versions", "1: node1.skein.test; 2: node2.skein.test, node3.skein.test", findings);
            assertOne(Level.OK, "link", "node2.skein.test answers at 127.0.0.1:" + node2.port(), findings);
            assertOne(Level.FAIL, "link", "node3.skein.test cannot be reached", findings);
            assertEquals(
                    2, findings.stream().filter(f -> f.what().equals("link")).count(), findings::toString);
        }
    }

    @Test
    void rowsWithNonsenseAreToldAndWhatNobodyWritesIsNotDialled() throws Exception {
        row("zero", "127.0.0.1", 0, "", "", 0);
        row("empty", "", -5, "\u0007", "", 14);
        row("\u001b[2J", "not a name", Integer.MAX_VALUE, "00", "\u001b[31m", 0);
        row("old", "127.0.0.1", 1, "00", "0", 0);
        row("to come", "127.0.0.1", 1, "00", "0", 0);
        try (Connection connection = DriverManager.getConnection(URI);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE cluster_nodes SET last_updated = NOW(3) - INTERVAL 60 SECOND WHERE hostname = 'old'");
            statement.execute(
                    "UPDATE cluster_nodes SET last_updated = '2037-01-01 00:00:00' WHERE hostname = 'to come'");
        }
        List<Finding> findings = examine();
        for (String name : List.of("zero", "empty", "?[2J")) {
            assertOne(Level.FAIL, "link", name + " has no address one can dial", findings);
        }
        assertEquals(3, findings.stream().filter(f -> f.what().equals("link")).count(), findings::toString);
        assertEquals(5, findings.stream().filter(f -> f.what().equals("member")).count(), findings::toString);
        assertTrue(findings.stream().noneMatch(f -> f.toString().contains("\u001b")), "no escapes for the terminal");
        assertOne(Level.WARN, "cluster cert", "no row in cluster_nodes", findings);
    }
}
