package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Connections to one database, and what is particular to its kind. Classes of a driver are loaded by its pool only. */
interface Pool extends AutoCloseable {
    /** A connection in auto-commit mode, to be given back. */
    Connection take() throws SQLException;

    /** Takes back a connection, broken or not. */
    void giveBack(Connection connection);

    /** A connection of its own, to see whether the database answers; bounded in time even if it is stopped. */
    Connection probe() throws SQLException;

    /** A connection of its own for whoever asks, outside the pool; see {@link FreshConnections}. */
    Connection fresh() throws SQLException;

    /** Makes what was committed on {@code connection} as durable as a commit has to be. */
    void flush(Connection connection) throws SQLException;

    /** Drops connections that may be broken. */
    void evict();

    /** @return true if what made a call fail was damage, and is mended: it may be tried again */
    default boolean mend(SQLException failure) throws SQLException {
        return false;
    }

    /** @return true if a write that failed like this breaks all connections, so that the next had better be tried later */
    default boolean isBrokenBy(SQLException failure) {
        return false;
    }

    /** Told on a connection of its own each time the database was found to answer, before anybody uses it. */
    default void opened(Connection connection) throws SQLException {}

    /** True if other processes may write too. */
    boolean shared();

    /** What makes a {@code SELECT} inside a statement take shared locks; empty if there is nothing. */
    String readLock();

    /** What to put for a word in braces in the schema. */
    String schemaWord(String word);

    /** Keeps other processes from changing the schema. */
    void lockSchema(Connection connection, Duration atMost) throws SQLException;

    void unlockSchema(Connection connection) throws SQLException;

    String product();

    /** {@code h2}, {@code mysql} or {@code mariadb}; known once there was a connection. */
    String kind();

    @Override
    void close();
}
