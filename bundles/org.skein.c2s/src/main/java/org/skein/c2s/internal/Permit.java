package org.skein.c2s.internal;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeState;

/** What this node may do for clients now, as its cluster says (CLUSTER 5). Any thread. */
final class Permit {
    private final Supplier<Cluster> cluster;
    private final BooleanSupplier stops;

    /**
     * @param cluster answers null while there is none: then the node is alone
     * @param stops whether the whole server is about to
     */
    Permit(Supplier<Cluster> cluster, BooleanSupplier stops) {
        this.cluster = cluster;
        this.stops = stops;
    }

    /** Whether streams may be read and written. Asked for each batch. */
    boolean isServing() {
        Cluster now = cluster.get();
        return now == null || now.isServing();
    }

    /** Whether another stream may log in: not at a node that is about to leave or to stop. */
    boolean mayLogIn() {
        if (stops.getAsBoolean()) {
            return false;
        }
        Cluster now = cluster.get();
        return now == null || now.isServing() && !isDraining(now);
    }

    private static boolean isDraining(Cluster cluster) {
        return cluster.view()
                .member(cluster.self())
                .map(m -> m.state() == NodeState.DRAINING)
                .orElse(false);
    }
}
