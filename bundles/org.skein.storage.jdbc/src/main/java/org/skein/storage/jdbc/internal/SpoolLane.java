package org.skein.storage.jdbc.internal;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool.Entry;
import org.skein.storage.jdbc.internal.SpoolOperation.Claim;
import org.skein.storage.jdbc.internal.SpoolOperation.Count;
import org.skein.storage.jdbc.internal.SpoolOperation.Delete;
import org.skein.storage.jdbc.internal.SpoolOperation.Parked;
import org.skein.storage.jdbc.internal.SpoolOperation.Release;
import org.skein.storage.jdbc.internal.SpoolOperation.Store;
import org.skein.storage.jdbc.internal.SpoolTable.End;
import org.skein.storage.jdbc.internal.SpoolTable.NewRow;
import org.skein.xmpp.Jid;

/**
 * Does what waits in one lane of the spool: operations of one kind together, but those of one owner in their order. One
 * batch is in flight, so a lane's thread owns all its state.
 */
final class SpoolLane {
    private static final long COUNT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Storage storage;
    private final SpoolOwners owners = new SpoolOwners();
    private Database seen;

    SpoolLane(Storage storage) {
        this.storage = storage;
    }

    void process(List<SpoolOperation> operations) {
        List<SpoolOperation> rest = new ArrayList<>(operations);
        while (!rest.isEmpty()) {
            Database database = storage.database();
            if (database != seen) owners.clear();
            seen = database;
            List<SpoolOperation> group = takeGroup(rest);
            try {
                run(database, group);
            } catch (SQLException e) {
                fail(group, database.failure(e));
            } catch (RuntimeException e) {
                fail(group, e);
            }
        }
    }

    /** The first operation's kind, without those whose owner has something else to be done before. */
    private static List<SpoolOperation> takeGroup(List<SpoolOperation> rest) {
        Class<?> kind = rest.get(0).getClass();
        Set<Jid> passedOver = new HashSet<>();
        List<SpoolOperation> group = new ArrayList<>();
        List<SpoolOperation> later = new ArrayList<>();
        for (SpoolOperation operation : rest) {
            if (operation.getClass() == kind && !passedOver.contains(operation.owner())) {
                if (!operation.answer().isDone()) group.add(operation); // done: it waited too long
            } else {
                passedOver.add(operation.owner());
                later.add(operation);
            }
        }
        rest.clear();
        rest.addAll(later);
        return group;
    }

    private void fail(List<? extends SpoolOperation> group, RuntimeException reason) {
        for (SpoolOperation operation : group) {
            if (operation.answer().completeExceptionally(reason)) owners.forget(operation.owner());
        }
    }

    private void run(Database database, List<SpoolOperation> group) throws SQLException {
        if (group.isEmpty()) return;
        if (group.get(0) instanceof Store) store(database, only(Store.class, group));
        else if (group.get(0) instanceof Delete) delete(database, only(Delete.class, group));
        else if (group.get(0) instanceof Claim) claim(database, only(Claim.class, group));
        else for (SpoolOperation one : group) runOne(database, one);
    }

    private static <T> List<T> only(Class<T> kind, List<SpoolOperation> group) {
        return group.stream().map(kind::cast).toList();
    }

    private static void runOne(Database database, SpoolOperation one) throws SQLException {
        byte[] id = Ids.of(one.owner());
        if (one instanceof Parked p) {
            p.answer().complete(database.readNow(c -> SpoolTable.parked(c, id, p.owner(), p.session())));
        } else if (one instanceof Release r) {
            r.answer().complete(database.writeNow(c -> SpoolTable.release(c, id, r.session())));
        } else if (one instanceof Count n) {
            n.answer().complete(database.readNow(c -> SpoolTable.offline(c, id)));
        }
    }

    // --- storing ---

    private record Row(Store store, NewRow row) {}

    private void store(Database database, List<Store> stores) throws SQLException {
        look(database, stores);
        List<Row> fit = new ArrayList<>();
        List<Store> over = new ArrayList<>();
        int quota = storage.limits().spoolRows();
        for (Store store : stores) {
            SpoolOwners.Known owner = owners.get(store.owner());
            if (quota == 0 || owner.rows() < quota) fit.add(row(store, owner));
            else over.add(store);
        }
        insert(database, fit);
        for (Store store : over) {
            storeAtQuota(database, store, quota);
        }
    }

    private static Row row(Store store, SpoolOwners.Known owner) {
        return new Row(store, new NewRow(owner.id(), owner.next(), store.entry()));
    }

