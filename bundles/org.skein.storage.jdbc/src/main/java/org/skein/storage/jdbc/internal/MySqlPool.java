package org.skein.storage.jdbc.internal;

import com.mysql.cj.jdbc.MysqlDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MySQL or MariaDB, over Connector/J and HikariCP. How durable a commit is, is the server's setting. */
final class MySqlPool implements Pool {
    private static final Logger LOG = LoggerFactory.getLogger(MySqlPool.class);
    /** Locks are of the server, so the name has the database's in it; 64 characters are allowed. */
    private static final String SCHEMA_LOCK = "CONCAT('skein_schema_', LEFT(MD5(DATABASE()), 16))";

    /** Of the membership: silence of a member counts after 2.5 s, and then the view must not be locked. */
    private static final int IDLE_TRANSACTION_S = 2;

    private final MysqlDataSource probes;
    private final MysqlDataSource fresh;
    private final HikariDataSource pool;
    private final int poolSize;
    private volatile String product = "MySQL";

    MySqlPool(Settings settings) {
        int timeoutMs = (int) settings.timeout().toMillis();
        int shorterMs = Math.min(2000, timeoutMs);
        probes = source(settings.uri(), shorterMs, shorterMs);
        fresh = source(with(settings.uri(), "allowMultiQueries=true"), 2000, (int)
                settings.clusterTimeout().toMillis());
        poolSize = settings.poolSize();
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein-db-pool");
        config.setDataSource(source(settings.uri(), shorterMs, timeoutMs));
        config.setMaximumPoolSize(poolSize);
        config.setMinimumIdle(Math.min(2, poolSize));
        config.setIdleTimeout(60_000);
        config.setConnectionTimeout(Math.max(250, shorterMs));
        config.setValidationTimeout(Math.max(250, Math.min(1000, shorterMs)));
        config.setKeepaliveTime(120_000);
        config.setInitializationFailTimeout(-1); // whether it answers is for Database to find out
        config.setConnectionInitSql(endIdleTransactionsAfter(timeoutMs / 1000 + 1));
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        pool = new HikariDataSource(config);
    }

    /**
     * MariaDB ends a transaction whose client is silent for so long, and its locks with it: a node that is stopped in the
     * middle of one does not stop the others. MySQL has no such setting, and skips what stands in this comment.
     */
    private static String endIdleTransactionsAfter(int seconds) {
        return "SET @skein = 1 /*M!100300 , SESSION idle_transaction_timeout = " + seconds + " */";
    }

    private static MysqlDataSource source(String uri, int connectTimeoutMs, int socketTimeoutMs) {
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(with(
                uri,
                "connectTimeout=" + connectTimeoutMs,
                "socketTimeout=" + socketTimeoutMs,
                "tcpKeepAlive=true",
                "connectionCollation=utf8mb4_bin",
                "cachePrepStmts=true",
                "prepStmtCacheSize=100",
                "prepStmtCacheSqlLimit=2048",
                "rewriteBatchedStatements=true",
                "useLocalSessionState=true",
                "cacheServerConfiguration=true",
                "maintainTimeStats=false",
                // strict: what does not fit is refused, not cut; a stopped peer's lock is not waited for
                "sessionVariables=sql_mode='STRICT_ALL_TABLES%2CNO_ENGINE_SUBSTITUTION'%2Cinnodb_lock_wait_timeout=2"));
        return source;
    }

    /** Adds the parameters an operator did not give. */
    private static String with(String uri, String... parameters) {
        StringBuilder all = new StringBuilder(uri);
        String given = uri.toLowerCase(Locale.ROOT).replace('?', '&');
        char separator = uri.indexOf('?') < 0 ? '?' : '&';
        for (String parameter : parameters) {
            String name = parameter.substring(0, parameter.indexOf('=')).toLowerCase(Locale.ROOT);
            if (given.contains('&' + name + '=')) continue;
            all.append(separator).append(parameter);
            separator = '&';
        }
        return all.toString();
    }

    @Override
    public Connection take() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException broken) {
            LOG.debug("what=database_connection_dropped reason=\"{}\"", broken.getMessage());
        }
    }

    @Override
    public Connection probe() throws SQLException {
        Connection c = probes.getConnection();
        String version = c.getMetaData().getDatabaseProductVersion();
        product = (version.contains("MariaDB") ? "MariaDB " : "MySQL ")
                + version.replaceFirst("^5\\.5\\.5-", "").replaceFirst("-.*", "");
        return c;
    }

    @Override
    public Connection fresh() throws SQLException {
        Connection c = fresh.getConnection();
        try (Statement s = c.createStatement()) {
            s.execute(endIdleTransactionsAfter(IDLE_TRANSACTION_S));
            return c;
        } catch (SQLException e) {
            c.close();
            throw e;
        }
    }

    @Override
    public void flush(Connection connection) {
        // COMMIT has done it.
    }

    @Override
    public void evict() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public String readLock() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public String schemaWord(String word) {
        return switch (word) {
            case "bytes" -> "MEDIUMBLOB";
            case "text" -> "MEDIUMTEXT";
            case "table" -> "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC";
            default -> throw new IllegalArgumentException(word);
        };
    }

    @Override
    public void lockSchema(Connection c, Duration atMost) throws SQLException {
        c.setNetworkTimeout(Runnable::run, (int) atMost.plusSeconds(600).toMillis());
        if (Sql.number(c, "SELECT GET_LOCK(" + SCHEMA_LOCK + ", ?)", (int) atMost.toSeconds()) != 1) {
            throw new SQLException("another node has been migrating the schema for " + atMost.toSeconds() + " s");
        }
    }

    @Override
    public void unlockSchema(Connection c) throws SQLException {
        Sql.number(c, "SELECT RELEASE_LOCK(" + SCHEMA_LOCK + ")");
    }

    @Override
    public String product() {
        return product;
    }

    @Override
    public String kind() {
        return product.startsWith("MariaDB") ? "mariadb" : "mysql";
    }

    @Override
    public void close() {
        pool.close();
    }
}
