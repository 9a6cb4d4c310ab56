package org.skein.monitor.internal;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Component;
import org.skein.api.monitor.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the figures of this node in memory. */
@Component
public final class NodeMetrics implements Metrics {
    private static final Logger log = LoggerFactory.getLogger(NodeMetrics.class);

    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();

    @Override
    public LongAdder counter(String name, String description) {
        return counters.computeIfAbsent(name, n -> new LongAdder());
    }

    @Override
    public AutoCloseable gauge(String name, String description, LongSupplier value) {
        gauges.put(name, value);
        return () -> gauges.remove(name, value);
    }

    @Override
    public SortedMap<String, Long> snapshot() {
        SortedMap<String, Long> figures = new TreeMap<>();
        counters.forEach((name, counter) -> figures.put(name, counter.sum()));
        gauges.forEach((name, value) -> {
            try {
                figures.put(name, value.getAsLong());
            } catch (RuntimeException broken) {
                log.debug("what=gauge_failed name={}", name, broken);
            }
        });
        return Collections.unmodifiableSortedMap(figures);
    }
}
