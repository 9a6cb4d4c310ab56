package org.skein.storage.jdbc.internal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.QuotaException;
import org.skein.xmpp.Jid;

/** Block lists: a row of {@code skein_block} for each address. */
@Component
public final class JdbcBlockListRepository implements BlockListRepository {
    private static final int OWNERS_AT_ONCE = 512;

    private final Storage storage;

    @Activate
    public JdbcBlockListRepository(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcBlockListRepository(Storage storage) {
        this.storage = storage;
    }

    @Override
    public CompletionStage<Set<Jid>> load(Jid owner) {
        byte[] id = Ids.of(owner);
        return storage.database()
                .read(c -> new LinkedHashSet<>(Sql.query(
                        c,
                        "SELECT blocked FROM skein_block WHERE owner = ?",
                        row -> Jid.of(Ids.text(row.getBytes(1))),
                        (Object) id)));
    }

    @Override
    public CompletionStage<Map<Jid, Set<Jid>>> loadAll(Collection<Jid> owners) {
        Map<ByteBuffer, Jid> byId = new LinkedHashMap<>();
        for (Jid owner : owners) byId.put(ByteBuffer.wrap(Ids.of(owner)), owner);
        List<byte[]> ids = byId.keySet().stream().map(ByteBuffer::array).toList();
        return storage.database().read(c -> {
            Map<Jid, Set<Jid>> lists = new LinkedHashMap<>();
            byId.values().forEach(owner -> lists.put(owner, new LinkedHashSet<>()));
            for (int i = 0; i < ids.size(); i += OWNERS_AT_ONCE) {
                List<byte[]> some = ids.subList(i, Math.min(ids.size(), i + OWNERS_AT_ONCE));
                for (Row row : rows(c, some)) lists.get(byId.get(row.owner())).add(row.blocked());
            }
            return lists;
        });
    }

    private record Row(ByteBuffer owner, Jid blocked) {}

    private static List<Row> rows(Connection c, List<byte[]> owners) throws SQLException {
        return Sql.query(
                c,
                "SELECT owner, blocked FROM skein_block WHERE owner IN (" + Sql.marks(owners.size()) + ")",
                row -> new Row(ByteBuffer.wrap(row.getBytes(1)), Jid.of(Ids.text(row.getBytes(2)))),
                Sql.padded(owners).toArray());
    }

    @Override
    public CompletionStage<Void> add(Jid owner, Collection<Jid> blocked) {
        byte[] id = Ids.of(owner);
        List<Object[]> rows = new ArrayList<>();
        for (Jid jid : blocked) {
            rows.add(new Object[] {id, Ids.of(jid), Ids.utf8(jid.toString())});
        }
        return storage.database().write(c -> {
            if (rows.isEmpty()) return null;
            Sql.batch(
                    c,
                    "INSERT INTO skein_block (owner, blocked_id, blocked) VALUES (?, ?, ?)"
                            + " ON DUPLICATE KEY UPDATE blocked = VALUES(blocked)",
                    rows);
            int most = storage.limits().blocked();
            if (most > 0 && Sql.number(c, "SELECT COUNT(*) FROM skein_block WHERE owner = ?", (Object) id) > most) {
                throw new QuotaException("block list of " + owner + " would have more than " + most + " addresses");
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Void> remove(Jid owner, Collection<Jid> unblocked) {
        byte[] id = Ids.of(owner);
        List<Object[]> rows = new ArrayList<>();
        for (Jid jid : unblocked) {
            rows.add(new Object[] {id, Ids.of(jid)});
        }
        return storage.database().write(c -> {
            if (!rows.isEmpty()) Sql.batch(c, "DELETE FROM skein_block WHERE owner = ? AND blocked_id = ?", rows);
            return null;
        });
    }

    @Override
    public CompletionStage<Void> clear(Jid owner) {
        byte[] id = Ids.of(owner);
        return storage.database().writeOne(c -> {
            Sql.update(c, "DELETE FROM skein_block WHERE owner = ?", (Object) id);
            return null;
        });
    }
}
