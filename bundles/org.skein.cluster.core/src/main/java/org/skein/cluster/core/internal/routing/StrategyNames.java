package org.skein.cluster.core.internal.routing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code --sm-cluster-strategy-class} may say: short names, our class names, well-known legacy class names. */
public final class StrategyNames {
    public static final String DEFAULT = "broadcast";

    private static final Map<String, String> CLASSES = Map.of(
            "org.skein.cluster.strategy.broadcast.BroadcastStrategy", "broadcast",
            "org.skein.cluster.strategy.online.OnlineStrategy", "online",
            "org.skein.cluster.strategy.directory.DirectoryStrategy", "directory",
            "tigase.server.cluster.strategy.DefaultClusteringStrategy", "broadcast",
            "tigase.cluster.strategy.DefaultClusteringStrategy", "broadcast",
            "tigase.server.cluster.strategy.OnlineUsersCachingStrategy", "online",
            "tigase.cluster.strategy.OnlineUsersCachingStrategy", "online");
    private static final List<String> KNOWN = List.of("broadcast", "online", "directory");

    private StrategyNames() {}

    /** The short name; empty for a class nobody knows. A plain word may be a strategy of a third party. */
    public static Optional<String> shortName(String configured) {
        String name = configured.strip();
        if (name.isEmpty()) return Optional.of(DEFAULT);
        String known = CLASSES.get(name);
        if (known != null) return Optional.of(known);
        return name.indexOf('.') < 0 ? Optional.of(name) : Optional.empty();
    }

    /** For the message about a name nobody knows: short names, then class names. */
    public static List<String> known() {
        return KNOWN;
    }

    public static List<String> knownClasses() {
        return CLASSES.keySet().stream().sorted().toList();
    }
}
