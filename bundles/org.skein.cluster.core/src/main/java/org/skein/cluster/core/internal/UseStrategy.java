package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;

/** {@code cluster:strategy}: what routes, and swapping it. Answers when the swap is complete. */
@Component(service = Action.class)
@Command(
        name = "cluster:strategy",
        title = "Shows the clustering strategies that run here, or swaps the one in use",
        description = "With all, one node after the other; it ends at the first that fails.",
        deadlineSeconds = 1800)
public final class UseStrategy implements Action<UseStrategy.Input> {
    public record Input(
            @Field(label = "Which to use, by name or class; none = shows them", required = false)
            String name,

            @Field(label = "On all nodes") boolean all,

            @Field(label = "Also after a restart") boolean save) {}

    /** A little more than a strategy has to get in step. */
    private static final Duration SWAP_WITHIN = Duration.ofSeconds(130);

    private static final List<String> HEADS =
            List.of("strategy=Strategy", "version=Version", "state=State", "frames=Frames/message", "figures=Figures");

    private final ClusterComponent cluster;
    private final Operations operations;

    @Activate
    public UseStrategy(@Reference ClusterComponent cluster, @Reference Operations operations) {
        this.cluster = cluster;
        this.operations = operations;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    @Override
    public void check(Input in) {
        if (in.name().isEmpty() && (in.all() || in.save())) {
            throw new CommandException(Kind.BAD_INPUT, "field name: which strategy?");
        }
    }

    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        ClusterMember m = Standings.member(cluster);
        if (in.name().isEmpty()) return Result.later(shown(m));
        String saved = in.save() ? " and saved" : "";
        if (in.all()) return Result.later(Result.text(everywhere(m, in)));
        use(m.self(), in);
        return Result.later(Result.text(m.routing().current().orElse("nothing") + " is in use" + saved));
    }

    private Result shown(ClusterMember m) {
        String current = m.routing().current().orElse("");
        List<List<String>> rows = new ArrayList<>();
        for (Strategies.Row row : cluster.strategies().rows(m)) {
            String frames = row.name().equals(current)
                    ? cluster.strategies()
                            .framesPerMessage(current)
                            .map(f -> String.format(Locale.ROOT, "%.2f", f))
                            .orElse("-")
                    : "-";
            rows.add(List.of(row.name(), Integer.toString(row.version()), row.state(), frames, figures(row.figures())));
        }
        List<String> text = new ArrayList<>();
        if (current.isEmpty()) text.add("no strategy in use: all members are asked");
        if (!cluster.strategies().trouble().isEmpty())
            text.add(cluster.strategies().trouble());
        List<NodeId> unknown = m.routing().unknown();
        if (!unknown.isEmpty() && !current.isEmpty()) {
            text.add("included in every answer, as they use another one or are not in step: "
                    + unknown.stream().map(NodeId::name).collect(Collectors.joining(", ")));
        }
        Result table = Result.table(HEADS, rows);
        return new Result(String.join("\n", text), List.of(), table.columns(), table.rows());
    }

    private static String figures(Map<String, Long> figures) {
        return figures.isEmpty()
                ? "-"
                : new TreeMap<>(figures)
                        .entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .collect(Collectors.joining(" "));
    }

    private void use(NodeId node, Input in) {
        try {
            operations.use(node, in.name(), in.save(), SWAP_WITHIN);
        } catch (IllegalArgumentException e) {
            throw new CommandException(Kind.NOT_FOUND, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(Kind.UNAVAILABLE, "not waited for; it may be in use yet");
        } catch (Exception e) { // a node that does not answer, or what a strategy of whatever bundle throws
            throw new CommandException(Kind.CONFLICT, String.valueOf(e.getMessage()));
        }
    }

    private String everywhere(ClusterMember m, Input in) {
        List<NodeId> ids = m.view().members().stream().map(Member::id).toList();
        List<String> done = new ArrayList<>();
        for (NodeId id : ids) {
            try {
                use(id, in);
            } catch (CommandException e) {
                List<String> rest = ids.stream()
                        .map(NodeId::name)
                        .filter(n -> !done.contains(n))
                        .toList();
                throw new CommandException(
                        e.kind(),
                        "stopped at " + id.name() + ": " + e.getMessage() + "; swapped: "
                                + (done.isEmpty() ? "none" : String.join(", ", done)) + "; not swapped: "
                                + String.join(", ", rest));
            }
            done.add(id.name());
        }
        return "swapped on all " + done.size() + " nodes";
    }
}
