package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.skein.cluster.api.NodeId;

/** Who is gone, and whom to go on without, judged by links and rows together (CLUSTER 7). */
final class Absence {
    private final RowBook book;
    private final LinkBook links;
    private final Timing timing;
    private final Rules rules;
    private final Map<NodeId, StoredView.Address> addresses;
    private final Set<NodeId> earlierLives;

    /**
     * @param addresses where nodes listened when they joined
     * @param earlierLives of this node itself
     */
    Absence(
            RowBook book,
            LinkBook links,
            Timing timing,
            Rules rules,
            Map<NodeId, StoredView.Address> addresses,
            Set<NodeId> earlierLives) {
        this.book = book;
        this.links = links;
        this.timing = timing;
        this.rules = rules;
        this.addresses = addresses;
        this.earlierLives = earlierLives;
    }

    /** The process is over, so nothing needs to be waited for. */
    boolean isProvenDead(NodeId id) {
        if (earlierLives.contains(id) || links.isDead(id)) return true;
        if (links.isLinked(id)) return false;
        // Another life has its name and listens where it listened.
        StoredRow row = book.row(id.name());
        StoredView.Address at = addresses.get(id);
        return row != null
                && at != null
                && row.incarnation() != id.incarnation()
                && row.host().equals(at.host())
                && row.port() == at.port()
                && book.quietFor(id.name()) < timing.stale();
    }

    /** Whether a node that sees none of these may go on without them, though not all are proven dead. */
    boolean areAllGone(Collection<NodeId> members, NodeId self, long now) {
        List<NodeId> inDoubt = members.stream().filter(id -> !isProvenDead(id)).toList();
        if (inDoubt.isEmpty()) return true;
        if (book.readingFor() < timing.row() * 5 / 4) return false;
        long needed = inDoubt.size() == 1 ? timing.silence() : timing.grace() + 2 * timing.permit();
        for (NodeId id : inDoubt) {
            boolean silent = id.name().equals(self.name()) || !links.isGood(id, now);
            if (!rules.isGone(silent, rowQuiet(id) >= needed)) return false;
        }
        return true;
    }

    /** For how long this incarnation has not written its row, as far as this node can know. */
    private long rowQuiet(NodeId id) {
        StoredRow row = book.row(id.name());
        return row != null && row.incarnation() == id.incarnation() ? book.quietFor(id.name()) : book.readingFor();
    }

    /**
     * Whom a member proposes to exclude, see {@link MemberMachine}.
     *
     * @param isHere whether a member has installed the view this node has
     */
    Set<NodeId> toExclude(NodeId self, Set<NodeId> others, boolean settled, Predicate<NodeId> isHere, long now) {
        Set<NodeId> out = new TreeSet<>();
        Set<NodeId> cutOff = new TreeSet<>(); // silent, but they write their rows
        long longest = 0;
        for (NodeId id : others) {
            boolean silent = links.silentFor(id, now) >= timing.silence();
            boolean stale = rowQuiet(id) >= timing.stale() && book.readingFor() >= timing.row();
            if (isProvenDead(id) && !links.isLinked(id)) {
                out.add(id);
            } else if (settled && rules.isGone(silent, stale)) {
                out.add(id);
            } else if (silent) {
                cutOff.add(id);
                longest = Math.max(longest, links.silentFor(id, now));
            }
        }
        if (!out.isEmpty() || cutOff.isEmpty()) return out;
        if (settled) return lesserSide(self, others, longest, now);
        boolean allOthersAreHere = others.stream().allMatch(o -> cutOff.contains(o) || isHere.test(o));
        return allOthersAreHere && areAllGone(cutOff, self, now) ? cutOff : Set.of();
    }

    private Set<NodeId> lesserSide(NodeId self, Set<NodeId> others, long longest, long now) {
        Set<NodeId> all = new TreeSet<>(others);
        all.add(self);
        Map<NodeId, StoredRow> rows = new TreeMap<>();
        for (NodeId id : all) {
            StoredRow row = book.row(id.name());
            if (row != null && row.incarnation() == id.incarnation()) rows.put(id, row);
        }
        Set<NodeId> stay = LinkedSets.largest(all, (a, b) -> areLinked(self, a, b, rows, now), Optional.empty());
        if (!stay.contains(self)) {
            if (longest < timing.silence() + timing.otherSide()) return Set.of();
            stay = LinkedSets.largest(all, (a, b) -> areLinked(self, a, b, rows, now), Optional.of(self));
        }
        all.removeAll(stay);
        return all;
    }

    private boolean areLinked(NodeId self, NodeId a, NodeId b, Map<NodeId, StoredRow> rows, long now) {
        // Judged as rows have it, sooner than silence: what broke at one moment is not seen as broken at one moment.
        if (a.equals(self)) return links.isGood(b, now);
        if (b.equals(self)) return links.isGood(a, now);
        StoredRow ofA = rows.get(a);
        StoredRow ofB = rows.get(b);
        return ofA == null || ofB == null || ofA.hears(b) && ofB.hears(a); // no row: only this node's links are known
    }
}
