package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.xmpp.Jid;

/**
 * Rosters: {@code skein_roster} has the version, {@code skein_roster_item} a row for each contact with the version of its
 * last change. A removed contact's row stays, marked, so that the items themselves are the log of changes; beyond a
 * number of marked rows the oldest go, and {@code forgotten} remembers up to which version.
 */
@Component
public final class JdbcRosterRepository implements RosterRepository {
    private static final String COLUMNS = "i.contact, i.version, i.removed, i.item_name, i.item_groups, i.subscription,"
            + " i.ask, i.pending_in, i.approved, i.listed, i.request";
    private static final String GROUP_END = "\n"; // RFC 6121 §2.1.2.4: XML attribute rules aside, groups are one line

    private final Storage storage;

    @Activate
    public JdbcRosterRepository(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcRosterRepository(Storage storage) {
        this.storage = storage;
    }

    private record Found(long rosterVersion, long forgotten, Optional<Change> change) {}

    @Override
    public CompletionStage<StoredRoster> load(Jid owner) {
        byte[] id = Ids.of(owner);
        return storage.database().read(c -> {
            List<Found> rows = Sql.query(
                    c,
                    "SELECT r.version, r.forgotten, " + COLUMNS + " FROM skein_roster r LEFT JOIN skein_roster_item i"
                            + " ON i.owner = r.owner AND i.removed = 0 WHERE r.owner = ?",
                    JdbcRosterRepository::found,
                    id);
            List<RosterItem> items = rows.stream()
                    .flatMap(r -> r.change().stream())
                    .flatMap(change -> change.item().stream())
                    .toList();
            return new StoredRoster(rows.isEmpty() ? 0 : rows.get(0).rosterVersion(), items);
        });
    }

    private static Found found(ResultSet row) throws SQLException {
        byte[] contact = row.getBytes(3);
        return new Found(
                row.getLong(1), row.getLong(2), contact == null ? Optional.empty() : Optional.of(change(row, contact)));
    }

    private static Change change(ResultSet row, byte[] address) throws SQLException {
        Jid contact = Jid.of(Ids.text(address));
        if (row.getInt(5) != 0) return new Change(row.getLong(4), contact, Optional.empty());
        RosterItem item = new RosterItem(
                contact,
                row.getString(6),
                groups(row.getString(7)),
                RosterItem.Subscription.valueOf(row.getString(8)),
                row.getInt(9) != 0,
                row.getInt(10) != 0,
                row.getInt(11) != 0,
                row.getInt(12) != 0,
                row.getString(13));
        return new Change(row.getLong(4), contact, Optional.of(item));
    }

    /** Each name is followed by a newline; one inside a name is written {@code \n}, a backslash {@code \\}. */
    private static String text(Set<String> groups) {
        StringBuilder all = new StringBuilder();
        for (String group : new TreeSet<>(groups)) {
            all.append(group.replace("\\", "\\\\").replace("\n", "\\n")).append(GROUP_END);
        }
        return all.toString();
    }

    private static Set<String> groups(String text) {
        Set<String> groups = new TreeSet<>();
        StringBuilder group = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char ch = text.charAt(i);
            if (ch == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(++i);
                group.append(escaped == 'n' ? '\n' : escaped);
            } else if (ch == '\n') {
                groups.add(group.toString());
                group.setLength(0);
            } else {
                group.append(ch);
            }
        }
        return groups;
    }

    @Override
    public CompletionStage<Optional<RosterItem>> find(Jid owner, Jid contact) {
        byte[] id = Ids.of(owner);
        return storage.database()
                .read(c -> Sql.query(
                                c,
                                "SELECT 0, 0, " + COLUMNS + " FROM skein_roster_item i"
                                        + " WHERE i.owner = ? AND i.contact_id = ? AND i.removed = 0",
                                JdbcRosterRepository::found,
                                id,
                                Ids.of(contact))
                        .stream()
                        .flatMap(found -> found.change().stream())
                        .flatMap(change -> change.item().stream())
                        .findFirst());
    }

    /** Makes the roster's next version. */
    @FunctionalInterface
    private interface Step {
        long next(Connection c, byte[] id) throws SQLException;
    }

    @Override
    public CompletionStage<Long> put(Jid owner, RosterItem item) {
        return put(owner, item, JdbcRosterRepository::nextVersion);
    }

    @Override
    public CompletionStage<Long> put(Jid owner, RosterItem item, long expected) {
        return put(owner, item, (c, id) -> nextVersion(c, owner, id, expected));
    }

    private CompletionStage<Long> put(Jid owner, RosterItem item, Step step) {
        byte[] id = Ids.of(owner);
        return storage.database().write(c -> {
            long version = step.next(c, id);
            Sql.update(
                    c,
                    "INSERT INTO skein_roster_item (owner, contact_id, contact, version, removed, item_name, item_groups,"
                            + " subscription, ask, pending_in, approved, listed, request)"
                            + " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                            + " version = VALUES(version), removed = 0, item_name = VALUES(item_name),"
                            + " item_groups = VALUES(item_groups), subscription = VALUES(subscription),"
                            + " ask = VALUES(ask), pending_in = VALUES(pending_in), approved = VALUES(approved),"
                            + " listed = VALUES(listed), request = VALUES(request)",
                    id,
                    Ids.of(item.contact()),
                    Ids.utf8(item.contact().toString()),
                    version,
                    item.name(),
                    text(item.groups()),
                    item.subscription().name(),
                    item.ask(),
                    item.pendingIn(),
                    item.approved(),
                    item.listed(),
                    item.request());
            return version;
        });
    }

