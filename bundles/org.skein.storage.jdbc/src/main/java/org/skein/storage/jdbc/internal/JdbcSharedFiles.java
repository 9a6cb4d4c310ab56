package org.skein.storage.jdbc.internal;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.StorageException;

/**
 * Shared files: a row of {@code skein_shared_file}, and {@code skein_shared_part} with the content. Each part is a call of
 * its own, so that neither a packet of the database nor the timeout of a call bounds a file. The row is changed last,
 * and with it goes every other part of the name: whoever stores one at the same time finds the version changed, or,
 * if the name was put and removed meanwhile, its parts gone.
 */
@Component
public final class JdbcSharedFiles implements SharedFiles {
    /** A quarter of the smallest {@code max_allowed_packet} in use, 1 MiB: the driver may double a part as it escapes it. */
    private static final int PART_BYTES = 256 * 1024;

    private static final String ENTRY = "name, version, sha256, size_bytes, changed_by, changed_at_s, content, parts";

    private final Storage storage;
    private final SecureRandom random = new SecureRandom();

    @Activate
    public JdbcSharedFiles(@Reference JdbcStorage storage) {
        this((Storage) storage);
    }

    JdbcSharedFiles(Storage storage) {
        this.storage = storage;
    }

    private record Stored(Entry entry, byte[] content, int parts) {}

    private static Stored stored(String kind, ResultSet row) throws SQLException {
        Entry entry = new Entry(
                kind,
                Ids.text(row.getBytes(1)),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                Instant.ofEpochSecond(row.getLong(6)));
        return new Stored(entry, row.getBytes(7), row.getInt(8));
    }

    @Override
    public CompletionStage<List<Entry>> list(String kind) {
        return storage.database()
                .read(c -> Sql.query(
                        c,
                        "SELECT " + ENTRY + " FROM skein_shared_file WHERE kind = ? AND removed = 0 ORDER BY name",
                        row -> stored(kind, row).entry(),
                        (Object) Ids.utf8(kind)));
    }

