package org.skein.cluster.core.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows as a table for people. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(heads);
    }

    void row(Object... cells) {
        String[] texts = new String[rows.get(0).length];
        for (int i = 0; i < texts.length; i++) texts[i] = i < cells.length ? String.valueOf(cells[i]) : "";
        rows.add(texts);
    }

    @Override
    public String toString() {
        int[] width = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < width.length; i++) width[i] = Math.max(width[i], row[i].length());
        }
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < width.length; i++) {
                        line.append(String.format("%-" + (width[i] + 2) + "s", row[i]));
                    }
                    return line.toString().stripTrailing();
                })
                .collect(Collectors.joining("\n"));
    }
}
