package org.skein.adhoc.groovy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder with scripts of this node. Files that do not end in {@code .groovy} or are hidden are none of its business. */
final class Folder {
    static final String END = ".groovy";
    static final int MOST_BYTES = 256 * 1024;
    private static final int MOST_FILES = 1000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,92}\\.groovy");

    /** Tells whether a file was touched. */
    private record Stamp(long size, Instant modified, Object key) {
        /** Empty if it is gone meanwhile, or a link to nowhere. */
        private static Optional<Stamp> of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Stamp(now.size(), now.lastModifiedTime().toInstant(), now.fileKey()));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * A file.
     *
     * @param isSettled false while it may still be being written, or replaced
     * @param refusal why it can be no script; empty if it can
     */
    record Found(Stamp stamp, byte[] content, String sha256, String refusal, boolean isSettled) {
        private static final byte[] NOTHING = {};

        private static Found refused(Stamp stamp, String reason) {
            return new Found(stamp, NOTHING, "", reason, true);
        }

        Instant modified() {
            return stamp.modified();
        }

        boolean isRefused() {
            return !refusal.isEmpty();
        }

        private Found settled(boolean isSettled) {
            return new Found(stamp, content, sha256, refusal, isSettled);
        }
    }

    private final Path folder;
    private final Path aside;
    private Map<String, Found> before = Map.of();
    private Set<String> vanished = Set.of();

    /** @param aside where what is taken out of the folder by another node is kept */
    Folder(Path folder, Path aside) {
        this.folder = folder;
        this.aside = aside;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The files there are, by name. Reads only those that were touched since the last call. */
    Map<String, Found> scan() throws IOException {
        Map<String, Found> found = new TreeMap<>();
        for (Path file : scripts()) {
            String name = file.getFileName().toString();
            Optional<Stamp> stamp = Stamp.of(file);
            if (stamp.isEmpty()) continue;
            Found known = before.get(name);
            found.put(
                    name,
                    known != null && known.stamp().equals(stamp.get())
                            ? known.settled(true)
                            : read(file, name, stamp.get()));
        }
        Set<String> missing = new HashSet<>(before.keySet());
        missing.removeAll(found.keySet());
        missing.removeAll(vanished);
        // Editors put a new file in the place of the old: it is gone only if it still is at the next look.
        missing.forEach(name -> found.put(name, before.get(name).settled(false)));
        vanished = missing;
        before = found;
        return found;
    }

    private List<Path> scripts() throws IOException {
        if (!Files.isDirectory(folder)) throw new IOException(folder + " is missing: no script is removed or shared");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> scripts = files.filter(f -> {
                        String name = f.getFileName().toString();
                        return name.endsWith(END) && !name.startsWith(".");
                    })
                    .limit(MOST_FILES + 1)
                    .toList();
            // Not some of them: what is left out would look removed.
            if (scripts.size() > MOST_FILES)
                throw new IOException(folder + " has more than " + MOST_FILES + " scripts");
            return scripts;
        }
    }

    private static Found read(Path file, String name, Stamp stamp) {
        if (!isName(name)) {
            return Found.refused(stamp, "the name of a script has letters, digits, '.', '_' and '-', at most 100");
        }
        if (!Files.isRegularFile(file)) return Found.refused(stamp, "it is no file");
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            return Found.refused(stamp, "it cannot be read: " + e);
        }
        if (content.length > MOST_BYTES) {
            return Found.refused(stamp, "it has more than " + MOST_BYTES / 1024 + " KiB");
        }
        try {
            text(content);
        } catch (CharacterCodingException e) {
            return Found.refused(stamp, "it is not in UTF-8");
        }
        return new Found(stamp, content, sha256(content), content.length == 0 ? "it is empty" : "", false);
    }

    /** Without a mark at its beginning. */
    static String text(byte[] content) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(content))
                .toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a file is still what the last scan found: not what somebody is just saving. */
    boolean isUntouched(String name) {
        return Stamp.of(folder.resolve(name))
                .equals(Optional.ofNullable(before.get(name)).map(Found::stamp));
    }

    /** Puts a file there; nobody sees half of it. */
    void write(String name, byte[] content) throws IOException {
        write(folder, name, content);
    }

    static void write(Path folder, String name, byte[] content) throws IOException {
        Files.createDirectories(folder);
        Path draft = folder.resolve("." + name + ".new");
        Files.write(draft, content);
        Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes a file out of the folder. @return where it is now */
    Path setAside(String name) throws IOException {
        Files.createDirectories(aside);
        Path kept = aside.resolve(name);
        Files.move(folder.resolve(name), kept, StandardCopyOption.REPLACE_EXISTING);
        return kept;
    }
}
