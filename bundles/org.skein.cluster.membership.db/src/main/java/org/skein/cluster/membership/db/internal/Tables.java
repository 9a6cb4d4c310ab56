package org.skein.cluster.membership.db.internal;

import java.sql.SQLException;

/** The three tables. Each call blocks and is complete in itself: no lock is held across round trips (CLUSTER 6). */
interface Tables extends AutoCloseable {
    Answer run(Operation operation) throws SQLException;

    @Override
    void close();
}