    /**
     * Learns where the rows of these owners end. Where other nodes write too, that is asked each time: what another
     * node stored before this call began was committed before, so it is seen and comes before.
     */
    private void look(Database database, List<Store> stores) throws SQLException {
        Map<Jid, byte[]> unknown = new LinkedHashMap<>();
        Map<Jid, byte[]> known = new LinkedHashMap<>();
        for (Store store : stores) {
            SpoolOwners.Known owner = owners.get(store.owner());
            if (owner == null) unknown.computeIfAbsent(store.owner(), Ids::of);
            else if (database.isShared()) known.put(store.owner(), owner.id());
        }
        if (!unknown.isEmpty()) {
            Map<ByteBuffer, End> ends = database.readNow(c -> SpoolTable.ends(c, unknown.values(), true));
            long now = System.nanoTime();
            unknown.forEach((owner, id) -> {
                End end = ends.getOrDefault(ByteBuffer.wrap(id), new End(0, 0));
                owners.put(owner, new SpoolOwners.Known(id, end.position(), end.rows(), now - COUNT_AGAIN_NANOS));
            });
        }
        if (!known.isEmpty()) {
            Map<ByteBuffer, End> ends = database.readNow(c -> SpoolTable.ends(c, known.values(), false));
            known.forEach((owner, id) -> {
                End end = ends.get(ByteBuffer.wrap(id));
                if (end != null) owners.get(owner).atLeast(end.position());
            });
        }
    }

    private void insert(Database database, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) return;
        try {
            insertTogether(database, rows);
        } catch (SQLException e) {
            Faults fault = Faults.of(e);
            if (fault == Faults.LOST) insertOnceMore(database, rows, e);
            else if (rows.size() == 1) failRow(rows.get(0), database.failure(e));
            else insertOneByOne(database, rows);
            return;
        }
        rows.forEach(row -> row.store().answer().complete(null));
    }

    private static void insertTogether(Database database, List<Row> rows) throws SQLException {
        List<NewRow> all = rows.stream().map(Row::row).toList();
        database.writeNow(c -> {
            SpoolTable.insert(c, all);
            return null;
        });
    }

    /** A single connection may break without the database being down; rows have numbers, so twice does no harm. */
    private static void insertOnceMore(Database database, List<Row> rows, SQLException first) throws SQLException {
        try {
            insertTogether(database, rows);
        } catch (SQLException e) {
            e.addSuppressed(first);
            throw e;
        }
        rows.forEach(row -> row.store().answer().complete(null));
    }

    private void insertOneByOne(Database database, List<Row> rows) throws SQLException {
        for (Row row : rows) {
            insert(database, List.of(row));
        }
    }

    private void failRow(Row row, RuntimeException reason) {
        fail(List.of(row.store()), reason);
    }

    /** By what we remember the owner has as many as allowed: another node may have deleted some meanwhile. */
    private void storeAtQuota(Database database, Store store, int quota) throws SQLException {
        SpoolOwners.Known owner = owners.get(store.owner());
        if (owner == null) { // forgotten, as a row before failed
            store(database, List.of(store));
            return;
        }
        MessageNumber number = store.entry().number();
        if (database.readNow(c -> SpoolTable.contains(c, owner.id(), number))) {
            store.answer().complete(null);
            return;
        }
        long now = System.nanoTime();
        if (now - owner.countedNanos() >= COUNT_AGAIN_NANOS) {
            End end = database.readNow(c -> SpoolTable.ends(c, List.of(owner.id()), true))
                    .getOrDefault(ByteBuffer.wrap(owner.id()), new End(0, 0));
            owner.counted(end.rows(), now);
        }
        if (owner.rows() < quota) insert(database, List.of(row(store, owner)));
        else
            store.answer()
                    .completeExceptionally(new QuotaException(
                            store.owner() + " has " + quota + " messages waiting, as many as allowed"));
    }

    // --- the others ---

    private void delete(Database database, List<Delete> deletes) throws SQLException {
        List<Object[]> keys = new ArrayList<>();
        List<Jid> ownerOfKey = new ArrayList<>();
        for (Delete delete : deletes) {
            byte[] id = Ids.of(delete.owner());
            for (MessageNumber number : delete.numbers()) {
                keys.add(new Object[] {id, number.origin(), number.n()});
                ownerOfKey.add(delete.owner());
            }
        }
        if (!keys.isEmpty()) {
            int[] deleted = database.writeNow(c -> SpoolTable.delete(c, keys));
            for (int i = 0; i < deleted.length; i++) {
                SpoolOwners.Known owner = owners.get(ownerOfKey.get(i));
                if (owner == null) continue;
                if (deleted[i] < 0) owners.forget(ownerOfKey.get(i));
                else owner.less(deleted[i]);
            }
        }
        deletes.forEach(delete -> delete.answer().complete(null));
    }

    /** At a login there is mostly nothing: all that ask together are answered that by one statement. */
    private static void claim(Database database, List<Claim> claims) throws SQLException {
        Map<Jid, byte[]> ids = new LinkedHashMap<>();
        claims.forEach(claim -> ids.computeIfAbsent(claim.owner(), Ids::of));
        Collection<byte[]> all = new LinkedHashSet<>(ids.values());
        Set<ByteBuffer> some = database.readNow(c -> SpoolTable.withOffline(c, all));
        for (Claim claim : claims) {
            byte[] id = ids.get(claim.owner());
            claim.answer().complete(some.contains(ByteBuffer.wrap(id)) ? claimRows(database, claim, id) : List.of());
        }
    }

    private static List<Entry> claimRows(Database database, Claim claim, byte[] id) throws SQLException {
        List<Entry> rows =
                database.readNow(c -> SpoolTable.offline(c, id, claim.owner(), claim.session(), claim.max()));
        if (rows.isEmpty()) return rows;
        return database.writeNow(c -> SpoolTable.claim(c, id, claim.session(), rows));
    }
}
