package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * H2 inside this process. H2 itself never calls fsync at a commit, and with {@code WRITE_DELAY=0} it writes one chunk
 * (about 24 KB) for each. So its own writing is left for the background, and every writer waits until a checkpoint
 * begun after its commit has ended: one checkpoint serves all that committed meanwhile.
 */
final class H2Pool implements Pool {
    private static final Logger LOG = LoggerFactory.getLogger(H2Pool.class);

    /** Calls that met the same damage come about this much later. */
    private static final long MENDED_FOR = Duration.ofSeconds(10).toNanos();

    private static final Pattern USER = Pattern.compile("(?i);USER=([^;]*)");
    private static final Pattern PASSWORD = Pattern.compile("(?i);PASSWORD=([^;]*)");

    private final JdbcDataSource source = new JdbcDataSource();
    /** Not H2's own pool, which sends four commands each time a connection is taken and given back. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    /** Those not evicted, idle or not: one to a file that was given up looks open until it is used. */
    private final Set<Connection> good = ConcurrentHashMap.newKeySet();

    private final boolean shared;
    private final String checkpoint;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long begun;
    private long done;
    private boolean running;
    private final Map<String, Long> mended = new HashMap<>(); // when, by table

    H2Pool(Settings settings) {
        String uri = settings.uri().isEmpty()
                ? "jdbc:h2:file:" + settings.base().resolve("data/db").toAbsolutePath()
                : settings.uri();
        source.setURL(with(
                PASSWORD.matcher(USER.matcher(uri).replaceAll("")).replaceAll(""),
                "MODE=MySQL",
                "DB_CLOSE_DELAY=-1",
                "DB_CLOSE_ON_EXIT=FALSE",
                "CACHE_SIZE=16384",
                "WRITE_DELAY=10000",
                "RETENTION_TIME=5000",
                "QUERY_CACHE_SIZE=64",
                "LOCK_TIMEOUT=2000"));
        source.setUser(group(USER, uri).orElse("sa"));
        source.setPassword(group(PASSWORD, uri).orElse(""));
        shared = settings.isShared();
        checkpoint = settings.syncWrites() ? "CHECKPOINT SYNC" : "CHECKPOINT";
    }

    /** H2 takes neither from the address if it comes with a {@code DataSource}. */
    private static Optional<String> group(Pattern pattern, String uri) {
        Matcher matcher = pattern.matcher(uri);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Adds the parameters an operator did not give. */
    private static String with(String uri, String... parameters) {
        StringBuilder all = new StringBuilder(uri);
        String given = uri.toUpperCase(Locale.ROOT);
        for (String parameter : parameters) {
            String name = parameter.substring(0, parameter.indexOf('='));
            if (!given.contains(";" + name + "=")) all.append(';').append(parameter);
        }
        return all.toString();
    }

    @Override
    public Connection take() throws SQLException {
        Connection last = idle.pollFirst();
        if (last != null && !last.isClosed() && good.contains(last)) return last;
        if (last != null) good.remove(last);
        Connection made = source.getConnection();
        good.add(made);
        return made;
    }

    @Override
    public void giveBack(Connection connection) {
        try {
            // Without auto-commit it was left in the middle of a transaction that could not be rolled back.
            if (!connection.isClosed() && good.contains(connection) && connection.getAutoCommit()) {
                idle.addFirst(connection);
                return;
            }
            good.remove(connection);
            connection.close();
        } catch (SQLException broken) {
            LOG.debug("what=database_connection_dropped reason=\"{}\"", broken.getMessage());
        }
    }

    @Override
    public Connection probe() throws SQLException {
        return source.getConnection();
    }

    @Override
    public Connection fresh() throws SQLException {
        return source.getConnection();
    }

    @Override
    public void flush(Connection connection) throws SQLException {
        long mine;
        lock.lock();
        try {
            mine = begun + 1; // a checkpoint that runs now may have begun before our commit
            while (running && done < mine) {
                ended.awaitUninterruptibly();
            }
            if (done >= mine) {
                // It may have been of the file as it was opened again, without what this connection wrote.
                if (!good.contains(connection)) throw new SQLNonTransientConnectionException("evicted", "08003");
                return;
            }
            running = true;
            mine = ++begun;
        } finally {
            lock.unlock();
        }
        boolean ok = false;
        try (Statement s = connection.createStatement()) {
            s.execute(checkpoint);
            ok = true;
        } finally {
            lock.lock();
            try {
                running = false;
                if (ok) done = mine;
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** No room: H2 has closed the file under all connections, and opens it again for the next one. */
    @Override
    public boolean isBrokenBy(SQLException failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof MVStoreException e && e.getErrorCode() == DataUtils.ERROR_WRITING_FAILED) return true;
        }
        return false;
    }

    @Override
    public void opened(Connection connection) throws SQLException {
        H2Indexes.finish(connection);
    }

    @Override
    public synchronized boolean mend(SQLException failure) throws SQLException {
        String table = H2Indexes.damaged(failure);
        if (table == null) return false;
        Long before = mended.get(table);
        if (before != null && System.nanoTime() - before < MENDED_FOR) return true; // by another call
        LOG.warn("what=database_index_damaged table={} effect=\"its indexes are made anew\"", table);
        try (Connection c = source.getConnection()) {
            H2Indexes.rebuild(c, table);
        }
        mended.put(table, System.nanoTime());
        LOG.info("what=database_index_mended table={}", table);
        return true;
    }

    @Override
    public void evict() {
        good.clear();
        for (Connection c = idle.poll(); c != null; c = idle.poll()) {
            try {
                c.close();
            } catch (SQLException closedAlready) {
                LOG.debug("what=database_connection_dropped reason=\"{}\"", closedAlready.getMessage());
            }
        }
    }

    @Override
    public boolean shared() {
        return shared;
    }

    @Override
    public String readLock() {
        return "";
    }

    @Override
    public String schemaWord(String word) {
        return switch (word) {
            case "bytes" -> "VARBINARY(1048576)";
            case "text" -> "VARCHAR(1048576)";
            case "table" -> "";
            default -> throw new IllegalArgumentException(word);
        };
    }

    @Override
    public void lockSchema(Connection connection, Duration atMost) {
        // A file of H2 has one process, and migration one thread. In server mode two may do it at once: each
        // statement can be repeated.
    }

    @Override
    public void unlockSchema(Connection connection) {
        // as above
    }

    @Override
    public String product() {
        return "H2";
    }

    @Override
    public String kind() {
        return "h2";
    }

    @Override
    public void close() {
        if (shared) {
            evict();
            return;
        }
        try (Connection c = source.getConnection();
                Statement s = c.createStatement()) {
            s.execute("SHUTDOWN");
        } catch (SQLException closedAlready) {
            LOG.debug("what=database_close_failed reason=\"{}\"", closedAlready.getMessage());
        }
        idle.clear();
    }
}
