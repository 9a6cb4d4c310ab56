package org.skein.config.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code etc/init.properties}: one {@code --name=value} a line. Blanks around the first {@code =} are dropped, later
 * {@code =} belong to the value; a line beginning with {@code #} is a comment. All problems are collected, so that an
 * operator mends them in one go.
 *
 * @param assignments by name, in the order of the file; a name given twice holds its last value
 * @param problems what makes the file unusable as a whole
 * @param warnings what deserves a word but has a clear meaning
 */
public record InitFile(Map<String, Assignment> assignments, List<Problem> problems, List<Problem> warnings) {

    private static final String COMP_CLASS = "comp-class-";
    private static final String COMP_NAME = "comp-name-";

    /** Reads and checks a file; a missing one is empty. */
    public static InitFile read(Path file, Path base, SettingsTable table) throws IOException {
        if (!Files.exists(file)) {
            return new InitFile(Map.of(), List.of(), List.of());
        }
        String shown = file.startsWith(base) ? base.relativize(file).toString() : file.toString();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return parse(shown, text.lines().toList(), base, table);
        } catch (CharacterCodingException e) {
            return new InitFile(Map.of(), List.of(new Problem(shown, 0, "not UTF-8 text")), List.of());
        }
    }

    /** Checks lines. */
    public static InitFile parse(String file, List<String> lines, Path base, SettingsTable table) {
        Map<String, Assignment> found = new LinkedHashMap<>();
        Map<String, Integer> lineOf = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int number = i + 1;
            String line = i == 0 && lines.get(0).startsWith("\uFEFF")
                    ? lines.get(0).substring(1).strip()
                    : lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                Assignment a = assignment(line, base, table, file + ":" + number);
                String name = a.setting().name();
                Integer before = lineOf.put(name, number);
                if (before != null && name.startsWith("comp-")) {
                    problems.add(new Problem(
                            file,
                            number,
                            "'" + name + "' was already given in line " + before
                                    + "; give each component its own number"));
                } else if (before != null) {
                    warnings.add(new Problem(
                            file, number, "'" + name + "' was already given in line " + before + "; this line counts"));
                    found.remove(name);
                }
                found.put(name, a);
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(file, number, e.getMessage()));
            }
        }
        checkComponents(file, lineOf, problems);
        return new InitFile(found, List.copyOf(problems), List.copyOf(warnings));
    }

    private static Assignment assignment(String line, Path base, SettingsTable table, String origin) {
        int equals = line.indexOf('=');
        String left = (equals < 0 ? line : line.substring(0, equals)).strip();
        String bare = left.replaceFirst("^-+", "");
        if (!left.startsWith("--") || bare.isEmpty()) {
            String hint = !bare.isEmpty() && table.find(bare).isPresent()
                    ? "; did you mean '--" + bare + "'?"
                    : table.nearest(bare)
                            .map(n -> "; the nearest known name is '--" + n + "'")
                            .orElse("");
            throw new IllegalArgumentException("expected --name=value, found '" + line + "'" + hint);
        }
        if (equals < 0) {
            String hint = table.find(bare).isPresent()
                    ? "; write --" + bare + "=VALUE"
                    : table.nearest(bare)
                            .map(n -> "; the nearest known name is '--" + n + "'")
                            .orElse("");
            throw new IllegalArgumentException("no '=' and no value after '" + left + "'" + hint);
        }
        return assign(left.substring(2), line.substring(equals + 1).strip(), base, table, origin);
    }

    /**
     * Checks one name and value.
     *
     * @throws IllegalArgumentException with a message for the operator
     */
    public static Assignment assign(String name, String text, Path base, SettingsTable table, String origin) {
        Setting setting = table.find(name).orElseThrow(() -> new IllegalArgumentException(table.unknown(name)));
        try {
            return new Assignment(setting, text, setting.type().convert(text, base), origin);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + name + "': " + e.getMessage(), e);
        }
    }

    /** A component needs its class and its name; a number used twice for classes loses one of them. */
    private static void checkComponents(String file, Map<String, Integer> lineOf, List<Problem> problems) {
        Set<String> numbers = new TreeSet<>();
        lineOf.keySet().stream()
                .filter(n -> n.startsWith(COMP_CLASS))
                .forEach(n -> numbers.add(n.substring(COMP_CLASS.length())));
        for (String n : numbers) {
            if (!lineOf.containsKey(COMP_NAME + n)) {
                problems.add(new Problem(
                        file,
                        lineOf.get(COMP_CLASS + n),
                        "'" + COMP_CLASS + n + "' needs a line '--" + COMP_NAME + n + "=NAME'"));
            }
        }
        lineOf.keySet().stream()
                .filter(n -> n.startsWith(COMP_NAME) && !numbers.contains(n.substring(COMP_NAME.length())))
                .sorted()
                .forEach(n -> problems.add(new Problem(
                        file,
                        lineOf.get(n),
                        "'" + n + "' needs a line '--" + COMP_CLASS + n.substring(COMP_NAME.length()) + "=CLASS'")));
    }
}
