package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;

/** A set of nodes, with the answer it makes. Few sets serve all accounts: each is made once. */
final class Nodes {
    final List<NodeId> ids;

    /** Without this node. */
    final NodeSet others;

    private final Pool pool;

    private Nodes(Pool pool, List<NodeId> ids) {
        this.pool = pool;
        this.ids = ids;
        others = NodeSet.of(ids.stream().filter(id -> !id.equals(pool.self)).toList());
    }

    boolean isEmpty() {
        return ids.isEmpty();
    }

    boolean contains(NodeId id) {
        return ids.contains(id);
    }

    /** This, if it is in it already. */
    Nodes plus(NodeId id) {
        if (contains(id)) return this;
        List<NodeId> more = new ArrayList<>(ids);
        more.add(id);
        return pool.of(more);
    }

    /** This, if it is not in it. */
    Nodes minus(NodeId id) {
        if (!contains(id)) return this;
        return pool.of(ids.stream().filter(i -> !i.equals(id)).toList());
    }

    @Override
    public String toString() {
        return ids.toString();
    }

    /** The sets made. Past its bound, with many nodes in all combinations, sets are made for each use. */
    static final class Pool {
        private static final int LIMIT = 4096;

        private final NodeId self;
        private final ConcurrentHashMap<List<NodeId>, Nodes> made = new ConcurrentHashMap<>();

        Pool(NodeId self) {
            this.self = self;
        }

        Nodes none() {
            return of(List.of());
        }

        Nodes of(Collection<NodeId> ids) {
            List<NodeId> sorted = ids.stream().distinct().sorted().toList();
            Nodes there = made.get(sorted);
            if (there != null) return there;
            if (made.size() >= LIMIT) return new Nodes(this, sorted);
            return made.computeIfAbsent(sorted, s -> new Nodes(this, s));
        }

        /** A node is gone, and no set has it any more. */
        void forget(NodeId id) {
            made.keySet().removeIf(ids -> ids.contains(id));
        }
    }
}
