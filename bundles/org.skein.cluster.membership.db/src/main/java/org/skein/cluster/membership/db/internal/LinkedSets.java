package org.skein.cluster.membership.db.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.skein.cluster.api.NodeId;

/** Finds the largest set of nodes that are all linked with each other (CLUSTER 7); of equal ones the one with the first name. */
final class LinkedSets {
    private static final Comparator<Set<NodeId>> BEST =
            Comparator.<Set<NodeId>>comparingInt(Set::size).reversed().thenComparing(LinkedSets::byFirstName);

    private final BiPredicate<NodeId, NodeId> linked;
    private final NodeId with;
    private Set<NodeId> best = new TreeSet<>();

    private LinkedSets(BiPredicate<NodeId, NodeId> linked, NodeId with) {
        this.linked = linked;
        this.with = with;
    }

    /** @param with a node that must be in it; empty for none */
    static Set<NodeId> largest(Set<NodeId> nodes, BiPredicate<NodeId, NodeId> linked, Optional<NodeId> with) {
        LinkedSets search = new LinkedSets(linked, with.orElse(null));
        search.extend(new TreeSet<>(), new ArrayList<>(new TreeSet<>(nodes)));
        return search.best;
    }

    private static int byFirstName(Set<NodeId> a, Set<NodeId> b) {
        return Arrays.compare(a.toArray(NodeId[]::new), b.toArray(NodeId[]::new));
    }

    private void extend(Set<NodeId> chosen, List<NodeId> candidates) {
        if (candidates.isEmpty()) {
            if (with != null && !chosen.contains(with)) return;
            if (best.isEmpty() || BEST.compare(chosen, best) < 0) best = new TreeSet<>(chosen);
            return;
        }
        if (chosen.size() + candidates.size() < best.size()) return;
        NodeId first = candidates.get(0);
        List<NodeId> rest = candidates.subList(1, candidates.size());
        Set<NodeId> more = new TreeSet<>(chosen);
        more.add(first);
        extend(more, rest.stream().filter(n -> linked.test(first, n)).toList());
        boolean free = rest.stream().allMatch(n -> linked.test(first, n));
        if (!free) extend(chosen, rest); // leaving out a node linked with all the rest never helps
    }
}
