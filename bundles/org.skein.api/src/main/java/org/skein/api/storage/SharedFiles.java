package org.skein.api.storage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Files that every node on the database is to have, by kind and name: bundles, scripts. Whoever keeps a kind looks at
 * {@link #list} from time to time, at its own start first, and loads what it does not have yet.
 */
@ConsumerType
public interface SharedFiles {
    /** The most bytes a file may have. */
    int MAX_BYTES = 32 * 1024 * 1024;

    /** The most characters of a kind, and of a name. */
    int MAX_KIND = 16;

    int MAX_NAME = 255;

    /**
     * A file without its content.
     *
     * @param version grows with each change of this name and never repeats, removed in between or not
     * @param sha256 of the content, 64 lower-case hexadecimal digits
     * @param size in bytes
     * @param changedBy who put it there, for people
     * @param changedAt by the clock of the database
     */
    record Entry(
            String kind, String name, long version, String sha256, long size, String changedBy, Instant changedAt) {}

    /** Without content, by name. */
    CompletionStage<List<Entry>> list(String kind);

    /**
     * The content of exactly this version, empty if it is no longer the one there. Fails with a
     * {@link StorageException} if what is stored does not have the checksum of the entry.
     */
    CompletionStage<Optional<byte[]>> load(Entry entry);

    /**
     * Puts a file in the place of version {@code expected}, 0 if there is to be none of the name; fails with
     * {@link ConflictException} if what is there is another.
     *
     * @throws IllegalArgumentException if content, kind or name is too long or empty
     */
    CompletionStage<Entry> put(String kind, String name, byte[] content, String changedBy, long expected);

    /** Fails with {@link ConflictException} if the version there is another, or none. */
    CompletionStage<Void> remove(String kind, String name, long expected);
}
