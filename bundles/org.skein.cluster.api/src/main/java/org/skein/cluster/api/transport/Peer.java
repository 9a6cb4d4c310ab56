package org.skein.cluster.api.transport;

import java.util.Set;
import org.skein.cluster.api.NodeId;

/**
 * Somebody this node may link with.
 *
 * @param host where it says it listens
 * @param fingerprints SHA-256 of the certificates it may show, in lower-case hex; two while it changes them
 */
public record Peer(NodeId id, String host, int port, Set<String> fingerprints) {
    public Peer {
        fingerprints = Set.copyOf(fingerprints);
    }
}
