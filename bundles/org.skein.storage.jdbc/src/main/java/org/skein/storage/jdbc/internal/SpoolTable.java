package org.skein.storage.jdbc.internal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
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
    private static final String COLUMNS = "SELECT origin, n, stored_at, stanza FROM skein_spool WHERE owner = ? AND ";
    private static final String IN_ORDER = " ORDER BY position, origin, n";
    private static final int KEYS_AT_ONCE = 128;
    /** Of one statement; a server takes 16 MB by default, and bytes may be written as two. */
    private static final int MOST_BYTES = 2 << 20;

    private static final String INSERT =
            "INSERT INTO skein_spool (owner, origin, n, position, session, stored_at, stanza) VALUES ";
    private static final String VALUES = "(?, ?, ?, ?, ?, ?, ?)";
    private static final String UNLESS_THERE = " ON DUPLICATE KEY UPDATE n = VALUES(n)";

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
                            Sql.padded(some).toArray())
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

    /** Rows that are there already stay as they are. Fails with {@link FencedException} at the first statement refused. */
    static void insert(Connection c, List<NewRow> rows, Fence fence) throws SQLException {
        List<Object[]> sets = rows.stream().map(SpoolTable::values).toList();
        if (fence.isNone()) {
            Sql.batch(c, INSERT + VALUES + UNLESS_THERE, sets);
            return;
        }
        List<Object[]> some = new ArrayList<>();
        int bytes = 0;
        for (Object[] set : sets) {
            int size = ((byte[]) set[set.length - 1]).length;
            if (bytes + size > MOST_BYTES && !some.isEmpty()) {
                insertFenced(c, some, fence);
                some.clear();
                bytes = 0;
            }
            some.add(set);
            bytes += size;
        }
        insertFenced(c, some, fence);
    }

    private static Object[] values(NewRow row) {
        Entry e = row.entry();
        XmlBuffer xml = new XmlBuffer(256);
        e.stanza().writeTo(xml);
        return new Object[] {
            row.id(),
            e.number().origin(),
            e.number().n(),
            row.position(),
            orNull(e.session()),
            e.storedAt().toEpochMilli(),
            xml.toByteArray()
        };
    }

    /**
     * One statement, whose first row has no owner unless the writer is in the view: so the database refuses all of it,
     * and a row that was there already is told from a fence without asking.
     */
    private static void insertFenced(Connection c, List<Object[]> sets, Fence fence) throws SQLException {
        StringBuilder sql = new StringBuilder(INSERT);
        List<Object> parameters = new ArrayList<>();
        for (Object[] set : sets) {
            sql.append(parameters.isEmpty() ? fencedValues(fence) : "," + VALUES);
            parameters.addAll(Arrays.asList(set));
        }
        try {
            Sql.update(c, sql.append(UNLESS_THERE).toString(), parameters.toArray());
        } catch (SQLException e) {
            if (fence.isReasonOf(e)) throw fence.exception();
            throw e;
        }
    }

    private static String fencedValues(Fence fence) {
        return VALUES.replaceFirst("\\?", fence.orNull("?"));
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

    /** Rows of one owner and origin. */
    record Keys(byte[] id, long origin, List<Long> numbers) {
        static List<Keys> of(byte[] id, Collection<MessageNumber> numbers) {
            Map<Long, List<Long>> byOrigin = new LinkedHashMap<>();
            for (MessageNumber number : numbers) {
                byOrigin.computeIfAbsent(number.origin(), o -> new ArrayList<>())
                        .add(number.n());
            }
            List<Keys> keys = new ArrayList<>();
            byOrigin.forEach((origin, all) -> {
                for (int i = 0; i < all.size(); i += KEYS_AT_ONCE) {
                    keys.add(new Keys(id, origin, all.subList(i, Math.min(all.size(), i + KEYS_AT_ONCE))));
                }
            });
            return keys;
        }

        /** One condition for them: a range of the primary key in every database. */
        private String condition() {
            return "owner = ? AND origin = ? AND n IN (" + Sql.marks(numbers.size()) + ")";
        }

        private void addTo(List<Object> parameters) {
            parameters.add(id);
            parameters.add(origin);
            parameters.addAll(Sql.padded(numbers));
        }
    }

    /** Rows parked for a session. */
    record Parked(String session, Keys keys) {
        private String condition() {
            return "(" + keys.condition() + " AND session = ?)";
        }

        private void addTo(List<Object> parameters) {
            keys.addTo(parameters);
            parameters.add(session);
        }
    }

    static int delete(Connection c, Parked rows, Fence fence) throws SQLException {
        return delete(c, List.of(rows), fence);
    }

    /** As one statement, for which H2 would read the whole table. */
    static int delete(Connection c, List<Parked> all, Fence fence) throws SQLException {
        List<Object> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        for (Parked rows : all) {
            conditions.add(rows.condition());
            rows.addTo(parameters);
        }
        return changed(
                c,
                fence,
                "DELETE FROM skein_spool WHERE (" + String.join(" OR ", conditions) + ")" + fence.and(),
                parameters.toArray());
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
                    Sql.padded(some).toArray()));
        }
        return owners;
    }

    /** One page. */
    static List<Entry> offline(Connection c, byte[] id, Jid owner, String claimant, int max) throws SQLException {
        return page(c, COLUMNS + "session IS NULL" + IN_ORDER + " LIMIT ?", owner, claimant, id, max);
    }

    /** One page. */
    static List<Entry> parked(Connection c, byte[] id, Jid owner, String session, int max) throws SQLException {
        return page(c, COLUMNS + "session = ?" + IN_ORDER + " LIMIT ?", owner, session, id, session, max);
    }

    private static List<Entry> page(Connection c, String sql, Jid owner, String session, Object... parameters)
            throws SQLException {
        long[] bytes = {0};
        return entries(Sql.queryWhile(
                c,
                sql,
                row -> entry(row, owner, session),
                e -> (bytes[0] += e.map(x -> x.stanza().payloadXml().length).orElse(0)) < Spool.PAGE_BYTES,
                parameters));
    }

    static List<Entry> parked(Connection c, byte[] id, Jid owner, String session) throws SQLException {
        return entries(
                Sql.query(c, COLUMNS + "session = ?" + IN_ORDER, row -> entry(row, owner, session), id, session));
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
    static List<Entry> claim(Connection c, byte[] id, String session, List<Entry> rows, Fence fence)
            throws SQLException {
        int claimed = 0;
        for (Keys keys : Keys.of(id, rows.stream().map(Entry::number).toList())) {
            List<Object> parameters = new ArrayList<>(List.of(session));
            keys.addTo(parameters);
            claimed += changed(
                    c,
                    fence,
                    "UPDATE skein_spool SET session = ? WHERE session IS NULL AND " + keys.condition() + fence.and(),
                    parameters.toArray());
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

    static int release(Connection c, byte[] id, String session, Fence fence) throws SQLException {
        return changed(
                c,
                fence,
                "UPDATE skein_spool SET session = NULL WHERE owner = ? AND session = ?" + fence.and(),
                id,
                session);
    }

    static int move(Connection c, byte[] id, String from, String to, Fence fence) throws SQLException {
        return changed(
                c,
                fence,
                "UPDATE skein_spool SET session = ? WHERE owner = ? AND session = ?" + fence.and(),
                to,
                id,
                from);
    }

    /** Runs a statement that has the fence inside; if nothing changed, that may have been the reason. */
    private static int changed(Connection c, Fence fence, String sql, Object... parameters) throws SQLException {
        int changed = Sql.update(c, sql, parameters);
        if (changed == 0) fence.check(c);
        return changed;
    }

    /** Somebody's rows, parked for a session. @param owner empty where nothing tells who it is */
    record Holding(String session, Optional<Jid> owner) {}

    private record Found(byte[] id, String session, Optional<Jid> account) {}

    /** Sessions of nodes other than these that hold rows, some of them; from the index. */
    static List<Holding> holdersOutside(Connection c, Set<Long> live, int max) throws SQLException {
        List<Object> parameters = new ArrayList<>();
        String condition = "s.session IS NOT NULL";
        if (!live.isEmpty()) {
            List<String> names = live.stream().map(i -> Long.toString(i, 36)).toList();
            condition +=
                    " AND SUBSTRING(s.session, 1, LOCATE('-', s.session) - 1) NOT IN (" + Sql.marks(names.size()) + ")";
            parameters.addAll(Sql.padded(names));
        }
        parameters.add(max);
        List<Found> found = Sql.query(
                c,
                "SELECT h.owner, h.session, a.domain, a.local_part FROM (SELECT DISTINCT s.owner, s.session"
                        + " FROM skein_spool s WHERE " + condition + " LIMIT ?) h"
                        + " LEFT JOIN skein_account a ON a.id = h.owner",
                SpoolTable::found,
                parameters.toArray());
        List<Holding> holders = new ArrayList<>();
        for (Found one : found) {
            holders.add(new Holding(
                    one.session(), one.account().isPresent() ? one.account() : addressee(c, one.id(), one.session())));
        }
        return holders;
    }

    private static Found found(ResultSet row) throws SQLException {
        byte[] domain = row.getBytes(3);
        Optional<Jid> account = domain == null
                ? Optional.empty()
                : Optional.of(Jid.of(Ids.text(row.getBytes(4)), Ids.text(domain), ""));
        return new Found(row.getBytes(1), row.getString(2), account);
    }

    /** Of rows without an account: whom one of them is addressed to, if the key says the same. */
    private static Optional<Jid> addressee(Connection c, byte[] id, String session) throws SQLException {
        return Sql.query(
                        c,
                        "SELECT stanza FROM skein_spool WHERE owner = ? AND session = ? LIMIT 1",
                        row -> addressee(row.getBytes(1)),
                        id,
                        session)
                .stream()
                .flatMap(Optional::stream)
                .filter(jid -> Arrays.equals(Ids.of(jid), id))
                .findFirst();
    }

    private static Optional<Jid> addressee(byte[] stanza) {
        try {
            return ElementParser.parseStanza(stanza).to().map(Jid::bare);
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    static Set<Long> members(Connection c) throws SQLException {
        return new HashSet<>(Sql.query(c, "SELECT incarnation FROM cluster_member", row -> row.getLong(1)));
    }

    /** Those that were seen a moment ago: a cluster that ended all at once leaves its last view behind. */
    static Set<Long> membersAlive(Connection c) throws SQLException {
        return new HashSet<>(Sql.query(
                c,
                "SELECT m.incarnation FROM cluster_member m JOIN cluster_nodes n ON n.incarnation = m.incarnation"
                        + " WHERE n.last_updated > CURRENT_TIMESTAMP(3) - INTERVAL '10' SECOND",
                row -> row.getLong(1)));
    }

    /** @return how many; less than {@code max} when these sessions hold none any more */
    static int releaseSome(Connection c, List<String> sessions, int max, Fence fence) throws SQLException {
        List<Object> parameters = Sql.padded(sessions);
        parameters.add(max);
        return changed(
                c,
                fence,
                "UPDATE skein_spool SET session = NULL WHERE session IN (" + Sql.marks(sessions.size()) + ")"
                        + fence.and() + " LIMIT ?",
                parameters.toArray());
    }

    /** @return how many; less than {@code max} when none is left */
    static int releaseSome(Connection c, int max, Fence fence) throws SQLException {
        return changed(
                c,
                fence,
                "UPDATE skein_spool SET session = NULL WHERE session IS NOT NULL" + fence.and() + " LIMIT ?",
                max);
    }
}
