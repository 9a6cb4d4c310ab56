package org.skein.adhoc.groovy.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.skein.api.storage.SharedFiles.Entry;

/**
 * Which version of each shared script this folder had when it was in step with the database: what differs from that was
 * changed here, what is the same is a copy, however old. Outlives the process.
 */
final class Seen {
    /** A version, and the checksum of its content. */
    record Version(long number, String sha256) {
        static Version of(Entry entry) {
            return new Version(entry.version(), entry.sha256());
        }
    }

    private final Path file;
    private final Map<String, Version> versions = new TreeMap<>();

    /** @throws IOException if it is there and cannot be read */
    Seen(Path file) throws IOException {
        this.file = file;
        if (!Files.exists(file)) return;
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("\t");
            if (parts.length == 3 && parts[1].matches("\\d{1,18}")) {
                versions.put(parts[0], new Version(Long.parseLong(parts[1]), parts[2]));
            }
        }
    }

    Map<String, Version> all() {
        return Map.copyOf(versions);
    }

    Optional<Version> of(String name) {
        return Optional.ofNullable(versions.get(name));
    }

    void put(String name, Version version) throws IOException {
        if (!version.equals(versions.put(name, version))) write();
    }

    void remove(String name) throws IOException {
        if (versions.remove(name) != null) write();
    }

    private void write() throws IOException {
        String lines = versions.entrySet().stream()
                .map(e -> e.getKey() + "\t" + e.getValue().number() + "\t"
                        + e.getValue().sha256() + "\n")
                .collect(Collectors.joining());
        Folder.write(file.getParent(), file.getFileName().toString(), lines.getBytes(StandardCharsets.UTF_8));
    }
}