    @Override
    public CompletionStage<Optional<byte[]>> load(Entry entry) {
        return stored(entry)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : parts(found.get(), 0, new ByteArrayOutputStream())
                                .thenCompose(bytes -> checked(found.get(), bytes)));
    }

    private CompletableFuture<Optional<Stored>> stored(Entry entry) {
        return storage.database()
                .read(c -> Sql.query(
                                c,
                                "SELECT " + ENTRY + " FROM skein_shared_file"
                                        + " WHERE kind = ? AND name = ? AND version = ? AND removed = 0",
                                row -> stored(entry.kind(), row),
                                Ids.utf8(entry.kind()),
                                Ids.utf8(entry.name()),
                                entry.version())
                        .stream()
                        .findFirst());
    }

    private CompletableFuture<byte[]> parts(Stored stored, int n, ByteArrayOutputStream all) {
        if (n >= stored.parts()) return CompletableFuture.completedFuture(all.toByteArray());
        return storage.database()
                .read(c -> Sql.query(
                        c,
                        "SELECT bytes FROM skein_shared_part WHERE kind = ? AND name = ? AND content = ? AND n = ?",
                        row -> row.getBytes(1),
                        Ids.utf8(stored.entry().kind()),
                        Ids.utf8(stored.entry().name()),
                        stored.content(),
                        n))
                .thenCompose(part -> {
                    part.forEach(all::writeBytes);
                    return parts(stored, part.isEmpty() ? stored.parts() : n + 1, all);
                });
    }

    /** The parts are read one by one: if they do not fit together, the file may have been changed meanwhile. */
    private CompletableFuture<Optional<byte[]>> checked(Stored stored, byte[] bytes) {
        Entry entry = stored.entry();
        if (sha256(bytes).equals(entry.sha256())) return CompletableFuture.completedFuture(Optional.of(bytes));
        return stored(entry).thenApply(now -> {
            if (now.isEmpty()) return Optional.empty();
            throw new StorageException(
                    "what is stored of " + entry.kind() + " " + entry.name() + " does not have its checksum");
        });
    }

    @Override
    public CompletionStage<Entry> put(String kind, String name, byte[] content, String changedBy, long expected) {
        if (kind.isEmpty() || kind.length() > MAX_KIND) throw new IllegalArgumentException("kind: " + kind);
        if (name.isEmpty() || name.length() > MAX_NAME) throw new IllegalArgumentException("name: " + name);
        if (content.length == 0 || content.length > MAX_BYTES) {
            throw new IllegalArgumentException("content of " + content.length + " bytes, 1 to " + MAX_BYTES);
        }
        byte[] id = new byte[Ids.BYTES];
        random.nextBytes(id);
        Upload upload = new Upload(kind, name, content, id, changedBy, expected);
        return storage.database()
                .read(upload::check) // before all the bytes go over the line; it counts when the row is changed
                .thenCompose(nothing -> sent(upload, 0))
                .thenCompose(parts -> storage.database().write(c -> upload.commit(c, parts)));
    }

    /** @return how many parts there are */
    private CompletableFuture<Integer> sent(Upload upload, int n) {
        int from = n * PART_BYTES;
        if (from >= upload.bytes().length) return CompletableFuture.completedFuture(n);
        byte[] part = Arrays.copyOfRange(upload.bytes(), from, Math.min(upload.bytes().length, from + PART_BYTES));
        return storage.database()
                .writeOne(c -> Sql.update(
                        c,
                        "INSERT INTO skein_shared_part (kind, name, content, n, bytes) VALUES (?, ?, ?, ?, ?)"
                                + " ON DUPLICATE KEY UPDATE bytes = VALUES(bytes)",
                        Ids.utf8(upload.kind()),
                        Ids.utf8(upload.name()),
                        upload.content(),
                        n,
                        part))
                .thenCompose(done -> sent(upload, n + 1));
    }

    private record Upload(String kind, String name, byte[] bytes, byte[] content, String changedBy, long expected) {
        Void check(Connection c) throws SQLException {
            expect(kind, name, expected, version(c, kind, name, ""));
            return null;
        }

        Entry commit(Connection c, int parts) throws SQLException {
            Sql.update(
                    c,
                    "INSERT INTO skein_shared_file"
                            + " (kind, name, version, removed, content, parts, sha256, size_bytes, changed_by, changed_at_s)"
                            + " VALUES (?, ?, 0, 1, ?, 0, '', 0, '', 0)"
                            + " ON DUPLICATE KEY UPDATE parts = parts",
                    Ids.utf8(kind),
                    Ids.utf8(name),
                    content);
            expect(kind, name, expected, version(c, kind, name, " FOR UPDATE"));
            long there = Sql.number(
                    c,
                    "SELECT COUNT(*) FROM skein_shared_part WHERE kind = ? AND name = ? AND content = ?",
                    Ids.utf8(kind),
                    Ids.utf8(name),
                    content);
            if (there != parts) throw new ConflictException(kind + " " + name + " was changed and removed meanwhile");
            Sql.update(
                    c,
                    "UPDATE skein_shared_file SET version = version + 1, removed = 0, content = ?, parts = ?,"
                            + " sha256 = ?, size_bytes = ?, changed_by = ?, changed_at_s = UNIX_TIMESTAMP()"
                            + " WHERE kind = ? AND name = ?",
                    content,
                    parts,
                    sha256(bytes),
                    (long) bytes.length,
                    changedBy,
                    Ids.utf8(kind),
                    Ids.utf8(name));
            Sql.update(
                    c,
                    "DELETE FROM skein_shared_part WHERE kind = ? AND name = ? AND content <> ?",
                    Ids.utf8(kind),
                    Ids.utf8(name),
                    content);
            return Sql.query(
                            c,
                            "SELECT " + ENTRY + " FROM skein_shared_file WHERE kind = ? AND name = ?",
                            row -> stored(kind, row),
                            Ids.utf8(kind),
                            Ids.utf8(name))
                    .get(0)
                    .entry();
        }
    }

    /** 0 if there is none. */
    private static long version(Connection c, String kind, String name, String lock) throws SQLException {
        return Sql.number(
                c,
                "SELECT CASE WHEN removed = 0 THEN version ELSE 0 END FROM skein_shared_file"
                        + " WHERE kind = ? AND name = ?" + lock,
                Ids.utf8(kind),
                Ids.utf8(name));
    }

    private static void expect(String kind, String name, long expected, long found) {
        if (found == expected) return;
        throw new ConflictException(kind + " " + name + " has "
                + (found == 0 ? "been removed" : "version " + found) + ", and version "
                + (expected == 0 ? "none" : expected) + " was expected");
    }

    @Override
    public CompletionStage<Void> remove(String kind, String name, long expected) {
        return storage.database().write(c -> {
            long found = version(c, kind, name, " FOR UPDATE");
            if (found == 0) throw new ConflictException("there is no " + kind + " " + name);
            expect(kind, name, expected, found);
            Sql.update(
                    c,
                    "UPDATE skein_shared_file SET version = version + 1, removed = 1, parts = 0"
                            + " WHERE kind = ? AND name = ?",
                    Ids.utf8(kind),
                    Ids.utf8(name));
            Sql.update(c, "DELETE FROM skein_shared_part WHERE kind = ? AND name = ?", Ids.utf8(kind), Ids.utf8(name));
            return null;
        });
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
