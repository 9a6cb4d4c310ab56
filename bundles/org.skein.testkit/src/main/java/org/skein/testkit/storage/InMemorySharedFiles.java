package org.skein.testkit.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;

final class InMemorySharedFiles implements SharedFiles {
    private record Key(String kind, String name) {}

    private record Stored(Entry entry, byte[] content) {}

    private final InMemoryStorage storage;
    private final Map<String, TreeMap<String, Stored>> files = new HashMap<>();
    private final Map<Key, Long> versions = new HashMap<>();

    InMemorySharedFiles(InMemoryStorage storage) {
        this.storage = storage;
    }

    private TreeMap<String, Stored> of(String kind) {
        return files.computeIfAbsent(kind, k -> new TreeMap<>());
    }

    @Override
    public CompletionStage<List<Entry>> list(String kind) {
        return storage.call(() -> of(kind).values().stream().map(Stored::entry).toList());
    }

    @Override
    public CompletionStage<Optional<byte[]>> load(Entry entry) {
        return storage.call(() -> Optional.ofNullable(of(entry.kind()).get(entry.name()))
                .filter(stored -> stored.entry().version() == entry.version())
                .map(stored -> stored.content().clone()));
    }

    @Override
    public CompletionStage<Entry> put(String kind, String name, byte[] content, String changedBy, long expected) {
        if (kind.isEmpty() || kind.length() > MAX_KIND) throw new IllegalArgumentException("kind: " + kind);
        if (name.isEmpty() || name.length() > MAX_NAME) throw new IllegalArgumentException("name: " + name);
        if (content.length == 0 || content.length > MAX_BYTES) {
            throw new IllegalArgumentException("content of " + content.length + " bytes, 1 to " + MAX_BYTES);
        }
        byte[] own = content.clone();
        return storage.call(() -> {
            expect(kind, name, expected);
            long version = versions.merge(new Key(kind, name), 1L, Long::sum);
            Entry entry = new Entry(kind, name, version, sha256(own), own.length, changedBy, Instant.now());
            of(kind).put(name, new Stored(entry, own));
            return entry;
        });
    }

    private void expect(String kind, String name, long expected) {
        Stored stored = of(kind).get(name);
        long found = stored == null ? 0 : stored.entry().version();
        if (found != expected) {
            throw new ConflictException(kind + " " + name + " has version " + found + ", not " + expected);
        }
    }

    @Override
    public CompletionStage<Void> remove(String kind, String name, long expected) {
        return storage.run(() -> {
            if (expected == 0) throw new ConflictException("version 0 is none");
            expect(kind, name, expected);
            of(kind).remove(name);
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
