package org.skein.router.internal;

import java.util.concurrent.atomic.LongAdder;
import org.skein.api.monitor.Metrics;

/** What the router counts; without {@link Metrics} the counts are kept for nobody. */
record Counters(LongAdder routed, LongAdder refused, LongAdder dropped, LongAdder componentErrors) {
    Counters() {
        this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }

    static Counters of(Metrics metrics) {
        return new Counters(
                metrics.counter("router.stanzas", "Stanzas routed"),
                metrics.counter("router.stanzas.refused", "Stanzas answered with an error because nobody takes them"),
                metrics.counter("router.stanzas.dropped", "Results, errors and presence nobody waits for"),
                metrics.counter("router.components.errors", "Stanzas a component failed on"));
    }
}
