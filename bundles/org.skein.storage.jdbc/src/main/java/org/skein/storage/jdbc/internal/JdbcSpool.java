package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.Spool;
import org.skein.storage.jdbc.internal.SpoolOperation.Claim;
import org.skein.storage.jdbc.internal.SpoolOperation.Count;
import org.skein.storage.jdbc.internal.SpoolOperation.Delete;
import org.skein.storage.jdbc.internal.SpoolOperation.Move;
import org.skein.storage.jdbc.internal.SpoolOperation.Parked;
import org.skein.storage.jdbc.internal.SpoolOperation.Release;
import org.skein.storage.jdbc.internal.SpoolOperation.Store;
import org.skein.storage.jdbc.internal.SpoolTable.Holding;
import org.skein.xmpp.Jid;

/**
 * The spool: rows of {@code skein_spool}. Every owner has one lane, by the hash of the address; a lane commits what has
 * gathered in it together, one batch at a time (CLUSTER 12).
 */
@Component
public final class JdbcSpool implements Spool {
    /** Half the threads a pool has by default: a busy spool leaves the others to logins. */
    private static final int LANES = 4;

    private static final int ROOM_PER_LANE = 10_000;
    private static final long MOST_BYTES = 32L << 20;
    private static final int RELEASED_AT_ONCE = 1000;
    private static final int HOLDERS_AT_ONCE = 200;

    private final Storage storage;
    private final List<Lane<SpoolOperation>> lanes = new ArrayList<>(LANES);
    private final AtomicLong bytes = new AtomicLong();

    @Activate
    public JdbcSpool(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcSpool(Storage storage) {
        this.storage = storage;
        for (int i = 0; i < LANES; i++) {
            SpoolLane lane = new SpoolLane(storage);
            lanes.add(new Lane<>(storage::database, ROOM_PER_LANE, lane::process, this::refuse));
        }
    }

    private void refuse(SpoolOperation operation) {
        operation.answer().completeExceptionally(storage.database().overloaded());
    }

    private <T> CompletionStage<T> add(BiFunction<Fence, CompletableFuture<T>, SpoolOperation> operation) {
        Database database = storage.database();
        if (database.isDown()) return CompletableFuture.failedFuture(database.unavailable());
        CompletableFuture<T> answer = database.inTime(new CompletableFuture<>());
        SpoolOperation made = operation.apply(database.fence(), answer);
        lanes.get(Math.floorMod(spread(made.owner().hashCode()), LANES)).add(made);
        return answer;
    }

    private static int spread(int hash) {
        return hash * 0x9E3779B9 >>> 16;
    }

    @Override
    public CompletionStage<Void> store(Entry entry) {
        long size = entry.stanza().payloadXml().length;
        if (bytes.addAndGet(size) > MOST_BYTES) {
            bytes.addAndGet(-size);
            return CompletableFuture.failedFuture(storage.database().overloaded());
        }
        CompletionStage<Void> answer = add((fence, stored) -> new Store(entry, fence, stored));
        answer.whenComplete((done, failed) -> bytes.addAndGet(-size));
        return answer;
    }

    @Override
    public CompletionStage<List<Entry>> claim(Jid owner, String session, int max) {
        return add((fence, answer) -> new Claim(owner, session, max, fence, answer));
    }

    @Override
    public CompletionStage<List<Entry>> parked(Jid owner, String session) {
        return add((fence, answer) -> new Parked(owner, session, 0, fence, answer));
    }

    @Override
    public CompletionStage<List<Entry>> parked(Jid owner, String session, int max) {
        return add((fence, answer) -> new Parked(owner, session, max, fence, answer));
    }

    @Override
    public CompletionStage<Void> delete(Jid owner, String session, Collection<MessageNumber> numbers) {
        List<MessageNumber> copy = List.copyOf(numbers);
        return add((fence, answer) -> new Delete(owner, session, copy, fence, answer));
    }

    @Override
    public CompletionStage<Integer> release(Jid owner, String session) {
        return add((fence, answer) -> new Release(owner, session, fence, answer));
    }

    @Override
    public CompletionStage<Integer> move(Jid owner, String fromSession, String toSession) {
        return add((fence, answer) -> new Move(owner, fromSession, toSession, fence, answer));
    }

    @Override
    public CompletionStage<Integer> releaseAll() {
        return releaseMore(storage.database().fence(), 0);
    }

    /** In parts, each a transaction of its own, so that none takes longer than a call may. */
    private CompletionStage<Integer> releaseMore(Fence fence, int before) {
        return storage.database()
                .statement(c -> SpoolTable.releaseSome(c, RELEASED_AT_ONCE, fence))
                .thenCompose(released -> released < RELEASED_AT_ONCE
                        ? CompletableFuture.completedFuture(before + released)
                        : releaseMore(fence, before + released));
    }

    @Override
    public CompletionStage<Set<Jid>> releaseHoldersOutside(Collection<Long> liveIncarnations) {
        return releaseOutside(Set.copyOf(liveIncarnations), storage.database().fence(), Set.of());
    }

    /** One part, found and released by a statement each; what it released is told when all is. */
    private CompletionStage<Set<Jid>> releaseOutside(Set<Long> live, Fence fence, Set<Jid> before) {
        Database database = storage.database();
        return database.read(c -> holdersOutside(c, live, fence.isNone())).thenCompose(holders -> {
            if (holders.isEmpty()) return CompletableFuture.completedFuture(before);
            Set<Jid> owners = new LinkedHashSet<>(before);
            holders.forEach(holder -> holder.owner().ifPresent(owners::add));
            List<String> sessions =
                    holders.stream().map(Holding::session).distinct().toList();
            return database.statement(c -> SpoolTable.releaseSome(c, sessions, RELEASED_AT_ONCE, fence))
                    .thenCompose(released -> releaseOutside(live, fence, owners));
        });
    }

    /**
     * Members by the database count as live too, for the caller's view may be an old one. They are read after the
     * tokens: who parked a row and is not there then is not about to come. A node that is alone does not take the
     * table's word, for nobody would ever take a dead member out of it.
     */
    private static List<Holding> holdersOutside(Connection c, Set<Long> live, boolean alone) throws SQLException {
        Set<Long> known = new HashSet<>(live);
        while (true) {
            List<Holding> found = SpoolTable.holdersOutside(c, known, HOLDERS_AT_ONCE);
            Set<Long> members = alone ? SpoolTable.membersAlive(c) : SpoolTable.members(c);
            List<Holding> outside = found.stream()
                    .filter(holding -> {
                        OptionalLong holder = Spool.holder(holding.session());
                        return holder.isEmpty() || !members.contains(holder.getAsLong());
                    })
                    .toList();
            if (!outside.isEmpty() || found.isEmpty() || !known.addAll(members)) return outside;
        }
    }

    @Override
    public CompletionStage<Integer> count(Jid owner) {
        return add((fence, answer) -> new Count(owner, fence, answer));
    }
}
