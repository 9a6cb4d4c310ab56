package org.skein.config.internal;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.skein.config.settings.Problem;
import org.skein.config.settings.Setting;
import org.skein.config.settings.SettingsTable;

/**
 * The {@code etc/PID.cfg} files ({@code PID~name.cfg} for factories): Java properties, {@code ${name}} of a framework
 * or system property replaced. A key a table knows is checked like a line of {@code init.properties}.
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
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                problems.add(new Problem(shown, 0, "cannot be read: " + e.getMessage()));
                continue;
            }
            for (String key : new ArrayList<>(properties.stringPropertyNames())) {
                String text = substitute(properties.getProperty(key).strip());
                Optional<Setting> setting = table.findByKey(pid, key);
                try {
                    Object value = setting.isPresent() ? setting.get().type().convert(text, base) : text;
                    layer.put(pid, key, new Value(value, Source.CFG, shown));
                } catch (IllegalArgumentException e) {
                    problems.add(new Problem(shown, 0, "'" + key + "': " + e.getMessage()));
                }
            }
        }
        return layer;
    }

    private String substitute(String text) {
        return VARIABLE.matcher(text).replaceAll(m -> {
            String value = variables.apply(m.group(1));
            return Matcher.quoteReplacement(value == null ? m.group() : value);
        });
    }
}
