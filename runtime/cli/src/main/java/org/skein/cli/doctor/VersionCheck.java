package org.skein.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Versions: whether the node that runs is the one that is installed, and what the members are to each other. An upgrade
 * goes node by node, and only adjacent versions work together (docs/cluster.md, P8).
 */
final class VersionCheck {
    private static final String UPGRADE = "cluster:drain, bin/skein stop, upgrade, bin/skein start";

    private VersionCheck() {}

    static void run(Instance instance, ClusterTables tables, Findings findings) throws IOException {
        if (instance.isRunning()) {
            own(instance, tables, findings);
        }
        List<NodeRow> members =
                tables.nodes().stream().filter(NodeRow::isMember).toList();
        if (!members.isEmpty()) {
            members(members, findings);
            protocol(members, findings);
        }
        for (NodeRow node : tables.others(instance)) {
            if (!node.isMember() && node.level() < tables.level()) {
                findings.fail(
                        "versions",
                        node.name() + " speaks protocol level " + node.level() + " and the members speak "
                                + tables.level() + ": it cannot join",
                        "Upgrade it to the version of the members");
            }
        }
    }

    private static void own(Instance instance, ClusterTables tables, Findings findings) throws IOException {
        Path file = instance.home().resolve("VERSION");
        Optional<String> runs = tables.own(instance).filter(NodeRow::isFresh).map(NodeRow::version);
        if (runs.isEmpty() || !Files.exists(file)) {
            return;
        }
        String installed = Files.readString(file).strip();
        if (installed.equals(runs.get())) {
            findings.ok("own version", installed + ", installed and running");
        } else {
            findings.warn(
                    "own version",
                    installed + " is installed, but the node that runs is " + runs.get(),
                    "Restart it: cluster:drain, bin/skein stop, bin/skein start");
        }
    }

    private static void members(List<NodeRow> members, Findings findings) {
        Map<String, List<NodeRow>> byVersion =
                members.stream().collect(Collectors.groupingBy(NodeRow::version, TreeMap::new, Collectors.toList()));
        String seen = byVersion.entrySet().stream()
                .map(e -> (e.getKey().isEmpty() ? "unknown" : e.getKey()) + ": " + names(e.getValue()))
                .collect(Collectors.joining("; "));
        if (byVersion.size() == 1) {
            findings.ok("versions", seen);
        } else {
            findings.warn(
                    "versions",
                    "members differ: " + seen,
                    "Go on with the upgrade, node by node (" + UPGRADE + "); only two adjacent versions work together");
        }
    }

    /** Two understand each other if a version of the protocol is in the range of both. */
    private static void protocol(List<NodeRow> members, Findings findings) {
        NodeRow oldest = members.stream()
                .min((a, b) -> Integer.compare(a.maxVersion(), b.maxVersion()))
                .orElseThrow();
        List<NodeRow> tooNew = members.stream()
                .filter(m -> m.minVersion() > oldest.maxVersion())
                .toList();
        if (!tooNew.isEmpty()) {
            findings.fail(
                    "versions",
                    oldest.name() + " speaks versions of the protocol up to " + oldest.maxVersion() + ", too old for "
                            + names(tooNew),
                    "Upgrade it (" + UPGRADE + "), not across more than one version at a time");
        }
    }

    private static String names(List<NodeRow> nodes) {
        return nodes.stream().map(NodeRow::name).collect(Collectors.joining(", "));
    }
}
