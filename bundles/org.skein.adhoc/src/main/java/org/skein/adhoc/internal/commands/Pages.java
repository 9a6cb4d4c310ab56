package org.skein.adhoc.internal.commands;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Pages of a list whose entries are on several nodes, by their keys. Each node tells its first entries after a key, which
 * keys of the same stretch are no entries though another node may think so, and where it stopped. Together that is one
 * page: no entry is left out, and none is told twice.
 */
final class Pages {
    private static final String ENTRY = "entry";
    private static final String VETO = "veto";
    private static final String END = "end";

    /**
     * What a node knows of a key.
     *
     * @param isEntry false: it is none, whatever others say
     * @param cells the rest of its row
     */
    record Item(String key, boolean isEntry, List<String> cells) {}

    /**
     * A page.
     *
     * @param rows key and cells, in order
     * @param next after which key to go on; empty at the end
     */
    record Page(List<List<String>> rows, String next) {}

    private Pages() {}

    /** Heads of the rows that go from node to node. */
    static List<String> heads(String... cells) {
        return Stream.concat(Stream.of("key", "kind"), Stream.of(cells)).toList();
    }

    /** What this node has to tell, as rows. */
    static List<List<String>> here(Collection<Item> items, String after, int max) {
        TreeMap<String, Item> first = new TreeMap<>();
        boolean isMore = false;
        for (Item item : items) {
            if (!item.isEntry() || item.key().compareTo(after) <= 0) continue;
            first.put(item.key(), item);
            if (first.size() > max) {
                first.pollLastEntry();
                isMore = true;
            }
        }
        List<List<String>> rows = new ArrayList<>();
        first.values().forEach(item -> rows.add(row(item.key(), ENTRY, item.cells())));
        for (Item item : items) {
            boolean isInStretch =
                    item.key().compareTo(after) > 0 && (!isMore || item.key().compareTo(first.lastKey()) <= 0);
            if (!item.isEntry() && isInStretch) rows.add(row(item.key(), VETO, item.cells()));
        }
        if (isMore)
            rows.add(row(first.lastKey(), END, first.lastEntry().getValue().cells()));
        return rows;
    }

    private static List<String> row(String key, String kind, List<String> cells) {
        return Stream.concat(Stream.of(key, kind), cells.stream()).toList();
    }

    /** The page, of the rows of all nodes in any order. */
    static Page of(List<List<String>> rows, int max) {
        TreeMap<String, List<String>> entries = new TreeMap<>();
        Set<String> vetoes = new HashSet<>();
        String end = "";
        for (List<String> row : rows) {
            String key = row.get(0);
            switch (row.get(1)) {
                case ENTRY -> entries.putIfAbsent(key, row);
                case VETO -> vetoes.add(key);
                default -> end = end.isEmpty() || key.compareTo(end) < 0 ? key : end;
            }
        }
        List<List<String>> page = new ArrayList<>();
        for (Map.Entry<String, List<String>> entry : entries.entrySet()) {
            String key = entry.getKey();
            if (!end.isEmpty() && key.compareTo(end) > 0) break;
            if (vetoes.contains(key)) continue;
            if (page.size() == max) return new Page(page, page.get(max - 1).get(0));
            page.add(withoutKind(entry.getValue()));
        }
        return new Page(page, end);
    }

    private static List<String> withoutKind(List<String> row) {
        return Stream.concat(row.stream().limit(1), row.stream().skip(2)).toList();
    }
}
