package org.skein.cluster.transport.netty.internal;

import java.util.Set;
import org.skein.cluster.api.NodeId;

/** The view this node has installed. */
record Installed(long epoch, Set<NodeId> members) {
    static final Installed NONE = new Installed(0, Set.of());
}
