package org.skein.cluster.core.internal;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;
import org.skein.xmpp.Jid;

/** What of {@code cluster:*} is for the console only: it shows how things go on, live, or what this node alone knows. */
@Component(
        service = ClusterCommands.class,
        immediate = true, // else made anew for each command
        property = {
            "osgi.command.scope=cluster",
            "osgi.command.function=links",
            "osgi.command.function=view",
            "osgi.command.function=where",
            "osgi.command.function=trace",
            "osgi.command.function=drain",
            "osgi.command.function=__nodes",
            "osgi.command.function=__users"
        })
public final class ClusterCommands {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration TRACE_RENEWED = Duration.ofSeconds(2);
    private static final Duration TRACE_AT_MOST = Duration.ofHours(1);
    private static final int TRACE_LINES_WAITING = 2000;

    private final ClusterComponent cluster;
    private final Operations operations;

    @Activate
    public ClusterCommands(@Reference ClusterComponent cluster, @Reference Operations operations) {
        this.cluster = cluster;
        this.operations = operations;
    }

    @Descriptor("shows this node's links to the other nodes, with their figures")
    public String links() {
        ClusterMember m = memberOrFail();
        Table table = new Table(
                "NODE",
                "LINK",
                "FRAMES OUT",
                "FRAMES IN",
                "BYTES OUT",
                "BYTES IN",
                "QUEUE",
                "ROUND TRIP",
                "MADE ANEW",
                "HEARD",
                "SECURITY");
        Endpoint endpoint = m.endpoint().orElseThrow(() -> new IllegalStateException("the links are closed"));
        long now = System.nanoTime();
        for (NodeId id : m.others()) {
            LinkState link = endpoint.link(id);
            LinkStats s = endpoint.stats(id);
            table.row(
                    id.name(),
                    link.linked() ? "up" : link.dead() ? "dead" : "down",
                    s.framesOut(),
                    s.framesIn(),
                    s.bytesOut(),
                    s.bytesIn(),
                    Amounts.bytes(s.queuedBytes()),
                    s.roundTripNanos() == 0 ? "-" : Amounts.millis(s.roundTripNanos()),
                    s.reconnects(),
                    link.heardNanos() == 0
                            ? "never"
                            : Amounts.age(TimeUnit.NANOSECONDS.toMillis(now - link.heardNanos())),
                    s.security());
        }
        return table.toString();
    }

    @Descriptor("shows the view: who is a member, as this node has it installed")
    public String view() {
        ClusterMember m = memberOrFail();
        View view = m.view();
        StringBuilder text = new StringBuilder();
        text.append("epoch     ").append(view.epoch());
        text.append("\nlevel     ").append(view.level());
        text.append("\nserving   ").append(m.isServing() ? "yes" : "no");
        text.append("\ndatabase  ").append(m.databaseAnswers() ? "answers" : "does not answer");
        m.participation()
                .ifPresent(p -> text.append("\nclock     the database's is ")
                        .append(p.databaseClockOffsetMillis())
                        .append(" ms ahead"));
        for (Member member : view.members()) {
            text.append("\nmember    ")
                    .append(member.id())
                    .append("  ")
                    .append(member.state().name().toLowerCase(Locale.ROOT))
                    .append("  level ")
                    .append(member.level());
        }
        return text.toString();
    }

    @Descriptor("tells at which nodes a user is online, asking all of them")
    public String where(@Descriptor("address of the user") String jid) throws Exception {
        Jid address = Jid.of(jid);
        Table table = new Table("NODE", "ADDRESS", "OVER", "PRESENCE", "SINCE");
        Cluster now = operations.cluster();
        int found = add(table, now.self().name(), operations.where(address));
        Map<NodeId, Peers.Reply> replies = operations.where(address, DEADLINE);
        StringBuilder missing = new StringBuilder();
        for (Map.Entry<NodeId, Peers.Reply> e : replies.entrySet()) {
            if (e.getValue().isAnswered()) {
                found += add(table, e.getKey().name(), new String(e.getValue().payload(), StandardCharsets.UTF_8));
            } else {
                missing.append("\nno answer from ")
                        .append(e.getKey().name())
                        .append(": ")
                        .append(e.getValue().error());
            }
        }
        return (found == 0 ? address + " is online nowhere" : table.toString()) + missing;
    }

    private static int add(Table table, String node, String lines) {
        if (lines.isEmpty()) return 0;
        int count = 0;
        for (String line : lines.split("\n")) {
            String[] f = line.split("\t");
            if (f.length < 4) continue;
            Duration since = Duration.between(Instant.ofEpochMilli(Long.parseLong(f[3])), Instant.now());
            table.row(node, f[0], f[1], f[2], Amounts.age(since));
            count++;
        }
        return count;
    }

