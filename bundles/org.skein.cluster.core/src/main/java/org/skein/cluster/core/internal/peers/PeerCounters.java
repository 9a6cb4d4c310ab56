package org.skein.cluster.core.internal.peers;

import java.util.concurrent.atomic.LongAdder;
import org.skein.api.monitor.Metrics;

/** What is counted of messages between nodes. */
public record PeerCounters(
        LongAdder unheard, LongAdder garbage, LongAdder handlerFailures, LongAdder notMember, LongAdder timeouts) {
    public static PeerCounters of(Metrics metrics) {
        return new PeerCounters(
                metrics.counter("cluster.peers.unheard", "Messages and requests of channels nobody hears here"),
                metrics.counter("cluster.peers.garbage", "Messages of other nodes that could not be read"),
                metrics.counter("cluster.peers.failed", "Messages a handler threw at"),
                metrics.counter("cluster.peers.no.member", "Messages to nodes that are no members, dropped"),
                metrics.counter("cluster.peers.timeouts", "Requests other nodes did not answer in time"));
    }

    public static PeerCounters unseen() {
        return new PeerCounters(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }
}
