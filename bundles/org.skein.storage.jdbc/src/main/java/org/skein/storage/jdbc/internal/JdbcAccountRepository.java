package org.skein.storage.jdbc.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.ScramCredentials;
import org.skein.api.storage.AccountRepository;
import org.skein.xmpp.Jid;

/** Accounts: {@code skein_account}, with a row of {@code skein_credential} for each hash. */
@Component
public final class JdbcAccountRepository implements AccountRepository {
    private static final List<String> OWNED = List.of(
            "DELETE FROM skein_credential WHERE account = ?",
            "DELETE FROM skein_roster WHERE owner = ?",
            "DELETE FROM skein_roster_item WHERE owner = ?",
            "DELETE FROM skein_block WHERE owner = ?",
            "DELETE FROM skein_xml WHERE owner = ?",
            "DELETE FROM skein_last_activity WHERE account = ?",
            "DELETE FROM skein_spool WHERE owner = ?");

    private static final String DISABLED = " AND disabled <> 0";

    private final Storage storage;

    @Activate
    public JdbcAccountRepository(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcAccountRepository(Storage storage) {
        this.storage = storage;
    }

    @Override
    public CompletionStage<Boolean> create(Jid account, List<ScramCredentials> credentials) {
        byte[] id = Ids.of(account);
        return storage.database().write(c -> {
            if (!insert(c, id, account)) return false;
            insert(c, id, credentials);
            return true;
        });
    }

    /** Decided by the primary key, so by one of two nodes. */
    private static boolean insert(Connection c, byte[] id, Jid account) throws SQLException {
        try {
            Sql.update(
                    c,
                    "INSERT INTO skein_account (id, domain, local_part, disabled, changed_at) VALUES (?, ?, ?, 0, ?)",
                    id,
                    Ids.utf8(account.domain()),
                    Ids.utf8(account.local()),
                    System.currentTimeMillis());
            return true;
        } catch (SQLException e) {
            if (Faults.of(e) == Faults.DUPLICATE) return false;
            throw e;
        }
    }

    private static void insert(Connection c, byte[] id, List<ScramCredentials> credentials) throws SQLException {
        if (credentials.isEmpty()) return;
        List<Object[]> rows = new ArrayList<>();
        for (ScramCredentials k : credentials) {
            rows.add(new Object[] {id, k.hash(), k.salt(), k.iterations(), k.storedKey(), k.serverKey()});
        }
        Sql.batch(
                c,
                "INSERT INTO skein_credential (account, hash, salt, iterations, stored_key, server_key)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                rows);
    }

    private record Found(boolean disabled, Optional<ScramCredentials> credentials) {}

    @Override
    public CompletionStage<Optional<StoredAccount>> find(Jid account) {
        byte[] id = Ids.of(account);
        return storage.database().read(c -> {
            List<Found> rows = Sql.query(
                    c,
                    "SELECT a.disabled, k.hash, k.salt, k.iterations, k.stored_key, k.server_key FROM skein_account a"
                            + " LEFT JOIN skein_credential k ON k.account = a.id WHERE a.id = ?",
                    JdbcAccountRepository::found,
                    id);
            if (rows.isEmpty()) return Optional.empty();
            List<ScramCredentials> credentials =
                    rows.stream().flatMap(r -> r.credentials().stream()).toList();
            return Optional.of(
                    new StoredAccount(account, credentials, rows.get(0).disabled()));
        });
    }

    private static Found found(ResultSet r) throws SQLException {
        boolean disabled = r.getInt(1) != 0;
        String hash = r.getString(2);
        if (hash == null) return new Found(disabled, Optional.empty());
        return new Found(
                disabled,
                Optional.of(new ScramCredentials(hash, r.getBytes(3), r.getInt(4), r.getBytes(5), r.getBytes(6))));
    }

    @Override
    public CompletionStage<Boolean> setCredentials(Jid account, List<ScramCredentials> credentials) {
        byte[] id = Ids.of(account);
        return storage.database().write(c -> {
            int there = Sql.update(
                    c, "UPDATE skein_account SET changed_at = ? WHERE id = ?", System.currentTimeMillis(), id);
            if (there == 0) return false;
            Sql.update(c, "DELETE FROM skein_credential WHERE account = ?", id);
            insert(c, id, credentials);
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> setDisabled(Jid account, boolean disabled) {
        byte[] id = Ids.of(account);
        return storage.database()
                .writeOne(c -> Sql.update(
                                c,
                                "UPDATE skein_account SET disabled = ?, changed_at = ? WHERE id = ?",
                                disabled,
                                System.currentTimeMillis(),
                                id)
                        > 0);
    }

    @Override
    public CompletionStage<Boolean> delete(Jid account) {
        byte[] id = Ids.of(account);
        return storage.database().write(c -> {
            // rows of one who has no account go too, so that who gets the name next does not inherit them
            boolean there = Sql.update(c, "DELETE FROM skein_account WHERE id = ?", id) > 0;
            for (String sql : OWNED) {
                Sql.update(c, sql, id);
            }
            return there;
        });
    }

    @Override
    public CompletionStage<List<Jid>> list(String domain, Optional<Jid> after, int max) {
        return list("", domain, after, max);
    }

    @Override
    public CompletionStage<Long> count(String domain) {
        return count("", domain);
    }

    @Override
    public CompletionStage<List<Jid>> listDisabled(String domain, Optional<Jid> after, int max) {
        return list(DISABLED, domain, after, max);
    }

    @Override
    public CompletionStage<Long> countDisabled(String domain) {
        return count(DISABLED, domain);
    }

    private CompletionStage<List<Jid>> list(String only, String domain, Optional<Jid> after, int max) {
        byte[] last = Ids.utf8(after.map(Jid::local).orElse(""));
        return storage.database()
                .read(c -> Sql.query(
                        c,
                        "SELECT local_part FROM skein_account WHERE domain = ? AND local_part > ?" + only
                                + " ORDER BY local_part LIMIT ?",
                        row -> Jid.of(Ids.text(row.getBytes(1)), domain, ""),
                        Ids.utf8(domain),
                        last,
                        max));
    }

    private CompletionStage<Long> count(String only, String domain) {
        return storage.database()
                .read(c -> Sql.number(
                        c, "SELECT COUNT(*) FROM skein_account WHERE domain = ?" + only, (Object) Ids.utf8(domain)));
    }
}
