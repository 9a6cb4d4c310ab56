package org.skein.storage.jdbc.internal;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The {@code javax.sql.DataSource} service: each call opens a connection of its own, outside the pool, so who must reach
 * the database in time never waits behind others. In auto-commit mode, {@code READ COMMITTED}. Opening one takes 2 s at
 * most, a statement as long as {@code clusterTimeoutSeconds}; the connection is then broken. Who needs one often keeps it.
 * MySQL and MariaDB take several statements in one request: a transaction sent as one holds no lock across a round trip.
 * MariaDB ends a connection that is silent for 2 s in the middle of a transaction; MySQL does not, so there a client that
 * is stopped in one keeps its locks until the server notices.
 */
final class FreshConnections implements DataSource {
    private volatile Pool pool;

    FreshConnections(Pool pool) {
        this.pool = pool;
    }

    /** Of the same database, by other settings. */
    void use(Pool next) {
        pool = next;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection c = pool.fresh();
        try {
            c.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            return c;
        } catch (SQLException e) {
            c.close();
            throw e;
        }
    }

    /** As the user the settings name, and no other. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user-db-uri names the user");
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // there is none
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("it is 2 s");
    }

    @Override
    public int getLoginTimeout() {
        return 2;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it logs nothing");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
