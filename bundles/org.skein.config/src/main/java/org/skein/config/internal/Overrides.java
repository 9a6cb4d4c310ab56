package org.skein.config.internal;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was set at the console or through Configuration Admin, kept in {@code data/config/console.properties} as
 * {@code PID/key = T:text}, T being the type of the value. Guarded by its owner's lock.
 */
final class Overrides {
    private final Path file;
    private final Map<String, Map<String, Object>> values = new TreeMap<>();

    Overrides(Path file) {
        this.file = file;
    }

    void load() throws IOException {
        values.clear();
        if (!Files.exists(file)) {
            return;
        }
        Properties p = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            p.load(reader);
        }
        for (String name : p.stringPropertyNames()) {
            int slash = name.indexOf('/');
            if (slash > 0) {
                put(name.substring(0, slash), name.substring(slash + 1), decode(p.getProperty(name)));
            }
        }
    }

    void put(String pid, String key, Object value) {
        values.computeIfAbsent(pid, k -> new TreeMap<>()).put(key, value);
    }

    boolean remove(String pid, String key) {
        Map<String, Object> of = values.get(pid);
        return of != null && of.remove(key) != null;
    }

    boolean removeAll(String pid) {
        return values.remove(pid) != null;
    }

    Layer layer() {
        Layer layer = new Layer();
        values.forEach((pid, of) ->
                of.forEach((key, v) -> layer.put(pid, key, new Value(v, Source.CONSOLE, "console"))));
        return layer;
    }

    /** Writes beside and moves, so that a crash leaves the old or the new file. */
    void save() throws IOException {
        Properties p = new Properties();
        values.forEach((pid, of) -> of.forEach((key, v) -> p.setProperty(pid + "/" + key, encode(v))));
        Files.createDirectories(file.getParent());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        // A database URI holds a password.
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Writer writer = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
            p.store(writer, "set at the console; undone by config:reset");
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String encode(Object value) {
        if (value instanceof Integer) {
            return "I:" + value;
        }
        if (value instanceof Long) {
            return "L:" + value;
        }
        if (value instanceof Boolean) {
            return "B:" + value;
        }
        if (value instanceof Double || value instanceof Float) {
            return "D:" + value;
        }
        if (value instanceof Object[] array) {
            return "A:" + Arrays.stream(array).map(String::valueOf).collect(Collectors.joining("\n"));
        }
        if (value instanceof Collection<?> list) {
            return "A:" + list.stream().map(String::valueOf).collect(Collectors.joining("\n"));
        }
        return "S:" + value;
    }

    private static Object decode(String text) {
        String rest = text.length() < 2 ? "" : text.substring(2);
        return switch (text.isEmpty() ? 'S' : text.charAt(0)) {
            case 'I' -> Integer.valueOf(rest);
            case 'L' -> Long.valueOf(rest);
            case 'B' -> Boolean.valueOf(rest);
            case 'D' -> Double.valueOf(rest);
            case 'A' -> rest.isEmpty() ? new String[0] : rest.split("\n", -1);
            default -> rest;
        };
    }
}
