package org.skein.examples.talk;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Command.Merge;
import org.skein.api.command.Command.Scope;
import org.skein.api.command.Field;
import org.skein.api.command.Result;

/** Who writes most, or who to whom, on all nodes together. */
@Component
@Command(
        name = "talk:top",
        title = "Shows who talks to whom",
        description = "Who sent the most messages since they are counted, on all nodes together.",
        scope = Scope.ALL,
        merge = Merge.UNION,
        idempotent = true)
public final class TopCommand implements Action<TopCommand.Input> {
    /** What to show: who writes, or who writes to whom. */
    enum Of {
        SENDERS,
        PAIRS
    }

    public record Input(
            @Field(label = "Senders or pairs", required = false, defaultValue = "senders")
            Of of,

            @Field(label = "How many", required = false, defaultValue = "20", min = 1, max = 1000)
            int max) {}

    /** What a node tells. Its own name makes each row its own: of two rows that are the same a union keeps one. */
    private static final List<String> OF_A_NODE = List.of("node", "from", "to", "messages", "over");

    private final Talk talk;

    @Activate
    public TopCommand(@Reference Talk talk) {
        this.talk = talk;
    }

    @Override
    public Class<Input> input() {
        return Input.class;
    }

    /** All it counts: who is twentieth on each node may be first on all. */
    @Override
    public CompletionStage<Result> run(Input in, Call call) {
        List<List<String>> rows = new ArrayList<>();
        if (in.of() == Of.PAIRS) {
            talk.pairs()
                    .forEach(c -> rows.add(
                            row(call, c.what().from().toString(), c.what().to().toString(), c.times(), c.over())));
        } else {
            talk.senders().forEach(c -> rows.add(row(call, c.what().toString(), "", c.times(), c.over())));
        }
        String text = call.node() + ": " + talk.messages() + " messages since "
                + talk.since().truncatedTo(ChronoUnit.SECONDS);
        Result table = Result.table(OF_A_NODE, rows);
        return Result.later(new Result(text, List.of(), table.columns(), table.rows()));
    }

    private static List<String> row(Call call, String from, String to, long times, long over) {
        return List.of(call.node(), from, to, Long.toString(times), Long.toString(over));
    }

    /** A line of the answer, put together of several nodes. */
    private static final class Line {
        private final String from;
        private final String to;
        private final TreeSet<String> nodes = new TreeSet<>();
        private long messages;
        private long over;

        Line(List<String> row) {
            from = row.get(1);
            to = row.get(2);
        }

        void add(List<String> row) {
            nodes.add(row.get(0));
            messages += Long.parseLong(row.get(3));
            over += Long.parseLong(row.get(4));
        }

        List<String> cells(Of of) {
            List<String> cells = new ArrayList<>(List.of(from));
            if (of == Of.PAIRS) cells.add(to);
            cells.addAll(List.of(Long.toString(messages), Long.toString(over), String.join(", ", nodes)));
            return cells;
        }
    }

    @Override
    public Result merged(Input in, Result merged) {
        Map<List<String>, Line> lines = new TreeMap<>(Comparator.comparing(List::toString));
        for (List<String> row : merged.rows()) {
            lines.computeIfAbsent(row.subList(1, 3), key -> new Line(row)).add(row);
        }
        List<String> heads = new ArrayList<>(List.of("from=From"));
        if (in.of() == Of.PAIRS) heads.add("to=To");
        heads.addAll(List.of("messages=Messages", "over=At most too many", "nodes=Nodes"));
        Result table = Result.table(
                heads,
                lines.values().stream()
                        .sorted(Comparator.<Line>comparingLong(l -> -l.messages)) // else by name, as they are
                        .limit(in.max())
                        .map(l -> l.cells(in.of()))
                        .toList());
        return new Result(merged.text(), List.of(), table.columns(), table.rows());
    }
}
