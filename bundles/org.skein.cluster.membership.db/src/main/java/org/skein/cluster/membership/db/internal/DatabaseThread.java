package org.skein.cluster.membership.db.internal;

import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that talks to the database, over one connection, made anew when it fails. */
final class DatabaseThread implements AutoCloseable {
    /** Where connections come from; the tests have others. */
    interface Connector {
        Tables connect() throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseThread.class);

    private final Connector connector;
    private final ThreadPoolExecutor thread;
    private Tables tables; // of the thread

    DatabaseThread(String name, Connector connector) {
        this.connector = connector;
        thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(16), task -> {
            Thread t = new Thread(task, "skein-cluster-db-" + name);
            t.setDaemon(true);
            return t;
        });
    }

    static Connector of(DataSource source, int timeoutMs) {
        return () -> {
            Connection connection = source.getConnection();
            boolean done = false;
            try {
                Tables tables = new JdbcTables(connection, timeoutMs);
                done = true;
                return tables;
            } finally {
                if (!done) connection.close();
            }
        };
    }

    /** Runs an operation; {@code answered} is called on this thread, always once. */
    void run(Operation operation, Consumer<Answer> answered) {
        try {
            thread.execute(() -> answered.accept(answer(operation)));
        } catch (RejectedExecutionException closed) {
            answered.accept(new Answer.Failed("closed", false));
        }
    }

    /** Any blocking task, such as looking up a name. */
    void execute(Runnable task) {
        thread.execute(task);
    }

    private Answer answer(Operation operation) {
        try {
            if (tables == null) tables = connector.connect();
            return tables.run(operation);
        } catch (SQLException | RuntimeException e) {
            if (tables != null) tables.close();
            tables = null;
            LOG.trace("what=cluster_database_failure operation={}", operation, e);
            return new Answer.Failed(reason(e), isRefused(e));
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }

    /** Nobody listens there, as the other machine itself says. */
    private static boolean isRefused(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage()).contains("refused")) return true;
        }
        return false;
    }

    /** Closes the connection and ends the thread, at once unless an operation is under way. */
    @Override
    public void close() {
        try {
            thread.execute(() -> {
                if (tables != null) tables.close();
                tables = null;
            });
        } catch (RejectedExecutionException full) {
            LOG.debug("what=cluster_database_connection_left reason=\"{}\"", full.getMessage());
        }
        thread.shutdown();
    }
}
