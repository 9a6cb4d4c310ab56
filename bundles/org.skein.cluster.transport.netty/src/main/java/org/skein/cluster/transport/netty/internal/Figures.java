package org.skein.cluster.transport.netty.internal;

import java.util.concurrent.atomic.LongAdder;
import org.skein.api.monitor.Metrics;

/** What the transport counts for operators, over all links. */
record Figures(
        LongAdder framesOut,
        LongAdder framesIn,
        LongAdder bytesOut,
        LongAdder bytesIn,
        LongAdder strangers,
        LongAdder badFrames,
        LongAdder refusedFrames) {
    static Figures of(Metrics metrics) {
        return new Figures(
                metrics.counter("cluster.frames.out", "Messages sent to other nodes"),
                metrics.counter("cluster.frames.in", "Frames received from other nodes"),
                metrics.counter("cluster.bytes.out", "Bytes of messages sent to other nodes, before compression"),
                metrics.counter("cluster.bytes.in", "Bytes received from other nodes"),
                metrics.counter("cluster.connections.refused", "Connections to the cluster port that were turned away"),
                metrics.counter("cluster.frames.bad", "Frames of other nodes that broke the rules"),
                metrics.counter("cluster.frames.refused", "Messages of nodes that are not in the view"));
    }
}
