package org.skein.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The database: reachable, durable, in time, with the tables it should have; and who else is in it. */
final class DatabaseCheck {
    private static final int TIMEOUT_MS = 5000;
    private static final double CLOCK_S = 1;
    private static final int SCHEMA = 2;
    private static final String WHAT = "database";
    private static final List<String> NEEDED =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX");

    private DatabaseCheck() {}

    /** @return what it says of a cluster */
    static ClusterTables run(Instance instance, Findings findings) {
        String kind = instance.setting("user-db").toLowerCase(Locale.ROOT);
        String uri = instance.setting("user-db-uri");
        if (kind.isEmpty() || kind.equals("h2")) {
            embedded(instance, uri, findings);
        } else if (uri.isEmpty()) {
            findings.fail(
                    WHAT, "--user-db=" + kind + " without --user-db-uri", "Set it: jdbc:mysql://HOST/NAME?user=…");
        } else {
            return shared(instance, uri, findings);
        }
        return ClusterTables.NONE;
    }

    private static void embedded(Instance instance, String uri, Findings findings) {
        if (instance.isClustered()) {
            findings.fail(
                    WHAT,
                    uri.isEmpty()
                            ? "H2 is embedded in this node, and --cluster-mode=true needs one that all nodes share"
                            : "H2 has not what nodes of a cluster need to agree on who is in",
                    "Set --user-db=mariadb and --user-db-uri=jdbc:mysql://HOST/NAME?user=…&password=…");
            return;
        }
        Path file = instance.base().resolve("data/db.mv.db");
        if (!uri.isEmpty()) {
            findings.ok(WHAT, "H2 at " + withoutPassword(uri));
        } else if (Files.exists(file) && !Files.isWritable(file)) {
            findings.fail(WHAT, file + " cannot be written", "Give it to the user of the node");
        } else {
            findings.ok(WHAT, "H2, embedded, in " + file + (Files.exists(file) ? "" : " (made at the first start)"));
        }
    }

    private static ClusterTables shared(Instance instance, String uri, Findings findings) {
        String url = uri.startsWith("jdbc:mariadb:") ? "jdbc:mysql:" + uri.substring("jdbc:mariadb:".length()) : uri;
        url += (url.contains("?") ? "&" : "?") + "connectTimeout=" + TIMEOUT_MS + "&socketTimeout=" + TIMEOUT_MS;
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            findings.ok(WHAT, version(statement) + " at " + withoutPassword(uri));
            durable(statement, findings);
            clock(statement, findings);
            room(instance, statement, findings);
            rights(statement, findings);
            if (schema(statement, findings)) {
                return ClusterTables.read(instance, statement, findings);
            }
        } catch (SQLException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            String why = root == e ? "" : " (" + root.getMessage() + ")";
            findings.fail(
                    WHAT,
                    withoutPassword(uri) + ": " + reason + why,
                    "Is it running, does the address in --user-db-uri lead there, are user and password right?");
        }
        return ClusterTables.NONE;
    }

    /** What "committed" means there (DESIGN: an acknowledged message is as durable as the database is set to be). */
    private static void durable(Statement statement, Findings findings) throws SQLException {
        String flush = variable(statement, "innodb_flush_log_at_trx_commit");
        String seen = "innodb_flush_log_at_trx_commit=" + flush;
        if (flush.equals("1")) {
            findings.ok("durability", seen);
        } else {
            findings.warn(
                    "durability",
                    seen + ": a crash of that machine loses about a second of committed messages",
                    "Set innodb_flush_log_at_trx_commit=1 in its my.cnf");
        }
        if (variable(statement, "log_bin").matches("1|ON")) {
            String sync = variable(statement, "sync_binlog");
            if (sync.equals("1")) {
                findings.ok("durability", "sync_binlog=1");
            } else {
                findings.warn(
                        "durability",
                        "sync_binlog=" + sync + ": after a crash of that machine its replicas may lack or have more",
                        "Set sync_binlog=1 in its my.cnf");
            }
        } else {
            findings.ok("durability", "no binary log, so no replicas: sync_binlog does not matter");
        }
    }

    private static String version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT VERSION()")) {
            String version = row.next() ? row.getString(1) : "";
            return version.contains("MariaDB") ? version : "MySQL " + version;
        }
    }

    private static String variable(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT @@GLOBAL." + name)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    private static void clock(Statement statement, Findings findings) throws SQLException {
        long before = System.currentTimeMillis();
        double there;
        try (ResultSet row = statement.executeQuery("SELECT UNIX_TIMESTAMP(NOW(3))")) {
            row.next();
            there = row.getDouble(1);
        }
        long after = System.currentTimeMillis();
        double ahead = (before + after) / 2000.0 - there;
        String seen = String.format(
                Locale.ROOT,
                "this machine is %.1f s %s the database's",
                Math.abs(ahead),
                ahead < 0 ? "behind" : "ahead of");
        if (Math.abs(ahead) <= CLOCK_S + (after - before) / 2000.0) {
            findings.ok("clock", seen);
        } else {
            findings.warn(
                    "clock",
                    seen,
                    "The cluster goes by the database's clock, but logs and time stamps differ: run NTP");
        }
    }

    private static void room(Instance instance, Statement statement, Findings findings) throws SQLException {
        String most = variable(statement, "max_connections");
        String pool = instance.setting("user-db-pool-size");
        int each = (pool.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(pool) : 10) + 3;
        String seen = "max_connections=" + most + ", a node takes up to " + each;
        if (most.matches("[0-9]+") && Long.parseLong(most) < 3L * each) {
            findings.warn("connections", seen, "Raise max_connections: every node takes as many");
        } else {
            findings.ok("connections", seen);
        }
    }

    private static void rights(Statement statement, Findings findings) throws SQLException {
        StringBuilder grants = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("SHOW GRANTS")) {
            while (rows.next()) {
                grants.append(rows.getString(1).replaceFirst(" ON .*", "")).append(' ');
            }
        }
        String all = grants.toString().toUpperCase(Locale.ROOT);
        String missing = NEEDED.stream()
                .filter(n -> !all.contains("ALL PRIVILEGES") && !all.matches("(?s).*\\b" + n + "\\b.*"))
                .collect(Collectors.joining(", "));
        if (missing.isEmpty()) {
            findings.ok("grants", "all that is needed");
        } else {
            findings.warn("grants", missing + " not seen", "GRANT ALL ON that database to the user in --user-db-uri");
        }
    }

    private static boolean schema(Statement statement, Findings findings) throws SQLException {
        int version = 0;
        try (ResultSet row = statement.executeQuery("SELECT MAX(version) FROM skein_schema_version")) {
            if (row.next()) {
                version = row.getInt(1);
            }
        } catch (SQLException e) {
            if (!"42S02".equals(e.getSQLState())) {
                throw e;
            }
        }
        if (version == 0) {
            findings.ok("schema", "no tables yet: the first node that starts makes them");
        } else if (version > SCHEMA + 1) {
            findings.fail("schema", "version " + version + " is newer than this node knows", "Upgrade the node");
        } else {
            findings.ok("schema", "version " + version + (version < SCHEMA ? ", migrated at the next start" : ""));
        }
        return version >= SCHEMA;
    }

    static String withoutPassword(String uri) {
        int end = Stream.of(uri.indexOf('?'), uri.indexOf(';'))
                .filter(i -> i >= 0)
                .min(Integer::compare)
                .orElse(uri.length());
        return uri.substring(0, end).replaceFirst("//[^/]*@", "//");
    }
}
