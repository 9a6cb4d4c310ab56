package org.skein.config.settings;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** All settings known: the tables of all bundles taken together. Immutable; built with {@link Builder}. */
public final class SettingsTable {

    /** Where a bundle keeps its table. */
    public static final String ENTRY = "SKEIN-INF/settings.tsv";

    private static final Pattern OF_SERVICES =
            Pattern.compile("service\\..*|component\\..*|.*\\.target|.*\\.cardinality\\.minimum");

    private final Map<String, Setting> byName;
    private final List<String> complaints;

    private SettingsTable(Map<String, Setting> byName, List<String> complaints) {
        this.byName = byName;
        this.complaints = complaints;
    }

    /** All settings, in the order of the tables. */
    public Collection<Setting> all() {
        return byName.values();
    }

    /** Lines of tables that could not be used; the fault of a bundle, not of the operator. */
    public List<String> complaints() {
        return complaints;
    }

    /** The setting of this name (without dashes), also when a pattern stands for it. */
    public Optional<Setting> find(String name) {
        Setting exact = byName.get(name);
        if (exact != null && !exact.isPattern()) {
            return Optional.of(exact);
        }
        return byName.values().stream()
                .filter(Setting::isPattern)
                .flatMap(s -> s.match(name).stream())
                .findFirst();
    }

    /** The name of the setting that is written to this place, if one is. */
    public Optional<Setting> findByKey(String pid, String key) {
        return byName.values().stream()
                .filter(s -> !s.isPattern() && s.pid().equals(pid) && s.key().equals(key))
                .findFirst();
    }

    /**
     * What is wrong with a key of a PID, for the operator; empty if nothing is, or nobody can know: the tables have no
     * setting of that PID or one with many keys, or it is a key of Declarative Services itself.
     */
    public Optional<String> wrongKey(String pid, String key) {
        List<Setting> known =
                byName.values().stream().filter(s -> s.pid().equals(pid)).toList();
        Set<String> keys = known.stream().map(Setting::key).collect(Collectors.toCollection(TreeSet::new));
        if (known.isEmpty() || keys.contains(key) || known.stream().anyMatch(Setting::isPattern))
            return Optional.empty();
        if (OF_SERVICES.matcher(key).matches()) return Optional.empty();
        return Optional.of("unknown key '" + key + "'"
                + NearestName.of(key, keys)
                        .map(n -> "; did you mean '" + n + "'?")
                        .orElse(""));
    }

    /** The known name most like this one. */
    public Optional<String> nearest(String name) {
        return NearestName.of(name, byName.keySet());
    }

    /** {@code unknown name 'x'; did you mean 'y'?} */
    public String unknown(String name) {
        return "unknown name '" + name + "'"
                + nearest(name).map(n -> "; did you mean '" + n + "'?").orElse("");
    }

    /** Collects tables. */
    public static final class Builder {
        private final Map<String, Setting> byName = new LinkedHashMap<>();
        private final List<String> complaints = new ArrayList<>();

        /** Adds the lines of one table; the first table that declares a name keeps it. */
        public Builder add(String origin, Stream<String> lines) {
            lines.map(String::stripTrailing)
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .forEach(l -> add(origin, l));
            return this;
        }

        private void add(String origin, String line) {
            try {
                Setting s = Setting.parse(line);
                Setting before = byName.putIfAbsent(s.name(), s);
                if (before != null
                        && !(before.pid().equals(s.pid()) && before.key().equals(s.key()))) {
                    complaints.add(origin + ": name '" + s.name() + "' already belongs to " + before.pid());
                }
            } catch (IllegalArgumentException e) {
                complaints.add(origin + ": " + e.getMessage());
            }
        }

        /** Adds a table from a stream, which is closed. */
        public Builder add(String origin, InputStream in) {
            try (BufferedReader r = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                return add(origin, r.lines());
            } catch (IOException | UncheckedIOException e) {
                complaints.add(origin + ": " + e.getMessage());
                return this;
            }
        }

        /** Adds a table file, if it is there. */
        public Builder addFile(Path file) {
            if (!Files.isRegularFile(file)) {
                return this;
            }
            try {
                return add(file.toString(), Files.newInputStream(file));
            } catch (IOException e) {
                complaints.add(file + ": " + e.getMessage());
                return this;
            }
        }

        /** Adds the tables inside all jars of a folder, if it is there. */
        public Builder addJarsIn(Path folder) {
            if (!Files.isDirectory(folder)) {
                return this;
            }
            try (Stream<Path> jars = Files.list(folder)) {
                jars.filter(p -> p.getFileName().toString().endsWith(".jar"))
                        .sorted()
                        .forEach(this::addJar);
            } catch (IOException e) {
                complaints.add(folder + ": " + e.getMessage());
            }
            return this;
        }

        private void addJar(Path jar) {
            try (JarFile file = new JarFile(jar.toFile())) {
                ZipEntry entry = file.getEntry(ENTRY);
                if (entry != null) {
                    add(jar.getFileName().toString(), file.getInputStream(entry));
                }
            } catch (IOException e) {
                complaints.add(jar + ": " + e.getMessage());
            }
        }

        public SettingsTable build() {
            return new SettingsTable(new LinkedHashMap<>(byName), List.copyOf(complaints));
        }
    }
}
