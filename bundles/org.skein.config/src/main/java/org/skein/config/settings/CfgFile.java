package org.skein.config.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One {@code etc/PID.cfg} ({@code PID~name.cfg} for factories): Java properties, {@code ${name}} of a variable replaced.
 * Where a table has settings of the PID, keys and values are checked like a line of {@code init.properties}; of others,
 * those of third parties, nothing is known.
 *
 * @param pid as the file's name has it
 * @param entries by key, those that are right
 * @param problems what is wrong with the others
 */
public record CfgFile(String pid, Map<String, Entry> entries, List<Problem> problems) {
    private static final String ENDING = ".cfg";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9_.-]+)}");

    /**
     * A value of such a file.
     *
     * @param text as written, variables replaced
     * @param value as Configuration Admin gets it
     */
    public record Entry(String text, Object value) {}

    /** The files there are in a folder, in the order of their names. */
    public static List<Path> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Reads and checks a file.
     *
     * @param base the instance folder, above the file
     * @param variables answers null for what it does not know, which then stays as it is
     */
    public static CfgFile read(Path file, Path base, SettingsTable table, UnaryOperator<String> variables) {
        String name = file.getFileName().toString();
        String pid = name.substring(0, name.length() - ENDING.length());
        String shown = base.relativize(file).toString();
        Properties properties = new Properties();
        String text;
        try {
            text = Files.readString(file);
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException e) {
            return new CfgFile(pid, Map.of(), List.of(new Problem(shown, 0, "cannot be read: " + e.getMessage())));
        }
        Map<String, Entry> entries = new TreeMap<>();
        List<Problem> problems = new ArrayList<>();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            try {
                String value = substitute(properties.getProperty(key).strip(), variables);
                entries.put(key, new Entry(value, value(table, pid, key, value, base)));
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(shown, lineOf(key, text), e.getMessage()));
            }
        }
        return new CfgFile(pid, entries, List.copyOf(problems));
    }

    /** @throws IllegalArgumentException with what is wrong */
    private static Object value(SettingsTable table, String pid, String key, String text, Path base) {
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

    private static String substitute(String text, UnaryOperator<String> variables) {
        return VARIABLE.matcher(text).replaceAll(m -> {
            String value = variables.apply(m.group(1));
            return Matcher.quoteReplacement(value == null ? m.group() : value);
        });
    }
}
