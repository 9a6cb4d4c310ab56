package org.skein.cluster.core.internal.routing;

import java.util.List;
import java.util.Map;

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

    private StrategyNames() {}

    /** The short name of a class we know; else what was said: the short name or the class of somebody's strategy. */
    public static String shortName(String configured) {
        String name = configured.strip();
        return name.isEmpty() ? DEFAULT : CLASSES.getOrDefault(name, name);
    }

    public static List<String> knownClasses() {
        return CLASSES.keySet().stream().sorted().toList();
    }
}
