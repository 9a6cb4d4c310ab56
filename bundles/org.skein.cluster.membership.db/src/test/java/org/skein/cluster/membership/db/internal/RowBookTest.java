package org.skein.cluster.membership.db.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.membership.LocalNode.Figures;

class RowBookTest {
    private static final long HOUR = 3600 * Timing.SECOND;
    private static final long YEAR_MS = 365L * 24 * 3600 * 1000;

    private final RowBook book = new RowBook();

    private static StoredRow row(String name, int port, long beat, long ageMs) {
        String fingerprint = "0".repeat(64);
        return new StoredRow(
                name,
                7,
                name,
                port,
                "",
                fingerprint,
                "",
                1,
                "1",
                "serving",
                Set.of(),
                beat,
                ageMs,
                new Figures(0, 0, 0, ""));
    }

    private List<String> abandoned() {
        return book.abandoned(HOUR, 30 * Timing.SECOND)
                .map(StoredRow::name)
                .sorted()
                .toList();
    }

    @Test
    void whatNobodyWritesIsAbandonedNonsenseToo() {
        List<StoredRow> rows = List.of(
                row("old", 5277, 1, YEAR_MS),
                row("port-0", 0, 1, YEAR_MS),
                row("future", 0, 1, -YEAR_MS),
                row("young", 5277, 1, 5000));
        book.read(rows, 0);
        assertEquals(List.of(), abandoned()); // it might be written a moment later
        book.read(rows, 31 * Timing.SECOND);
        assertEquals(List.of("old", "port-0"), abandoned());
        book.read(rows, HOUR);
        assertEquals(List.of("future", "old", "port-0", "young"), abandoned());
    }

    @Test
    void whatIsWrittenIsNot() {
        for (int beat = 0; beat < 100; beat++) {
            book.read(List.of(row("a", 5277, beat, YEAR_MS), row("port-0", 0, beat, YEAR_MS)), beat * HOUR);
            assertEquals(List.of(), abandoned());
        }
    }
}
