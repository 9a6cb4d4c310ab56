package org.skein.storage.jdbc.internal;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;

/** What an exception of a database means to us. */
enum Faults {
    /** Two transactions met; to be tried again at once. */
    CONFLICT,
    /** The row is there already. */
    DUPLICATE,
    /** The connection or the database is gone, or does not answer. */
    LOST,
    /** This statement's data is refused; another may pass. */
    DATA,
    /** The database answers but does not do its work: full, read-only, broken. */
    REFUSED;

    static Faults of(SQLException e) {
        for (Throwable t = e;
                t instanceof SQLException s;
                t = s.getNextException() != null ? s.getNextException() : s.getCause()) {
            Faults fault = ofOne(s);
            if (fault != REFUSED) return fault;
        }
        return REFUSED;
    }

    private static Faults ofOne(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        // 1213 deadlock, 1020 record changed (MariaDB); 90131 concurrent update, 40001 deadlock (H2)
        if (state.equals("40001")
                || e.getErrorCode() == 1213
                || e.getErrorCode() == 1020
                || e.getErrorCode() == 90131) {
            return CONFLICT;
        }
        if (state.equals("23505") || e.getErrorCode() == 1062) return DUPLICATE;
        // before the classes of states: Connector/J's 08S01 is among them
        if (state.startsWith("08")
                || state.startsWith("28")
                || e instanceof SQLTransientConnectionException
                || e instanceof SQLRecoverableException
                || e instanceof SQLTimeoutException) {
            return LOST;
        }
        return switch (e.getErrorCode()) {
            // H2: closed, shut down, in use by another process, I/O, file corrupt; MySQL: shutting down, killed
            case 90098, 90121, 90020, 90028, 90031, 90030, 1053, 1927, 1049 -> LOST;
            default -> state.startsWith("22") || state.startsWith("23") ? DATA : REFUSED;
        };
    }
}
