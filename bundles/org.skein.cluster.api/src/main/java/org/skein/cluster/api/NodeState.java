package org.skein.cluster.api;

/** What a member does (CLUSTER 16). */
public enum NodeState {
    /** In the view, getting in step: it routes, but has no sessions yet and owns no addresses. */
    JOINING,
    SERVING,
    /** Takes no new sessions and hands over what it has. */
    DRAINING
}
