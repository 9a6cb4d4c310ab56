package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** Statements with their parameters. A {@code byte[]} is bound as bytes, a null as SQL NULL. */
final class Sql {
    /** Makes a value of the row a result stands at. */
    @FunctionalInterface
    interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private Sql() {}

    static int update(Connection c, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, parameters);
            return s.executeUpdate();
        }
    }

    /** One statement with many sets of parameters, sent together. */
    static int[] batch(Connection c, String sql, List<Object[]> sets) throws SQLException {
        if (sets.size() == 1) return new int[] {update(c, sql, sets.get(0))};
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (Object[] set : sets) {
                bind(s, set);
                s.addBatch();
            }
            return s.executeBatch();
        }
    }

    static <T> List<T> query(Connection c, String sql, Row<T> row, Object... parameters) throws SQLException {
        return queryWhile(c, sql, row, any -> true, parameters);
    }

    /** @param goesOn asked after each row; the first that it says no to is the last */
    static <T> List<T> queryWhile(Connection c, String sql, Row<T> row, Predicate<T> goesOn, Object... parameters)
            throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, parameters);
            try (ResultSet result = s.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (result.next()) {
                    T next = row.of(result);
                    rows.add(next);
                    if (!goesOn.test(next)) break;
                }
                return rows;
            }
        }
    }

    static long number(Connection c, String sql, Object... parameters) throws SQLException {
        List<Long> rows = query(c, sql, row -> row.getLong(1), parameters);
        return rows.isEmpty() ? 0 : rows.get(0);
    }

    /** {@code ?,?,?}: a power of two, so that few statements are to be parsed; the last parameter is repeated. */
    static String marks(int size) {
        return String.join(",", Collections.nCopies(roundedUp(size), "?"));
    }

    static List<Object> padded(List<?> values) {
        List<Object> all = new ArrayList<>(values);
        while (all.size() < roundedUp(values.size())) {
            all.add(values.get(values.size() - 1));
        }
        return all;
    }

    private static int roundedUp(int size) {
        return size <= 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
    }

    private static void bind(PreparedStatement s, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object p = parameters[i];
            if (p instanceof byte[] bytes) s.setBytes(i + 1, bytes);
            else if (p instanceof Long n) s.setLong(i + 1, n);
            else if (p instanceof Integer n) s.setInt(i + 1, n);
            else if (p instanceof Boolean b) s.setInt(i + 1, b ? 1 : 0);
            else s.setString(i + 1, (String) p);
        }
    }
}