    /** The row's lock, held until the commit, puts changes of one roster in a row. */
    private static long nextVersion(Connection c, byte[] id) throws SQLException {
        Sql.update(
                c,
                "INSERT INTO skein_roster (owner, version, forgotten) VALUES (?, 1, 0)"
                        + " ON DUPLICATE KEY UPDATE version = version + 1",
                (Object) id);
        return version(c, id);
    }

    /** Decided by the row, so of two nodes one comes first; the other waits for its commit, and finds another version. */
    private static long nextVersion(Connection c, Jid owner, byte[] id, long expected) throws SQLException {
        int changed = expected > 0
                ? Sql.update(
                        c,
                        "UPDATE skein_roster SET version = version + 1 WHERE owner = ? AND version = ?",
                        id,
                        expected)
                : insertFirst(c, id);
        if (changed == 0) throw conflict(owner, expected);
        return expected + 1;
    }

    private static int insertFirst(Connection c, byte[] id) throws SQLException {
        try {
            return Sql.update(c, "INSERT INTO skein_roster (owner, version, forgotten) VALUES (?, 1, 0)", (Object) id);
        } catch (SQLException e) {
            if (Faults.of(e) == Faults.DUPLICATE) return 0;
            throw e;
        }
    }

    private static ConflictException conflict(Jid owner, long expected) {
        return new ConflictException("roster of " + owner + " is not of version " + expected + " any more");
    }

    @Override
    public CompletionStage<Optional<Long>> remove(Jid owner, Jid contact) {
        return remove(owner, contact, JdbcRosterRepository::nextVersion, c -> {});
    }

    @Override
    public CompletionStage<Optional<Long>> remove(Jid owner, Jid contact, long expected) {
        byte[] id = Ids.of(owner);
        return remove(owner, contact, (c, same) -> nextVersion(c, owner, same, expected), c -> {
            if (version(c, id) != expected) throw conflict(owner, expected);
        });
    }

    @FunctionalInterface
    private interface Check {
        void run(Connection c) throws SQLException;
    }

    private CompletionStage<Optional<Long>> remove(Jid owner, Jid contact, Step step, Check ifMissing) {
        byte[] id = Ids.of(owner);
        byte[] contactId = Ids.of(contact);
        return storage.database().write(c -> {
            if (!isThere(c, id, contactId)) {
                ifMissing.run(c);
                return Optional.empty();
            }
            long version = step.next(c, id);
            int removed = Sql.update(
                    c,
                    "UPDATE skein_roster_item SET removed = 1, version = ?, item_name = '', item_groups = '', request = ''"
                            + " WHERE owner = ? AND contact_id = ? AND removed = 0",
                    version,
                    id,
                    contactId);
            if (removed == 0) {
                // another node was faster; a version without a change does no harm
                return Optional.empty();
            }
            forgetOldest(c, id);
            return Optional.of(version);
        });
    }

    private static long version(Connection c, byte[] id) throws SQLException {
        return Sql.number(c, "SELECT version FROM skein_roster WHERE owner = ?", (Object) id);
    }

    private static boolean isThere(Connection c, byte[] id, byte[] contactId) throws SQLException {
        return Sql.number(
                        c,
                        "SELECT COUNT(*) FROM skein_roster_item WHERE owner = ? AND contact_id = ? AND removed = 0",
                        id,
                        contactId)
                > 0;
    }

    private void forgetOldest(Connection c, byte[] id) throws SQLException {
        int keep = storage.limits().removedKept();
        if (keep == 0) return;
        long upTo = Sql.number(
                c,
                "SELECT version FROM skein_roster_item WHERE owner = ? AND removed = 1"
                        + " ORDER BY version DESC LIMIT 1 OFFSET ?",
                id,
                keep);
        if (upTo == 0) return;
        Sql.update(c, "DELETE FROM skein_roster_item WHERE owner = ? AND removed = 1 AND version <= ?", id, upTo);
        Sql.update(c, "UPDATE skein_roster SET forgotten = ? WHERE owner = ?", upTo, id);
    }

    @Override
    public CompletionStage<Optional<Collection<Change>>> changesSince(Jid owner, long version) {
        byte[] id = Ids.of(owner);
        return storage.database().read(c -> {
            List<Found> rows = Sql.query(
                    c,
                    "SELECT r.version, r.forgotten, " + COLUMNS + " FROM skein_roster r LEFT JOIN skein_roster_item i"
                            + " ON i.owner = r.owner AND i.version > ? WHERE r.owner = ? ORDER BY i.version",
                    JdbcRosterRepository::found,
                    version,
                    id);
            if (rows.isEmpty()) return version == 0 ? Optional.of(List.of()) : Optional.empty();
            Found first = rows.get(0);
            if (version < first.forgotten() || version > first.rosterVersion()) return Optional.empty();
            Collection<Change> changes = new ArrayList<>();
            rows.forEach(row -> row.change().ifPresent(changes::add));
            return Optional.of(changes);
        });
    }
}
