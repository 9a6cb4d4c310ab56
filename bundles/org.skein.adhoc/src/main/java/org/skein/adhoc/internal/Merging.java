package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.skein.adhoc.internal.Answer.Share;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Column;
import org.skein.api.command.Result.Value;

/** Makes one result of several. */
final class Merging {
    private static final Comparator<List<String>> BY_CELLS = (one, other) -> {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int c = one.get(i).compareTo(other.get(i));
            if (c != 0) return c;
        }
        return Integer.compare(one.size(), other.size());
    };

    private Merging() {}

    /** @param shares of the nodes that did it, by name */
    static Result of(Merge merge, List<Share> shares) {
        return switch (merge) {
            case ROWS -> rows(shares);
            case SUM -> new Result(texts(shares), values(shares, Merging::sum), columns(shares), union(shares));
            case UNION -> new Result(texts(shares), values(shares, Merging::both), columns(shares), union(shares));
        };
    }

    private static String texts(List<Share> shares) {
        return shares.stream()
                .map(s -> s.result().text())
                .filter(t -> !t.isEmpty())
                .distinct()
                .collect(Collectors.joining("\n"));
    }

    private static List<Value> values(List<Share> shares, BinaryOperator<Value> merge) {
        Map<String, Value> merged = new LinkedHashMap<>();
        shares.forEach(s -> s.result().values().forEach(v -> merged.merge(v.var(), v, merge)));
        return List.copyOf(merged.values());
    }

    private static Value sum(Value one, Value other) {
        if (one.texts().size() != 1 || other.texts().size() != 1) return both(one, other);
        try {
            long sum = Math.addExact(
                    Long.parseLong(one.texts().get(0)),
                    Long.parseLong(other.texts().get(0)));
            return new Value(one.var(), one.label(), List.of(Long.toString(sum)));
        } catch (NumberFormatException | ArithmeticException e) {
            return both(one, other); // no numbers, so there is nothing to add
        }
    }

    private static Value both(Value one, Value other) {
        TreeSet<String> texts = new TreeSet<>(one.texts());
        texts.addAll(other.texts());
        return new Value(one.var(), one.label(), List.copyOf(texts));
    }

    /** Those of all: a node may have the version before or after. */
    private static List<Column> columns(List<Share> shares) {
        Map<String, Column> columns = new LinkedHashMap<>();
        shares.forEach(s -> s.result().columns().forEach(c -> columns.putIfAbsent(c.var(), c)));
        return List.copyOf(columns.values());
    }

    private static List<List<String>> union(List<Share> shares) {
        List<Column> columns = columns(shares);
        TreeSet<List<String>> rows = new TreeSet<>(BY_CELLS);
        shares.forEach(s -> s.result().rows().forEach(r -> rows.add(fitted(s.result(), r, columns))));
        return List.copyOf(rows);
    }

    private static List<String> fitted(Result of, List<String> row, List<Column> columns) {
        if (of.columns().equals(columns)) return row;
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) cells.put(of.columns().get(i).var(), row.get(i));
        return columns.stream().map(c -> cells.getOrDefault(c.var(), "")).toList();
    }

    private static Result rows(List<Share> shares) {
        List<Share> tables = shares.stream().map(Merging::tabled).toList();
        List<Column> heads = columns(tables);
        List<Column> columns = new ArrayList<>(List.of(new Column(nodeVar(heads), "Node")));
        columns.addAll(heads);
        List<List<String>> rows = new ArrayList<>();
        for (Share share : tables) {
            for (List<String> row : share.result().rows()) {
                List<String> all = new ArrayList<>(List.of(share.outcome().node()));
                all.addAll(fitted(share.result(), row, heads));
                rows.add(all);
            }
        }
        return new Result("", List.of(), columns, rows);
    }

    private static String nodeVar(List<Column> heads) {
        return heads.stream().anyMatch(c -> c.var().equals("node")) ? "answering-node" : "node";
    }

    /** Text and values as a row; a table stays what it is. */
    private static Share tabled(Share share) {
        Result result = share.result();
        if (!result.columns().isEmpty()) return share;
        List<Column> columns = new ArrayList<>();
        List<String> row = new ArrayList<>();
        for (Value value : result.values()) {
            columns.add(new Column(value.var(), value.label()));
            row.add(String.join(", ", value.texts()));
        }
        if (!result.text().isEmpty()) {
            columns.add(new Column("text", "Result"));
            row.add(result.text());
        }
        return new Share(share.outcome(), new Result("", List.of(), columns, List.of(row)));
    }
}
