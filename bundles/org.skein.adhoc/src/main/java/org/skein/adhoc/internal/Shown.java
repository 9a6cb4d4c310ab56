package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Value;

/** Answers for people at a console. */
final class Shown {
    private static final int WIDEST = 80;

    private Shown() {}

    /** Text, values and table; no line break at the end. */
    static String of(Result result) {
        List<String> parts = new ArrayList<>();
        if (!result.text().isEmpty())
            parts.add(result.text().lines().map(Shown::plain).collect(Collectors.joining("\n")));
        if (!result.values().isEmpty()) {
            parts.add(result.values().stream().map(Shown::value).collect(Collectors.joining("\n")));
        }
        if (!result.columns().isEmpty()) parts.add(table(result));
        return String.join("\n", parts);
    }

    private static String value(Value value) {
        if (value.texts().size() == 1)
            return value.label() + ": " + plain(value.texts().get(0));
        return value.label() + ":"
                + value.texts().stream().map(t -> "\n  " + plain(t)).collect(Collectors.joining());
    }

    private static String table(Result result) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(result.columns().stream()
                .map(c -> plain(c.label()).toUpperCase(Locale.ROOT))
                .toList());
        result.rows().forEach(r -> lines.add(r.stream().map(Shown::plain).toList()));
        int[] width = new int[result.columns().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.min(WIDEST, Math.max(width[i], line.get(i).length()));
            }
        }
        return lines.stream().map(l -> line(l, width)).collect(Collectors.joining("\n"));
    }

    private static String line(List<String> cells, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < width.length; i++) {
            line.append(cells.get(i))
                    .append(" ".repeat(Math.max(0, width[i] - cells.get(i).length()) + 2));
        }
        return line.toString().stripTrailing();
    }

    /** In one line, and without what would steer a terminal. */
    static String plain(String text) {
        return text.chars().anyMatch(Character::isISOControl) ? text.replaceAll("\\p{Cntrl}", " ") : text;
    }

    /** What is not in the answer; a line a node. */
    static String notes(Answer answer) {
        return answer.notes().stream().map(n -> plain(n.line())).collect(Collectors.joining("\n"));
    }
}
