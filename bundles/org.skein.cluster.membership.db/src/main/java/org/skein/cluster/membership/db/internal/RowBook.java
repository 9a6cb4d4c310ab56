package org.skein.cluster.membership.db.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows as this node saw them change. How fresh a row is, is judged by its beat and this node's own monotonic clock; the
 * database's clock counts only for what was there before the first look. So no clock that is put matters for long.
 */
final class RowBook {
    private static final Logger LOG = LoggerFactory.getLogger(RowBook.class);
    private static final int MOST_TOLD = 1000;

    private static final class Seen {
        StoredRow row;
        long changedAt;
        boolean sawItChange;
    }

    private final Map<String, Seen> byName = new HashMap<>();
    private final Map<String, Seen> nonsense = new HashMap<>();
    private final Set<String> toldNonsense = new HashSet<>();
    private List<StoredRow> all = List.of();
    private long readAt;
    private long readingSince;
    private boolean reading;

    /** @param askedAt when the question was sent: what is read is at least that new */
    void read(List<StoredRow> rows, long askedAt) {
        if (!reading) readingSince = askedAt;
        reading = true;
        readAt = askedAt;
        all = rows;
        Set<String> present = new HashSet<>();
        Set<String> wrong = new HashSet<>();
        for (StoredRow row : rows) {
            boolean isNonsense = isNonsense(row);
            (isNonsense ? wrong : present).add(row.name());
            note(isNonsense ? nonsense : byName, row, askedAt);
        }
        byName.keySet().retainAll(present);
        nonsense.keySet().retainAll(wrong);
    }

    private static void note(Map<String, Seen> book, StoredRow row, long askedAt) {
        Seen seen = book.get(row.name());
        if (seen == null) {
            seen = new Seen();
            seen.changedAt = askedAt;
            book.put(row.name(), seen);
        } else if (seen.row.incarnation() != row.incarnation() || seen.row.beat() != row.beat()) {
            seen.changedAt = askedAt;
            seen.sawItChange = true;
        }
        seen.row = row;
    }

    private boolean isNonsense(StoredRow row) {
        return row.nonsense()
                .map(wrong -> {
                    if (toldNonsense.size() < MOST_TOLD && toldNonsense.add(row.name() + ' ' + wrong)) {
                        LOG.warn(
                                "what=cluster_row_ignored row=\"{}\" wrong=\"{}\" do=\"delete it from cluster_nodes\"",
                                row.name(),
                                wrong);
                    }
                    return true;
                })
                .orElse(false);
    }

    /** The database did not answer: what was seen before says nothing about the time until it answers again. */
    void interrupted() {
        reading = false;
    }

    /** For how long the database has answered without a gap. */
    long readingFor() {
        return reading ? readAt - readingSince : 0;
    }

    /** All that was read last, nonsense included. */
    List<StoredRow> all() {
        return all;
    }

    /** Those a node may have written. */
    Collection<StoredRow> sane() {
        List<StoredRow> rows = new ArrayList<>(byName.size());
        for (Seen seen : byName.values()) rows.add(seen.row);
        return rows;
    }

    /** Null if there is none. */
    StoredRow row(String name) {
        Seen seen = byName.get(name);
        return seen == null ? null : seen.row;
    }

    /** Whether the row was written while this node looked. */
    boolean sawItChange(String name) {
        Seen seen = byName.get(name);
        return seen != null && seen.sawItChange;
    }

    /** For how long the row has not been written, as of the last look; for ever if there is none. */
    long quietFor(String name) {
        Seen seen = byName.get(name);
        return seen == null ? Long.MAX_VALUE : quietFor(seen);
    }

    private long quietFor(Seen seen) {
        long watched = readAt - seen.changedAt;
        if (seen.sawItChange) return watched;
        long age = Math.min(seen.row.ageMs(), Long.MAX_VALUE / Timing.MS) * Timing.MS;
        return Math.max(watched, age);
    }

    /** Rows, nonsense included, that nobody wrote for so long, and this node saw it for so long. */
    Stream<StoredRow> abandoned(long quiet, long watched) {
        return Stream.concat(byName.values().stream(), nonsense.values().stream())
                .filter(seen -> quietFor(seen) >= quiet && readAt - seen.changedAt >= watched)
                .map(seen -> seen.row);
    }
}
