package org.skein.config.internal;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.skein.config.settings.Problem;
import org.skein.config.settings.Setting;
import org.skein.config.settings.SettingsTable;

/**
 * The {@code etc/PID.cfg} files ({@code PID~name.cfg} for factories): Java properties, {@code ${name}} of a framework
 * or system property replaced. Where a table has settings of the PID, keys and values are checked like a line of
 * {@code init.properties}; of others, those of third parties, nothing is known.
 */
final class CfgFiles {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9_.-]+)}");
    private final Path folder;
    private final Path base;
    private final UnaryOperator<String> variables;

    CfgFiles(Path folder, Path base, UnaryOperator<String> variables) {
        this.folder = folder;
        this.base = base;
        this.variables = variables;
    }

    /** The files there are, in the order of their names. */
    List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".cfg"))
                    .sorted()
                    .toList();
        }
    }

    /** Reads them all; what is wrong goes to {@code problems}. */
    Layer read(SettingsTable table, List<Problem> problems) throws IOException {
        Layer layer = new Layer();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            String pid = name.substring(0, name.length() - ".cfg".length());
            String shown = base.relativize(file).toString();
            Properties properties = new Properties();
            String text;
            try {
                text = Files.readString(file);
                properties.load(new StringReader(text));
            } catch (IOException | IllegalArgumentException e) {
                problems.add(new Problem(shown, 0, "cannot be read: " + e.getMessage()));
                continue;
            }
            for (String key : new TreeSet<>(properties.stringPropertyNames())) {
                try {
                    Object value = value(
                            table,
                            pid,
                            key,
                            substitute(properties.getProperty(key).strip()));
                    layer.put(pid, key, new Value(value, Source.CFG, shown));
                } catch (IllegalArgumentException e) {
                    problems.add(new Problem(shown, lineOf(key, text), e.getMessage()));
                }
            }
        }
        return layer;
    }

    /** @throws IllegalArgumentException with what is wrong */
    private Object value(SettingsTable table, String pid, String key, String text) {
        table.wrongKey(pid, key).ifPresent(wrong -> {
            throw new IllegalArgumentException(wrong);
        });
        Optional<Setting> setting = table.findByKey(pid, key);
        if (setting.isEmpty()) return text;
        try {
            return setting.get().type().convert(text, base);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
        }
    }

    /** The last line that begins with the key, as the last one counts; 0 if it is written in some other way. */
    private static int lineOf(String key, String text) {
        Pattern begins = Pattern.compile("\\s*" + Pattern.quote(key) + "(?:[=:\\s].*)?");
        List<String> lines = text.lines().toList();
        for (int i = lines.size(); i > 0; i--) {
            if (begins.matcher(lines.get(i - 1)).matches()) return i;
        }
        return 0;
    }

    private String substitute(String text) {
        return VARIABLE.matcher(text).replaceAll(m -> {
            String value = variables.apply(m.group(1));
            return Matcher.quoteReplacement(value == null ? m.group() : value);
        });
    }
}
