package org.skein.cluster.membership.db.internal;

import java.util.Set;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.membership.LocalNode.Figures;
import org.skein.cluster.api.transport.Endpoint;

/**
 * What this node writes into its row.
 *
 * @param replaces the row of its name that it may take over, of a life that is over; null: only an own one or none
 */
record OwnRow(
        NodeId id,
        String host,
        int port,
        String clientAddress,
        Set<String> fingerprints,
        Endpoint.Versions versions,
        int level,
        String version,
        String state,
        Set<String> links,
        Figures figures,
        Replaced replaces) {
    /** A row as it was seen; if it was written since, it is not replaced. */
    record Replaced(long incarnation, long beat) {}
}
