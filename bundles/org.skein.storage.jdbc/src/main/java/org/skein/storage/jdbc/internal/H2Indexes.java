package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes indexes of H2 anew. When its process is killed while it writes a chunk, H2 may keep the entry of an index whose row,
 * of a transaction nobody was told of, is lost; from then on whatever meets that entry fails.
 */
final class H2Indexes {
    private static final int ROW_NOT_FOUND_IN_PRIMARY_INDEX = 90143;
    /** Begins the name of the index that marks a table whose primary key is being made anew. */
    private static final String MARK = "SKEIN_MEND_";

    private static final Pattern TABLE = Pattern.compile("\"(?:PUBLIC\\.)?(\\w+)_DATA\"");

    private H2Indexes() {}

    /** @return the table with an entry that leads nowhere, or null if that is not what happened */
    static String damaged(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (!(t instanceof SQLException e) || e.getErrorCode() != ROW_NOT_FOUND_IN_PRIMARY_INDEX) continue;
            Matcher table = TABLE.matcher(String.valueOf(e.getMessage()));
            if (table.find()) return table.group(1);
        }
        return null;
    }

    /**
     * Makes all indexes of a table anew, from its rows. The other connections wait meanwhile. What is begun with the primary
     * key is marked by an index, so that {@link #finish} can end it after a crash.
     */
    static void rebuild(Connection c, String table) throws SQLException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        Map<String, String> types = new LinkedHashMap<>();
        try (var s = c.prepareStatement("SELECT i.index_name, i.index_type_name, c.column_name"
                + " FROM information_schema.indexes i JOIN information_schema.index_columns c"
                + " ON c.index_schema = i.index_schema AND c.index_name = i.index_name"
                + " WHERE i.table_schema = 'PUBLIC' AND i.table_name = ? ORDER BY i.index_name, c.ordinal_position")) {
            s.setString(1, table);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    types.put(r.getString(1), r.getString(2));
                    columns.computeIfAbsent(r.getString(1), n -> new ArrayList<>())
                            .add(quoted(r.getString(3)));
                }
            }
        }
        try (Statement s = c.createStatement()) {
            s.execute("SET EXCLUSIVE 1");
            try {
                for (Map.Entry<String, String> index : types.entrySet()) {
                    String of = String.join(", ", columns.get(index.getKey()));
                    if (index.getValue().equals("PRIMARY KEY")) rebuildKey(s, table, of);
                    else rebuild(s, index.getValue(), quoted(index.getKey()), quoted(table), of);
                }
            } finally {
                s.execute("SET EXCLUSIVE 0");
            }
        }
    }

    private static void rebuild(Statement s, String type, String index, String table, String columns)
            throws SQLException {
        s.execute("DROP INDEX IF EXISTS " + index);
        s.execute("CREATE " + type + " " + index + " ON " + table + " (" + columns + ")");
    }

    private static void rebuildKey(Statement s, String table, String columns) throws SQLException {
        s.execute("CREATE INDEX IF NOT EXISTS " + quoted(MARK + table) + " ON " + quoted(table) + " (" + columns + ")");
        s.execute("ALTER TABLE " + quoted(table) + " DROP PRIMARY KEY");
        addKey(s, table, columns);
    }

    /** A row without its entry did not keep another of the same key out: the first of them stays. */
    private static void addKey(Statement s, String table, String columns) throws SQLException {
        s.execute("DELETE FROM " + quoted(table) + " WHERE _ROWID_ NOT IN (SELECT MIN(_ROWID_) FROM " + quoted(table)
                + " GROUP BY " + columns + ")");
        s.execute("ALTER TABLE " + quoted(table) + " ADD PRIMARY KEY (" + columns + ")");
        s.execute("DROP INDEX " + quoted(MARK + table));
    }

    /** Ends what a crash interrupted; when the database was just opened, before anybody else uses it. */
    static void finish(Connection c) throws SQLException {
        Map<String, List<String>> begun = new LinkedHashMap<>();
        Set<String> withKey = new HashSet<>();
        try (Statement s = c.createStatement()) {
            try (ResultSet r = s.executeQuery("SELECT table_name, column_name FROM information_schema.index_columns"
                    + " WHERE table_schema = 'PUBLIC' AND index_name = '" + MARK + "' || table_name"
                    + " ORDER BY table_name, ordinal_position")) {
                while (r.next()) {
                    begun.computeIfAbsent(r.getString(1), t -> new ArrayList<>())
                            .add(quoted(r.getString(2)));
                }
            }
            if (begun.isEmpty()) return;
            try (ResultSet r = s.executeQuery("SELECT table_name FROM information_schema.table_constraints"
                    + " WHERE table_schema = 'PUBLIC' AND constraint_type = 'PRIMARY KEY'")) {
                while (r.next()) withKey.add(r.getString(1));
            }
            for (Map.Entry<String, List<String>> table : begun.entrySet()) {
                if (withKey.contains(table.getKey())) s.execute("DROP INDEX " + quoted(MARK + table.getKey()));
                else addKey(s, table.getKey(), String.join(", ", table.getValue()));
            }
        }
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
