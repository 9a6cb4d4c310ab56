package org.skein.storage.jdbc.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and migrates the tables. Step n is the resource {@code schema/n.sql} and only adds, so that a node of the
 * version before still works with it (CLUSTER 24). Statements are repeatable: MySQL commits each on its own, and a
 * node that died half-way is followed by another.
 */
final class Schema {
    /** The newest step there is. */
    static final int VERSION = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern COMMENT = Pattern.compile("(?m)^--.*$");
    private static final Pattern WORD = Pattern.compile("\\{(\\w+)}");

    private final Pool pool;
    private final int newest;

    Schema(Pool pool) {
        this(pool, VERSION);
    }

    Schema(Pool pool, int newest) {
        this.pool = pool;
        this.newest = newest;
    }

    /** @throws SchemaException if the tables are of a version this node does not know */
    void bringUpToDate(Connection c) throws SQLException {
        if (isUsable(version(c))) return;
        pool.lockSchema(c, PATIENCE);
        try {
            for (int step = version(c) + 1; step <= newest; step++) {
                run(c, step);
            }
        } finally {
            pool.unlockSchema(c);
        }
    }

    private boolean isUsable(int found) {
        if (found > newest + 1) {
            throw new SchemaException("the database has schema version " + found + ", and this node knows up to "
                    + newest + ": upgrade the node");
        }
        return found >= newest;
    }

    private int version(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("CREATE TABLE IF NOT EXISTS skein_schema_version ("
                    + "version INT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (version)) "
                    + pool.schemaWord("table"));
        }
        return (int) Sql.number(c, "SELECT MAX(version) FROM skein_schema_version");
    }

    private void run(Connection c, int step) throws SQLException {
        long began = System.nanoTime();
        for (String sql : statements(step)) {
            try (Statement s = c.createStatement()) {
                s.execute(sql);
            }
        }
        Sql.update(
                c,
                "INSERT INTO skein_schema_version (version, applied_at) VALUES (?, ?)"
                        + " ON DUPLICATE KEY UPDATE version = VALUES(version)",
                step,
                System.currentTimeMillis());
        pool.flush(c);
        LOG.info("what=schema_migrated version={} took_ms={}", step, (System.nanoTime() - began) / 1_000_000);
    }

    private List<String> statements(int step) {
        String text = COMMENT.matcher(resource("/schema/" + step + ".sql")).replaceAll("");
        List<String> statements = new ArrayList<>();
        for (String statement : text.split(";\\s*(\n|$)")) {
            if (!statement.isBlank()) {
                statements.add(WORD.matcher(statement.strip()).replaceAll(m -> pool.schemaWord(m.group(1))));
            }
        }
        return statements;
    }

    private static String resource(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("missing in this bundle: " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tables cannot be used by this node. */
    static final class SchemaException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SchemaException(String message) {
            super(message);
        }
    }
}
