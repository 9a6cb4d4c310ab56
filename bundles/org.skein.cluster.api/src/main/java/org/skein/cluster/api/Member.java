package org.skein.cluster.api;

import java.util.Objects;

/**
 * A member as the view has it.
 *
 * @param level the highest protocol level it can speak (CLUSTER 24)
 */
public record Member(NodeId id, NodeState state, int level) {
    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(state, "state");
    }
}
