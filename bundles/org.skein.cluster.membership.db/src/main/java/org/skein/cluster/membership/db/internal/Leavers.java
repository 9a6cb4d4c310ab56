package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.skein.cluster.api.NodeId;

/** Nodes that are out of the view, and of which nobody here may act yet as if they were gone (CLUSTER 5). */
final class Leavers {
    private static final long NEVER = Long.MIN_VALUE;

    private static final class Leaver {
        private final long outEpoch;
        private long since; // from when its permits run out, NEVER if that is not known yet
        private boolean free;

        private Leaver(long outEpoch, long since, boolean free) {
            this.outEpoch = outEpoch;
            this.since = since;
            this.free = free;
        }
    }

    private final Map<NodeId, Leaver> waiting = new HashMap<>();

    /**
     * @param outEpoch the first epoch without it
     * @param since when this node stopped to echo the epoch before, if that node cannot serve without its echo
     */
    void add(NodeId id, long outEpoch, boolean isSettled, long since, boolean free) {
        waiting.putIfAbsent(id, new Leaver(outEpoch, isSettled ? since : NEVER, free));
    }

    /**
     * Looks who may be acted for.
     *
     * @param others members of the view now
     * @param hasInstalled whether a member echoes this epoch or a later one
     */
    void look(
            Collection<NodeId> others,
            BiPredicate<NodeId, Long> hasInstalled,
            Predicate<NodeId> isDead,
            long permitNanos,
            long now) {
        waiting.forEach((id, leaver) -> {
            if (leaver.free) return;
            if (!id.name().isEmpty() && isDead.test(id)) {
                leaver.free = true;
                return;
            }
            boolean all = others.stream().allMatch(o -> hasInstalled.test(o, leaver.outEpoch));
            if (!all) return;
            if (leaver.since == NEVER) leaver.since = now;
            if (now - leaver.since >= permitNanos) leaver.free = true;
        });
    }

    boolean areFree() {
        return waiting.values().stream().allMatch(l -> l.free);
    }

    Set<NodeId> ids() {
        return waiting.keySet();
    }

    void clear() {
        waiting.clear();
    }
}
