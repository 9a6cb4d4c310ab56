package org.skein.cluster.core.internal;

import java.util.Locale;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;

/** What is told where this node is no member. */
final class Standings {
    private Standings() {}

    /** Empty if it is as it should be. */
    static String of(ClusterComponent cluster) {
        ClusterComponent.Standing s = cluster.standing();
        return switch (s.phase()) {
            case MEMBER -> "";
            case OFF -> "this node is in no cluster (--cluster-mode=true in etc/init.properties changes that)";
            default -> s.phase().name().toLowerCase(Locale.ROOT) + ": " + s.detail();
        };
    }

    /** For commands. */
    static ClusterMember member(ClusterComponent cluster) {
        return cluster.member().orElseThrow(() -> new CommandException(Kind.UNAVAILABLE, of(cluster)));
    }
}
