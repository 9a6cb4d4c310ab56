package org.skein.monitor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private final NodeMetrics metrics = new NodeMetrics();

    @Test
    void theSameNameIsTheSameCounter() {
        metrics.counter("stanzas.dropped", "").increment();
        metrics.counter("stanzas.dropped", "").add(2);
        assertSame(metrics.counter("stanzas.dropped", ""), metrics.counter("stanzas.dropped", ""));
        assertEquals(3L, metrics.snapshot().get("stanzas.dropped"));
    }

    @Test
    void aGaugeIsReadWhenAskedAndGoneWhenClosed() throws Exception {
        long[] value = {1};
        AutoCloseable gauge = metrics.gauge("sessions", "", () -> value[0]);
        value[0] = 7;
        assertEquals(7L, metrics.snapshot().get("sessions"));
        gauge.close();
        assertFalse(metrics.snapshot().containsKey("sessions"));
    }

    @Test
    void closingAGaugeLeavesItsSuccessorAlone() throws Exception {
        AutoCloseable old = metrics.gauge("sessions", "", () -> 1);
        metrics.gauge("sessions", "", () -> 2);
        old.close();
        assertEquals(2L, metrics.snapshot().get("sessions"));
    }

    @Test
    void aGaugeThatThrowsDoesNotHideTheOthers() {
        metrics.gauge("broken", "", () -> {
            throw new IllegalStateException("gone");
        });
        metrics.gauge("fine", "", () -> 5);
        assertEquals(5L, metrics.snapshot().get("fine"));
        assertFalse(metrics.snapshot().containsKey("broken"));
    }
}
