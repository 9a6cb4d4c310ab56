package org.skein.cluster.strategy.online.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;

/** Of which members this node does not know all sessions, or not those of some buckets: they are included. Immutable. */
final class Gaps {
    private final NodeSet whole; // of whom nothing is known for sure
    private final Map<NodeId, BitSet> parts;

    /** @param open the buckets not in step, by member */
    Gaps(SortedMap<NodeId, BitSet> open) {
        List<NodeId> all = new ArrayList<>();
        Map<NodeId, BitSet> some = new TreeMap<>();
        open.forEach((node, buckets) -> {
            if (buckets.cardinality() == Buckets.COUNT) all.add(node);
            else if (!buckets.isEmpty()) some.put(node, (BitSet) buckets.clone());
        });
        whole = NodeSet.of(List.copyOf(all));
        parts = some;
    }

    /** The nodes known to hold an account, and those that may. */
    NodeSet and(NodeSet known, String account) {
        if (parts.isEmpty()) {
            if (whole.now().isEmpty()) return known;
            if (known.now().isEmpty()) return whole;
        }
        TreeSet<NodeId> nodes = new TreeSet<>(known.now());
        nodes.addAll(of(account));
        return nodes.size() == known.now().size() ? known : NodeSet.of(List.copyOf(nodes));
    }

    /** The members of which an account's sessions are not known for sure. */
    List<NodeId> of(String account) {
        if (parts.isEmpty()) return whole.now();
        int bucket = Buckets.of(account);
        List<NodeId> nodes = new ArrayList<>(whole.now());
        parts.forEach((node, buckets) -> {
            if (buckets.get(bucket)) nodes.add(node);
        });
        return nodes;
    }

    int members() {
        return whole.now().size() + parts.size();
    }
}
