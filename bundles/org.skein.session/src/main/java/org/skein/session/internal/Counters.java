package org.skein.session.internal;

import java.util.concurrent.atomic.LongAdder;
import org.skein.api.monitor.Metrics;

/** What sessions count; without {@link Metrics} the counts are kept for nobody. */
record Counters(
        LongAdder received,
        LongAdder sent,
        LongAdder dropped,
        LongAdder refused,
        LongAdder offline,
        LongAdder parked,
        LongAdder bound,
        LongAdder resumed,
        LongAdder processorErrors,
        LongAdder clusterMessages,
        LongAdder clusterFrames) {
    Counters() {
        this(
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder(),
                new LongAdder());
    }

    static Counters of(Metrics metrics) {
        return new Counters(
                metrics.counter("session.stanzas.received", "Stanzas received from clients"),
                metrics.counter("session.stanzas.sent", "Stanzas given to clients"),
                metrics.counter("session.stanzas.dropped", "Presence, results and errors for nobody"),
                metrics.counter("session.stanzas.refused", "Stanzas answered with an error"),
                metrics.counter("session.messages.offline", "Messages stored for users who are offline"),
                metrics.counter("session.messages.parked", "Messages stored because a client did not confirm them"),
                metrics.counter("session.bound", "Resources bound"),
                metrics.counter("session.resumed", "Streams resumed"),
                metrics.counter("session.processors.errors", "Processors that failed"),
                metrics.counter("session.cluster.messages", "Messages to accounts taken from clients in a cluster"),
                metrics.counter("session.cluster.frames", "Frames to other nodes for those messages"));
    }
}
