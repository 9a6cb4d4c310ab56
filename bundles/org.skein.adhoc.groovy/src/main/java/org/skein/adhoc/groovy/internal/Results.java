package org.skein.adhoc.groovy.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Column;
import org.skein.api.command.Result.Value;

/**
 * Makes a result of what a script returns: a map is values, a list of maps is a table, another list is a list, a number a
 * value that can be added up, everything else a text. What it printed comes before.
 */
final class Results {
    private static final String ONLY = "result";
    private static final String LABEL = "Result";

    private Results() {}

    static Result of(Object returned, String printed) {
        Object value = returned instanceof Object[] array ? Arrays.asList(array) : returned;
        if (value instanceof Result result) {
            return new Result(joined(printed, result.text()), result.values(), result.columns(), result.rows());
        }
        if (value == null) return Result.text(printed);
        if (value instanceof Map<?, ?> map) return new Result(printed, values(map), List.of(), List.of());
        if (value instanceof Collection<?> all) return ofList(all, printed);
        if (value instanceof Number) return withValue(printed, List.of(text(value)));
        return Result.text(joined(printed, text(value)));
    }

    private static Result ofList(Collection<?> all, String printed) {
        if (all.isEmpty()) return Result.text(printed); // it may be a table on other nodes
        if (!all.stream().allMatch(Map.class::isInstance)) {
            return withValue(printed, all.stream().map(Results::text).toList());
        }
        Set<String> heads = new LinkedHashSet<>();
        for (Object row : all) ((Map<?, ?>) row).keySet().forEach(k -> heads.add(text(k)));
        List<List<String>> rows = new ArrayList<>();
        for (Object row : all) rows.add(cells(heads, (Map<?, ?>) row));
        return new Result(
                printed, List.of(), heads.stream().map(h -> new Column(h, h)).toList(), rows);
    }

    private static List<String> cells(Set<String> heads, Map<?, ?> row) {
        List<String> cells = new ArrayList<>();
        for (String head : heads) {
            cells.add(row.entrySet().stream()
                    .filter(e -> text(e.getKey()).equals(head))
                    .findFirst()
                    .map(e -> text(e.getValue()))
                    .orElse(""));
        }
        return cells;
    }

    private static Result withValue(String printed, List<String> texts) {
        return new Result(printed, List.of(new Value(ONLY, LABEL, texts)), List.of(), List.of());
    }

    private static List<Value> values(Map<?, ?> map) {
        List<Value> values = new ArrayList<>();
        map.forEach((key, value) -> values.add(new Value(
                text(key),
                text(key),
                value instanceof Collection<?> many
                        ? many.stream().map(Results::text).toList()
                        : List.of(text(value)))));
        return values;
    }

    private static String joined(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + "\n" + other;
    }

    private static String text(Object value) {
        return value == null ? "" : String.valueOf(value);
    }
}
