package org.skein.cluster.api.membership;

import java.util.List;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;

/**
 * This node as it makes itself known.
 *
 * @param host the name others dial
 * @param port the port others dial
 * @param clientAddress where clients are sent to ({@code host:port}); empty for none
 * @param level the highest protocol level it can speak
 * @param version of the software, for people
 * @param seeds of a static list, {@code host:port}; discovery only (CLUSTER 9)
 * @param figures asked about once a second
 */
public record LocalNode(
        NodeId id,
        String host,
        int port,
        String clientAddress,
        int level,
        String version,
        List<String> seeds,
        Supplier<Figures> figures) {
    /** What an operator sees of a node. Shares from 0 to 1. */
    public record Figures(double cpu, double memory, int sessions, String strategy) {}
}
