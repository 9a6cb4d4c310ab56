package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;

/** What is done with a connection, on a thread of the storage. May be run again after a deadlock. */
@FunctionalInterface
interface Work<T> {
    T run(Connection connection) throws SQLException;
}
