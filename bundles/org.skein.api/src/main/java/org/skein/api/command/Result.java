package org.skein.api.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a command has to say: a text, values, or a table. It travels between nodes as text, so no object of a bundle crosses.
 *
 * @param text for people; empty for none
 * @param values single values, in order
 * @param columns heads of the table; empty for none
 * @param rows of the table, each as long as {@code columns}
 */
public record Result(String text, List<Value> values, List<Column> columns, List<List<String>> rows) {
    /**
     * A value.
     *
     * @param var name in forms and JSON; not empty
     * @param texts one, or several for a list
     */
    public record Value(String var, String label, List<String> texts) {
        public Value {
            requireName(var);
            Objects.requireNonNull(label, "label");
            texts = List.copyOf(texts);
        }
    }

    /** A column of the table: name in forms and JSON, not empty, and head for people. */
    public record Column(String var, String label) {
        public Column {
            requireName(var);
            Objects.requireNonNull(label, "label");
        }
    }

    public Result {
        Objects.requireNonNull(text, "text");
        values = List.copyOf(values);
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells in " + columns.size() + " columns");
            }
        }
    }

    /** XEP-0004 §3.2: no field without; clients close their stream where it is missing. */
    private static void requireName(String var) {
        if (var.isBlank()) throw new IllegalArgumentException("a value or column without name");
    }

    public static Result text(String text) {
        return new Result(text, List.of(), List.of(), List.of());
    }

    public static Result value(String var, String label, String value) {
        return new Result("", List.of(new Value(var, label, List.of(value))), List.of(), List.of());
    }

    public static Result value(String var, String label, long value) {
        return value(var, label, Long.toString(value));
    }

    public static Result list(String var, String label, List<String> values) {
        return new Result("", List.of(new Value(var, label, values)), List.of(), List.of());
    }

    /** The same with another value behind those there are. */
    public Result and(String var, String label, String value) {
        List<Value> more = new ArrayList<>(values);
        more.add(new Value(var, label, List.of(value)));
        return new Result(text, more, columns, rows);
    }

    /** @param heads {@code var=label}, or a word that is both */
    public static Result table(List<String> heads, List<List<String>> rows) {
        List<Column> columns = heads.stream()
                .map(h -> {
                    int at = h.indexOf('=');
                    return at < 0 ? new Column(h, h) : new Column(h.substring(0, at), h.substring(at + 1));
                })
                .toList();
        return new Result("", List.of(), columns, rows);
    }

    /** As an answer that is there. */
    public static CompletionStage<Result> later(Result result) {
        return CompletableFuture.completedFuture(result);
    }
}
