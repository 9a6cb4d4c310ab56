package org.skein.cluster.core.internal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;

/** {@code cluster:strategy}: what routes, and swapping it. */
@Component(
        service = StrategyCommands.class,
        immediate = true, // else made anew for each command
        property = {"osgi.command.scope=cluster", "osgi.command.function=strategy", "osgi.command.function=__strategies"
        })
public final class StrategyCommands {
    /** A little more than a strategy has to get in step. */
    private static final Duration SWAP_WITHIN = Duration.ofSeconds(130);

    private final ClusterComponent cluster;
    private final Operations operations;

    @Activate
    public StrategyCommands(@Reference ClusterComponent cluster, @Reference Operations operations) {
        this.cluster = cluster;
        this.operations = operations;
    }

    @Descriptor("shows the clustering strategies that run here, and the one in use")
    public String strategy() {
        ClusterMember m = memberOrFail();
        String current = m.routing().current().orElse("");
        Table table = new Table("STRATEGY", "VERSION", "STATE", "FRAMES/MESSAGE", "FIGURES");
        for (Strategies.Row row : cluster.strategies().rows(m)) {
            String frames = row.name().equals(current)
                    ? cluster.strategies()
                            .framesPerMessage(current)
                            .map(f -> String.format(Locale.ROOT, "%.2f", f))
                            .orElse("-")
                    : "-";
            table.row(row.name(), row.version(), row.state(), frames, figures(row.figures()));
        }
        List<String> text = new ArrayList<>();
        if (current.isEmpty()) text.add("no strategy in use: all members are asked");
        if (!cluster.strategies().trouble().isEmpty())
            text.add(cluster.strategies().trouble());
        text.add(table.toString());
        List<NodeId> unknown = m.routing().unknown();
        if (!unknown.isEmpty() && !current.isEmpty()) {
            text.add("included in every answer, as they use another one or are not in step: "
                    + unknown.stream().map(NodeId::name).collect(Collectors.joining(", ")));
        }
        return String.join("\n", text);
    }

    private static String figures(Map<String, Long> figures) {
        return figures.isEmpty()
                ? "-"
                : new TreeMap<>(figures)
                        .entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .collect(Collectors.joining(" "));
    }

    @Descriptor("swaps the clustering strategy; returns when the swap is complete")
    public String strategy(
            CommandSession session,
            @Descriptor("on all nodes, one after the other; ends at the first that fails")
                    @Parameter(names = "--all", presentValue = "true", absentValue = "false")
                    boolean all,
            @Descriptor("also after a restart")
                    @Parameter(names = "--save", presentValue = "true", absentValue = "false")
                    boolean save,
            @Descriptor("its name or class") String name)
            throws Exception {
        ClusterMember m = memberOrFail();
        if (!all) {
            operations.use(m.self(), name, save, SWAP_WITHIN);
            return m.routing().current().orElse("nothing") + " is in use" + (save ? " and saved" : "");
        }
        return everywhere(m, session.getConsole(), name, save);
    }

    private String everywhere(ClusterMember m, PrintStream out, String name, boolean save) throws Exception {
        List<NodeId> ids = m.view().members().stream().map(Member::id).toList();
        List<String> done = new ArrayList<>();
        for (NodeId id : ids) {
            try {
                operations.use(id, name, save, SWAP_WITHIN);
            } catch (IllegalStateException | IllegalArgumentException e) {
                List<String> rest = ids.stream()
                        .map(NodeId::name)
                        .filter(n -> !done.contains(n))
                        .toList();
                throw new IllegalStateException(
                        "stopped at " + id.name() + ": " + e.getMessage() + "\nswapped: "
                                + (done.isEmpty() ? "none" : String.join(", ", done)) + "; not swapped: "
                                + String.join(", ", rest),
                        e);
            }
            done.add(id.name());
            out.println(id.name() + ": " + name + " is in use" + (save ? " and saved" : ""));
        }
        return "swapped on all " + done.size() + " nodes";
    }

    /** For completion. */
    public List<String> __strategies() {
        return cluster.strategies().names();
    }

    private ClusterMember memberOrFail() {
        return cluster.member().orElseThrow(() -> {
            ClusterComponent.Standing s = cluster.standing();
            return new IllegalStateException(
                    s.phase() == ClusterComponent.Phase.OFF
                            ? "this node is in no cluster (--cluster-mode=true in etc/init.properties changes that)"
                            : s.phase().name().toLowerCase(Locale.ROOT) + ": " + s.detail());
        });
    }
}
