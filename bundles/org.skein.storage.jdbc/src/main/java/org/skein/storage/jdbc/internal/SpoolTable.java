package org.skein.storage.jdbc.internal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool.Entry;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.XmlBuffer;
import org.skein.xmpp.stream.ElementParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements on {@code skein_spool}. Each is complete in itself: no lock is held across two (CLUSTER 6). */
final class SpoolTable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolTable.class);
    private static final String IN_ORDER = " ORDER BY position, origin, n";
    private static final int KEYS_AT_ONCE = 128;

    /** A row to be inserted. */
    record NewRow(byte[] id, long position, Entry entry) {}

    /** Where an owner's rows end, and how many there are. */
    record End(long position, int rows) {}

    private SpoolTable() {}

    /** For owners that have rows. @param counting false to leave {@link End#rows} 0, which costs one look per owner */
    static Map<ByteBuffer, End> ends(Connection c, Collection<byte[]> ids, boolean counting) throws SQLException {
        Map<ByteBuffer, End> ends = new HashMap<>();
        for (List<byte[]> some : parts(ids)) {
            Sql.query(
                            c,
                            "SELECT owner, MAX(position), " + (counting ? "COUNT(*)" : "0")
                                    + " FROM skein_spool WHERE owner IN (" + Sql.marks(some.size())
                                    + ") GROUP BY owner",
                            row -> Map.entry(ByteBuffer.wrap(row.getBytes(1)), new End(row.getLong(2), row.getInt(3))),
                            Sql.padded(some))
                    .forEach(e -> ends.put(e.getKey(), e.getValue()));
        }
        return ends;
    }

    private static List<List<byte[]>> parts(Collection<byte[]> ids) {
        List<byte[]> all = List.copyOf(ids);
        List<List<byte[]>> parts = new ArrayList<>();
        for (int i = 0; i < all.size(); i += KEYS_AT_ONCE) {
            parts.add(all.subList(i, Math.min(all.size(), i + KEYS_AT_ONCE)));
        }
        return parts;
    }

    /** Rows that are there already stay as they are. */
    static void insert(Connection c, List<NewRow> rows) throws SQLException {
        List<Object[]> sets = new ArrayList<>(rows.size());
        for (NewRow row : rows) {
            Entry e = row.entry();
            XmlBuffer xml = new XmlBuffer(256);
            e.stanza().writeTo(xml);
            sets.add(new Object[] {
                row.id(),
                e.number().origin(),
                e.number().n(),
                row.position(),
                orNull(e.session()),
                e.storedAt().toEpochMilli(),
                xml.toByteArray()
            });
        }
        Sql.batch(
                c,
                "INSERT INTO skein_spool (owner, origin, n, position, session, stored_at, stanza)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n)",
                sets);
    }

    private static String orNull(String session) {
        return session.isEmpty() ? null : session;
    }

    static boolean contains(Connection c, byte[] id, MessageNumber number) throws SQLException {
        return Sql.number(
                        c,
                        "SELECT COUNT(*) FROM skein_spool WHERE owner = ? AND origin = ? AND n = ?",
                        id,
                        number.origin(),
                        number.n())
                > 0;
    }

    /** @return how many each list of numbers removed; negative where the database does not tell */
    static int[] delete(Connection c, List<Object[]> keys) throws SQLException {
        return Sql.batch(c, "DELETE FROM skein_spool WHERE owner = ? AND origin = ? AND n = ?", keys);
    }

    static int offline(Connection c, byte[] id) throws SQLException {
        return (int) Sql.number(c, "SELECT COUNT(*) FROM skein_spool WHERE owner = ? AND session IS NULL", (Object) id);
    }

    static Set<ByteBuffer> withOffline(Connection c, Collection<byte[]> ids) throws SQLException {
        Set<ByteBuffer> owners = new HashSet<>();
        for (List<byte[]> some : parts(ids)) {
            owners.addAll(Sql.query(
                    c,
                    "SELECT DISTINCT owner FROM skein_spool WHERE owner IN (" + Sql.marks(some.size())
                            + ") AND session IS NULL",
                    row -> ByteBuffer.wrap(row.getBytes(1)),
                    Sql.padded(some)));
        }
        return owners;
    }

    static List<Entry> offline(Connection c, byte[] id, Jid owner, String claimant, int max) throws SQLException {
        return entries(Sql.query(
                c,
                "SELECT origin, n, stored_at, stanza FROM skein_spool WHERE owner = ? AND session IS NULL" + IN_ORDER
                        + " LIMIT ?",
                row -> entry(row, owner, claimant),
                id,
                max));
    }

    static List<Entry> parked(Connection c, byte[] id, Jid owner, String session) throws SQLException {
        return entries(Sql.query(
                c,
                "SELECT origin, n, stored_at, stanza FROM skein_spool WHERE owner = ? AND session = ?" + IN_ORDER,
                row -> entry(row, owner, session),
                id,
                session));
    }

    private static List<Entry> entries(List<Optional<Entry>> rows) {
        return rows.stream().flatMap(Optional::stream).toList();
    }

    private static Optional<Entry> entry(ResultSet row, Jid owner, String session) throws SQLException {
        MessageNumber number = new MessageNumber(row.getLong(1), row.getLong(2));
        try {
            Stanza stanza = ElementParser.parseStanza(row.getBytes(4));
            return Optional.of(new Entry(owner, session, number, Instant.ofEpochMilli(row.getLong(3)), stanza));
        } catch (IllegalArgumentException unreadable) {
            LOG.error("what=spool_row_unreadable owner={} number={}", owner, number, unreadable);
            return Optional.empty();
        }
    }

    /** @return those of {@code rows} that were still offline and now are the session's, in their order */
    static List<Entry> claim(Connection c, byte[] id, String session, List<Entry> rows) throws SQLException {
        int claimed = 0;
        for (int i = 0; i < rows.size(); i += KEYS_AT_ONCE) {
            claimed += claimSome(c, id, session, rows.subList(i, Math.min(rows.size(), i + KEYS_AT_ONCE)));
        }
        if (claimed == rows.size()) return rows;
        Set<MessageNumber> ours = new HashSet<>(Sql.query(
                c,
                "SELECT origin, n FROM skein_spool WHERE owner = ? AND session = ?",
                row -> new MessageNumber(row.getLong(1), row.getLong(2)),
                id,
                session));
        return rows.stream().filter(row -> ours.contains(row.number())).toList();
    }

    private static int claimSome(Connection c, byte[] id, String session, List<Entry> rows) throws SQLException {
        Object[] parameters = new Object[2 + 2 * rows.size()];
        parameters[0] = session;
        parameters[1] = id;
        for (int i = 0; i < rows.size(); i++) {
            parameters[2 + 2 * i] = rows.get(i).number().origin();
            parameters[3 + 2 * i] = rows.get(i).number().n();
        }
        String keys = "(?, ?)" + ", (?, ?)".repeat(rows.size() - 1);
        return Sql.update(
                c,
                "UPDATE skein_spool SET session = ? WHERE owner = ? AND session IS NULL AND (origin, n) IN (" + keys
                        + ")",
                parameters);
    }

    static int release(Connection c, byte[] id, String session) throws SQLException {
        return Sql.update(c, "UPDATE skein_spool SET session = NULL WHERE owner = ? AND session = ?", id, session);
    }

    /** @return how many; less than {@code max} when none is left */
    static int releaseSome(Connection c, int max) throws SQLException {
        return Sql.update(c, "UPDATE skein_spool SET session = NULL WHERE session IS NOT NULL LIMIT ?", max);
    }
}