    @Descriptor("follows a user's stanzas on all nodes, live, until Ctrl-C; what people wrote is not shown")
    public void trace(
            CommandSession session,
            @Descriptor("ends after so many lines") @Parameter(names = "--lines", absentValue = "0") int lines,
            @Descriptor("address of the user") String jid)
            throws Exception {
        PrintStream out = session.getConsole();
        Jid account = Jid.of(jid).bare();
        String id = UUID.randomUUID().toString();
        BlockingQueue<String> waiting = new ArrayBlockingQueue<>(TRACE_LINES_WAITING);
        LongAdder lost = new LongAdder();
        Operations.TraceListener listener = (node, line) -> {
            String[] f = line.split("\t", 3);
            String text = f.length < 3
                    ? node + "  " + line
                    : String.format("%-12s  %-16s  %-24s  %s", f[0], node, f[1], f[2]);
            if (!waiting.offer(text)) lost.increment();
        };
        Set<String> silent = new TreeSet<>();
        long end = System.nanoTime() + TRACE_AT_MOST.toNanos();
        int shown = 0;
        try {
            long renew = 0;
            while (System.nanoTime() < end && (lines <= 0 || shown < lines) && !out.checkError()) {
                if (System.nanoTime() - renew >= 0) {
                    renew(id, account, listener, silent, out);
                    renew = System.nanoTime() + TRACE_RENEWED.toNanos();
                }
                String line = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (line == null) continue;
                out.println(line);
                shown++;
                long missed = lost.sumThenReset();
                if (missed > 0) out.println(missed + " more not shown");
            }
        } catch (InterruptedException ctrlC) {
            out.println("ended");
        } finally {
            operations.traceEnd(id);
        }
    }

    private void renew(String id, Jid account, Operations.TraceListener listener, Set<String> silent, PrintStream out)
            throws Exception {
        operations.trace(id, account, listener, TRACE_RENEWED).forEach((node, reply) -> {
            if (!reply.isAnswered() && silent.add(node.name())) {
                out.println("nothing from " + node.name() + ": " + reply.error());
            }
        });
    }

    @Descriptor("takes this node out for maintenance: its users go to other nodes, then it leaves the cluster")
    public String drain(
            CommandSession session,
            @Descriptor("streams closed in a second; 0 = all at once") @Parameter(names = "--rate", absentValue = "")
                    String rate)
            throws Exception {
        return drain(session, rate, operations.cluster().self().name());
    }

    @Descriptor("takes a node out for maintenance")
    public String drain(
            CommandSession session,
            @Descriptor("streams closed in a second; 0 = all at once") @Parameter(names = "--rate", absentValue = "")
                    String rate,
            @Descriptor("name of the node") String node)
            throws Exception {
        if (!rate.isEmpty() && !rate.matches("[0-9]{1,7}")) {
            throw new IllegalArgumentException("--rate takes a number of streams in a second, found '" + rate + "'");
        }
        ClusterMember m = memberOrFail();
        NodeId id = m.view()
                .member(node)
                .map(Member::id)
                .orElseThrow(() -> new IllegalArgumentException("no member '" + node + "'; there are " + __nodes()));
        boolean here = id.equals(m.self());
        PrintStream out = session.getConsole();
        String progress = here ? operations.drainHere(rate) : operations.drain(id, rate, DEADLINE);
        out.println(progress);
        while (here ? !operations.isDrained() : m.view().contains(id)) {
            if (operations.awaitDrained(Duration.ofSeconds(1)) && here) break;
            String next;
            try {
                next = here ? operations.progressHere() : operations.progress(id, DEADLINE);
            } catch (IllegalStateException gone) {
                if (!m.view().contains(id)) break;
                throw gone;
            }
            if (!next.equals(progress)) out.println(next);
            progress = next;
        }
        return node + " is drained and leaves; 'cluster:join' there or a restart brings it back";
    }

    /** For completion. */
    public List<String> __nodes() {
        return cluster.member()
                .map(m -> m.view().members().stream().map(x -> x.id().name()).toList())
                .orElse(List.of());
    }

    /** For completion: those on this node. */
    public List<String> __users() {
        Sessions here = cluster.sessions;
        if (here == null) return List.of();
        return here.all().stream()
                .map(session -> session.jid().bare().toString())
                .distinct()
                .sorted()
                .toList();
    }

    private ClusterMember memberOrFail() {
        return cluster.member().orElseThrow(() -> new IllegalStateException(Standings.of(cluster)));
    }
}
