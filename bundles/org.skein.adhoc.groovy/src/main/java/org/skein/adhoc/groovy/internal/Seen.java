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
 * changed here, what is the same is a copy, however old. Of one database only. Outlives the process.
 */
final class Seen {
    /** A version, and the checksum of its content. */
    record Version(long number, String sha256) {
        static Version of(Entry entry) {
            return new Version(entry.version(), entry.sha256());
        }
    }

    private static final String DATABASE = "database"; // no file of a script is named so

    private final Path file;
    private final Map<String, Version> versions = new TreeMap<>();
    private String database = "";

    /** @throws IOException if it is there and cannot be read */
    Seen(Path file) throws IOException {
        this.file = file;
        if (!Files.exists(file)) return;
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("\t");
            if (parts.length == 2 && parts[0].equals(DATABASE)) database = parts[1];
            if (parts.length == 3 && parts[1].matches("\\d{1,18}")) {
                versions.put(parts[0], new Version(Long.parseLong(parts[1]), parts[2]));
            }
        }
    }

    /** What was seen of another database says nothing of this one: it is forgotten. @return whether it is another */
    boolean isNew(String identity) throws IOException {
        if (identity.equals(database)) return false;
        database = identity;
        versions.clear();
        write();
        return true;
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
        String lines = DATABASE + "\t" + database + "\n"
                + versions.entrySet().stream()
                        .map(e -> e.getKey() + "\t" + e.getValue().number() + "\t"
                                + e.getValue().sha256() + "\n")
                        .collect(Collectors.joining());
        Folder.write(file.getParent(), file.getFileName().toString(), lines.getBytes(StandardCharsets.UTF_8));
    }
}
