package org.skein.adhoc.internal.commands;

import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.cluster.api.Cluster;

/** Nodes as commands name them. */
final class ClusterNodes {
    private ClusterNodes() {}

    /** Refuses a name that is no member's; empty stands for all. */
    static void require(Cluster cluster, String node) {
        boolean isKnown = node.isEmpty()
                || node.equals(cluster.self().name())
                || cluster.view().member(node).isPresent();
        if (!isKnown) throw new CommandException(Kind.NOT_FOUND, "no node '" + node + "' in the cluster");
    }
}
