package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.Result;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;

/** {@code cluster:nodes}: as the database has them, and as this node sees its links to them. */
@Component(service = Action.class)
@Command(
        name = "cluster:nodes",
        title = "Lists the nodes of the cluster, and those that want to be in it",
        idempotent = true)
public final class ListNodes implements Action<Action.Nothing> {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final List<String> HEADS = List.of(
            "node=Node",
            "state=State",
            "epoch=Epoch",
            "version=Version",
            "strategy=Strategy",
            "sessions=Sessions",
            "cpu=CPU",
            "memory=Memory",
            "link=Link",
            "round-trip=Round trip",
            "queue=Queue",
            "seen=Seen");

    private final ClusterComponent cluster;

    @Activate
    public ListNodes(@Reference ClusterComponent cluster) {
        this.cluster = cluster;
    }

    @Override
    public Class<Nothing> input() {
        return Nothing.class;
    }

    @Override
    public CompletionStage<Result> run(Nothing in, Call call) {
        Optional<ClusterMember> found = cluster.member();
        if (found.isEmpty()) return Result.later(Result.text("alone: " + Standings.of(cluster)));
        ClusterMember m = found.get();
        Map<NodeId, Membership.Row> rows;
        try {
            rows = rows(m);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            rows = Map.of();
        }
        Set<NodeId> ids = new TreeSet<>(m.view().ids());
        ids.add(m.self());
        ids.addAll(rows.keySet());
        List<List<String>> table = new ArrayList<>();
        for (NodeId id : ids) table.add(cells(m, id, Optional.ofNullable(rows.get(id))));
        Result nodes = Result.table(HEADS, table);
        return Result.later(new Result(Standings.of(cluster), nodes.values(), nodes.columns(), nodes.rows()));
    }

    private static Map<NodeId, Membership.Row> rows(ClusterMember m) throws InterruptedException {
        Optional<Membership.Participation> p = m.participation();
        if (p.isEmpty()) return Map.of();
        Map<NodeId, Membership.Row> rows = new HashMap<>();
        try {
            p.get()
                    .rows()
                    .toCompletableFuture()
                    .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach(r -> rows.put(r.id(), r));
        } catch (ExecutionException | TimeoutException e) {
            return Map.of(); // the database does not answer; the view is known without it
        }
        return rows;
    }

    private static List<String> cells(ClusterMember m, NodeId id, Optional<Membership.Row> row) {
        View view = m.view();
        Optional<Member> member = view.epoch() == 0 ? Optional.empty() : view.member(id);
        boolean self = id.equals(m.self());
        Optional<Endpoint> endpoint = m.endpoint();
        LinkState link = endpoint.map(e -> e.link(id)).orElse(LinkState.NONE);
        LinkStats stats = self ? null : endpoint.map(e -> e.stats(id)).orElse(null);
        String state =
                member.map(x -> x.state().name().toLowerCase(Locale.ROOT)).orElse("outside");
        return List.of(
                id.name() + (self ? " *" : ""),
                self && member.isPresent() && !m.isServing() ? state + ", no permit" : state,
                self ? Long.toString(view.epoch()) : link.echoedEpoch() < 0 ? "-" : Long.toString(link.echoedEpoch()),
                row.map(Membership.Row::version).orElse("-"),
                row.map(r -> r.figures().strategy()).orElse("-"),
                row.map(r -> String.valueOf(r.figures().sessions())).orElse("-"),
                row.map(r -> Amounts.percent(r.figures().cpu())).orElse("-"),
                row.map(r -> Amounts.percent(r.figures().memory())).orElse("-"),
                self ? "-" : link.linked() ? "up" : link.dead() ? "dead" : "down",
                stats == null || stats.roundTripNanos() == 0 ? "-" : Amounts.millis(stats.roundTripNanos()),
                stats == null ? "-" : Amounts.bytes(stats.queuedBytes()),
                row.map(r -> Amounts.age(r.ageMillis())).orElse("-"));
    }
}
