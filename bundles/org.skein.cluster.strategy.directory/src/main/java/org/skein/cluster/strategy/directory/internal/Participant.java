package org.skein.cluster.strategy.directory.internal;

import java.util.Objects;
import org.skein.cluster.api.NodeId;

/**
 * A node in one life of its directory. What a life was told is void with it and is never taken up again: a directory that
 * comes back has another one.
 *
 * @param life by chance, not 0
 */
record Participant(NodeId id, long life) implements Comparable<Participant> {
    Participant {
        Objects.requireNonNull(id, "id");
        if (life == 0) throw new IllegalArgumentException("life 0");
    }

    @Override
    public int compareTo(Participant o) {
        int byId = id.compareTo(o.id);
        return byId != 0 ? byId : Long.compare(life, o.life);
    }
}
