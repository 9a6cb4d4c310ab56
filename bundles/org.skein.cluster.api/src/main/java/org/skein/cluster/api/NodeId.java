package org.skein.cluster.api;

import java.util.Objects;

/**
 * One life of a node. A node that was excluded and rejoins has a new incarnation; its address says nothing about it.
 *
 * @param name the cluster host name, or whatever names the node; unique in the cluster
 * @param incarnation positive, unique for ever
 */
public record NodeId(String name, long incarnation) implements Comparable<NodeId> {
    public NodeId {
        Objects.requireNonNull(name, "name");
        if (incarnation <= 0) throw new IllegalArgumentException("incarnation " + incarnation);
    }

    @Override
    public int compareTo(NodeId o) {
        int byName = name.compareTo(o.name);
        return byName != 0 ? byName : Long.compare(incarnation, o.incarnation);
    }

    /** As logs show it: name and incarnation in base 36. */
    @Override
    public String toString() {
        return name + '#' + Long.toString(incarnation, 36);
    }
}
