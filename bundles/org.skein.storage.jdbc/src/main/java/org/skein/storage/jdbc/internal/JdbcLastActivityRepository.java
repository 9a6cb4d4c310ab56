package org.skein.storage.jdbc.internal;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.LastActivityRepository;
import org.skein.xmpp.Jid;

/**
 * Last activity: a row of {@code skein_last_activity}; writes of many users leaving at once become one transaction. Nobody
 * waits until it is on the disk: a kill may cost what the embedded database would have written within some 10 s.
 */
@Component
public final class JdbcLastActivityRepository implements LastActivityRepository {
    private record Put(Jid account, LastActivity last, CompletableFuture<Void> answer) {}

    private static final int ROOM = 100_000; // as many as may leave at once when a node drains

    private final Storage storage;
    private final Lane<Put> lane;

    @Activate
    public JdbcLastActivityRepository(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcLastActivityRepository(Storage storage) {
        this.storage = storage;
        this.lane = new Lane<>(
                storage::database,
                ROOM,
                this::write,
                put -> put.answer().completeExceptionally(storage.database().overloaded()));
    }

    @Override
    public CompletionStage<Void> put(Jid account, LastActivity last) {
        Database database = storage.database();
        if (database.isDown()) return CompletableFuture.failedFuture(database.unavailable());
        Put put = new Put(account, last, database.inTime(new CompletableFuture<>()));
        lane.add(put);
        return put.answer();
    }

    private void write(List<Put> puts) {
        Map<Jid, Put> latest = new LinkedHashMap<>();
        for (Put put : puts) {
            latest.remove(put.account());
            latest.put(put.account(), put);
        }
        List<Object[]> rows = new ArrayList<>();
        latest.forEach((account, put) -> rows.add(new Object[] {
            Ids.of(account), put.last().at().toEpochMilli(), put.last().status()
        }));
        Database database = storage.database();
        try {
            database.writeLazilyNow(
                    c -> Sql.batch(
                            c, "REPLACE INTO skein_last_activity (account, at_ms, status) VALUES (?, ?, ?)", rows),
                    database.fence(),
                    rows.size() == 1);
            puts.forEach(put -> put.answer().complete(null));
        } catch (SQLException e) {
            RuntimeException reason = database.failure(e);
            puts.forEach(put -> put.answer().completeExceptionally(reason));
        } catch (RuntimeException e) {
            puts.forEach(put -> put.answer().completeExceptionally(e));
        }
    }

    @Override
    public CompletionStage<Optional<LastActivity>> get(Jid account) {
        byte[] id = Ids.of(account);
        return storage.database()
                .read(c -> Sql.query(
                                c,
                                "SELECT at_ms, status FROM skein_last_activity WHERE account = ?",
                                row -> new LastActivity(Instant.ofEpochMilli(row.getLong(1)), row.getString(2)),
                                (Object) id)
                        .stream()
                        .findFirst());
    }
}
