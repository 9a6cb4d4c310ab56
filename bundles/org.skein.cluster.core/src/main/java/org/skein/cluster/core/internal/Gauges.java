package org.skein.cluster.core.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.skein.api.monitor.Metrics;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkStats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures of the cluster as this node sees it. */
final class Gauges {
    private static final Logger log = LoggerFactory.getLogger(Gauges.class);

    private Gauges() {}

    static List<AutoCloseable> of(Metrics metrics, Supplier<Optional<ClusterMember>> member) {
        return List.of(
                metrics.gauge(
                        "cluster.members",
                        "Nodes in the view, this one included; 0 outside",
                        of(
                                member,
                                m -> m.view().epoch() == 0
                                        ? 0
                                        : m.view().members().size())),
                metrics.gauge(
                        "cluster.epoch",
                        "Number of the view",
                        of(member, m -> m.view().epoch())),
                metrics.gauge("cluster.serving", "1 while this node may serve", of(member, m -> m.isServing() ? 1 : 0)),
                metrics.gauge(
                        "cluster.links",
                        "Other members this node is linked with",
                        of(
                                member,
                                m -> m.others().stream()
                                        .filter(id -> m.endpoint()
                                                .map(e -> e.link(id).linked())
                                                .orElse(false))
                                        .count())),
                metrics.gauge(
                        "cluster.frames.out", "Frames sent on the links of now", sum(member, LinkStats::framesOut)),
                metrics.gauge(
                        "cluster.frames.in", "Frames received on the links of now", sum(member, LinkStats::framesIn)),
                metrics.gauge("cluster.bytes.out", "Bytes sent on the links of now", sum(member, LinkStats::bytesOut)),
                metrics.gauge(
                        "cluster.bytes.in", "Bytes received on the links of now", sum(member, LinkStats::bytesIn)),
                metrics.gauge(
                        "cluster.queue.bytes",
                        "Bytes that wait to be sent or confirmed, all links",
                        sum(member, LinkStats::queuedBytes)),
                metrics.gauge(
                        "cluster.roundtrip.us",
                        "Slowest link's last round trip in microseconds",
                        of(
                                member,
                                m -> stats(m, s -> s.roundTripNanos() / 1000).stream()
                                        .mapToLong(Long::longValue)
                                        .max()
                                        .orElse(0))));
    }

    private static LongSupplier of(Supplier<Optional<ClusterMember>> member, ToLongFunction<ClusterMember> value) {
        return () -> member.get().map(value::applyAsLong).orElse(0L);
    }

    private static LongSupplier sum(Supplier<Optional<ClusterMember>> member, ToLongFunction<LinkStats> value) {
        return of(
                member,
                m -> stats(m, s -> value.applyAsLong(s)).stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    private static List<Long> stats(ClusterMember m, Function<LinkStats, Long> value) {
        Optional<Endpoint> endpoint = m.endpoint();
        if (endpoint.isEmpty()) return List.of();
        List<NodeId> others = m.others();
        return others.stream()
                .map(id -> endpoint.get().stats(id))
                .filter(s -> s != null)
                .map(value)
                .toList();
    }

    static void close(List<AutoCloseable> gauges) {
        for (AutoCloseable gauge : gauges) {
            try {
                gauge.close();
            } catch (Exception e) { // AutoCloseable declares it
                log.debug("what=gauge_not_closed", e);
            }
        }
    }
}
