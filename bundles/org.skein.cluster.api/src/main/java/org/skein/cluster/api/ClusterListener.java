package org.skein.cluster.api;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Told of changes of the cluster, as a service, on one thread, in order; must not block. Of a view change first all
 * listeners hear {@link #leaving}, then the view changes, then all hear {@link #changed}.
 */
@ConsumerType
public interface ClusterListener {
    /**
     * These nodes are not in the next view; nothing comes from them any more. {@link Cluster#view} and
     * {@link Cluster#locate} still have them. They no longer serve: their permits are over, or they are dead (CLUSTER 5).
     */
    default void leaving(Set<NodeId> nodes) {}

    /** A view is installed; {@code left} and {@code joined} never include this node. */
    default void changed(View now, Set<NodeId> left, Set<NodeId> joined) {}

    /** {@link Cluster#isServing} changed. */
    default void serving(boolean serving) {}

    /**
     * This incarnation was excluded: sessions and ownerships are void. When the node is back, it has another
     * {@link Cluster#self}.
     */
    default void excluded() {}
}
