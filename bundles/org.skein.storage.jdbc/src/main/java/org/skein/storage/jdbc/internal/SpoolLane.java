package org.skein.storage.jdbc.internal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import org.skein.storage.jdbc.internal.SpoolOperation.Move;
import org.skein.storage.jdbc.internal.SpoolOperation.Parked;
import org.skein.storage.jdbc.internal.SpoolOperation.Release;
import org.skein.storage.jdbc.internal.SpoolOperation.Store;
import org.skein.storage.jdbc.internal.SpoolTable.End;
import org.skein.storage.jdbc.internal.SpoolTable.Keys;
import org.skein.storage.jdbc.internal.SpoolTable.NewRow;
import org.skein.xmpp.Jid;

/**
 * Does what waits in one lane of the spool: operations of one kind together, but those of one owner in their order. One
 * batch is in flight, so a lane's thread owns all its state.
 */
final class SpoolLane {
    private static final long COUNT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int DELETES_AT_ONCE = 64;

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

    /** The first operation's kind and fence, without those whose owner has something else to be done before. */
    private static List<SpoolOperation> takeGroup(List<SpoolOperation> rest) {
        Class<?> kind = rest.get(0).getClass();
        Fence fence = rest.get(0).fence();
        Set<Jid> passedOver = new HashSet<>();
        List<SpoolOperation> group = new ArrayList<>();
        List<SpoolOperation> later = new ArrayList<>();
        for (SpoolOperation operation : rest) {
            if (operation.getClass() == kind
                    && operation.fence().equals(fence)
                    && !passedOver.contains(operation.owner())) {
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
            p.answer()
                    .complete(database.readNow(c -> p.max() == 0
                            ? SpoolTable.parked(c, id, p.owner(), p.session())
                            : SpoolTable.parked(c, id, p.owner(), p.session(), p.max())));
        } else if (one instanceof Release r) {
            r.answer().complete(database.statementNow(c -> SpoolTable.release(c, id, r.session(), r.fence())));
        } else if (one instanceof Move m) {
            m.answer().complete(database.statementNow(c -> SpoolTable.move(c, id, m.from(), m.to(), m.fence())));
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
     * node stored before this call began was committed before, so it is seen and comes before. How many there are is
     * asked every few seconds: so much later a quota that several nodes fill together may be noticed.
     */
    private void look(Database database, List<Store> stores) throws SQLException {
        Map<Jid, byte[]> unknown = new LinkedHashMap<>();
        Map<Jid, byte[]> known = new LinkedHashMap<>();
        Map<Jid, byte[]> stale = new LinkedHashMap<>();
        long now = System.nanoTime();
        for (Store store : stores) {
            SpoolOwners.Known owner = owners.get(store.owner());
            if (owner == null) unknown.computeIfAbsent(store.owner(), Ids::of);
            else if (database.isShared() && now - owner.readNanos() >= COUNT_AGAIN_NANOS)
                stale.put(store.owner(), owner.id());
            else if (database.isShared()) known.put(store.owner(), owner.id());
        }
        if (!unknown.isEmpty()) {
            Map<ByteBuffer, End> ends = database.readNow(c -> SpoolTable.ends(c, unknown.values(), true));
            unknown.forEach((owner, id) -> {
                End end = ends.getOrDefault(ByteBuffer.wrap(id), new End(0, 0));
                owners.put(owner, new SpoolOwners.Known(id, end.position(), end.rows(), now, now - COUNT_AGAIN_NANOS));
            });
        }
        if (!stale.isEmpty()) {
            Map<ByteBuffer, End> ends = database.readNow(c -> SpoolTable.ends(c, stale.values(), true));
            stale.forEach((owner, id) -> {
                End end = ends.getOrDefault(ByteBuffer.wrap(id), new End(0, 0));
                owners.get(owner).atLeast(end.position());
                owners.get(owner).read(end.rows(), now);
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
        Fence fence = rows.get(0).store().fence(); // of one group, so of all
        database.statementNow(c -> {
            SpoolTable.insert(c, all, fence);
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
        if (now - owner.refusedNanos() >= COUNT_AGAIN_NANOS) {
            End end = database.readNow(c -> SpoolTable.ends(c, List.of(owner.id()), true))
                    .getOrDefault(ByteBuffer.wrap(owner.id()), new End(0, 0));
            owner.read(end.rows(), now);
            owner.refused(now);
        }
        if (owner.rows() < quota) insert(database, List.of(row(store, owner)));
        else
            store.answer()
                    .completeExceptionally(new QuotaException(
                            store.owner() + " has " + quota + " messages waiting, as many as allowed"));
    }

    // --- the others ---

    private void delete(Database database, List<Delete> deletes) throws SQLException {
        Map<Holder, List<MessageNumber>> numbers = new LinkedHashMap<>();
        for (Delete delete : deletes) {
            numbers.computeIfAbsent(new Holder(delete.owner(), delete.session()), h -> new ArrayList<>())
                    .addAll(delete.numbers());
        }
        List<Doomed> doomed = new ArrayList<>();
        numbers.forEach((holder, all) -> {
            for (Keys keys : Keys.of(Ids.of(holder.owner()), all)) {
                doomed.add(new Doomed(holder.owner(), new SpoolTable.Parked(holder.session(), keys)));
            }
        });
        Fence fence = deletes.get(0).fence();
        if (database.isShared()) deleteByOneStatement(database, doomed, fence);
        else deleteTogether(database, doomed, fence);
        deletes.forEach(delete -> delete.answer().complete(null));
    }

    private record Holder(Jid owner, String session) {}

    private record Doomed(Jid owner, SpoolTable.Parked rows) {
        int size() {
            return rows.keys().numbers().size();
        }
    }

    private void deleteTogether(Database database, List<Doomed> doomed, Fence fence) throws SQLException {
        if (doomed.isEmpty()) return;
        List<Integer> deleted = database.writeNow(
                c -> {
                    List<Integer> counts = new ArrayList<>();
                    for (Doomed one : doomed) {
                        counts.add(SpoolTable.delete(c, one.rows(), Fence.NONE));
                    }
                    return counts;
                },
                fence);
        for (int i = 0; i < doomed.size(); i++) {
            SpoolOwners.Known owner = owners.get(doomed.get(i).owner());
            if (owner != null) owner.less(deleted.get(i));
        }
    }

    /** One round trip and one commit, and no lock while a message travels. */
    private void deleteByOneStatement(Database database, List<Doomed> doomed, Fence fence) throws SQLException {
        for (int i = 0; i < doomed.size(); i += DELETES_AT_ONCE) {
            List<Doomed> some = doomed.subList(i, Math.min(doomed.size(), i + DELETES_AT_ONCE));
            int wanted = some.stream().mapToInt(Doomed::size).sum();
            int deleted = database.statementNow(
                    c -> SpoolTable.delete(c, some.stream().map(Doomed::rows).toList(), fence));
            for (Doomed one : some) {
                SpoolOwners.Known owner = owners.get(one.owner());
                if (deleted != wanted) owners.forget(one.owner()); // whose was missing is not told
                else if (owner != null) owner.less(one.size());
            }
        }
    }

    /** At a login there is mostly nothing: all that ask together are answered that by one statement. */
    private static void claim(Database database, List<Claim> claims) throws SQLException {
        Map<Jid, byte[]> ids = new LinkedHashMap<>();
        claims.forEach(claim -> ids.computeIfAbsent(claim.owner(), Ids::of));
        Set<ByteBuffer> some = database.readNow(c -> SpoolTable.withOffline(c, ids.values()));
        List<Claim> withRows = new ArrayList<>();
        for (Claim claim : claims) {
            if (some.contains(ByteBuffer.wrap(ids.get(claim.owner())))) withRows.add(claim);
            else claim.answer().complete(List.of());
        }
        if (database.isShared()) {
            for (Claim claim : withRows) {
                byte[] id = ids.get(claim.owner());
                List<Entry> rows = database.readNow(c -> offline(c, claim, id));
                claim.answer()
                        .complete(database.statementNow(
                                c -> SpoolTable.claim(c, id, claim.session(), rows, claim.fence())));
            }
        } else if (!withRows.isEmpty()) {
            claimTogether(database, withRows, ids);
        }
    }

    private static List<Entry> offline(Connection c, Claim claim, byte[] id) throws SQLException {
        return SpoolTable.offline(c, id, claim.owner(), claim.session(), claim.max());
    }

    private static void claimTogether(Database database, List<Claim> claims, Map<Jid, byte[]> ids) throws SQLException {
        List<List<Entry>> claimed = database.writeNow(
                c -> {
                    List<List<Entry>> all = new ArrayList<>();
                    for (Claim claim : claims) {
                        byte[] id = ids.get(claim.owner());
                        all.add(SpoolTable.claim(c, id, claim.session(), offline(c, claim, id), Fence.NONE));
                    }
                    return all;
                },
                claims.get(0).fence());
        for (int i = 0; i < claims.size(); i++) {
            claims.get(i).answer().complete(claimed.get(i));
        }
    }
}
