package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseWatchTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final List<String> events = new ArrayList<>();
    private boolean answers = true;
    private boolean anotherHasIt = true;
    private final DatabaseWatch watch = new DatabaseWatch(
            () -> answers,
            () -> {
                events.add("asked");
                return CompletableFuture.completedFuture(anotherHasIt);
            },
            () -> events.add("drained"),
            nanos::get);

    private void pass(long seconds) {
        for (long i = 0; i < seconds; i++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            watch.look();
        }
    }

    @Test // CLUSTER 10
    void aNodeThatAloneLacksTheDatabaseDrainsItselfAfterHalfAMinute() {
        pass(10);
        answers = false;
        pass(30);
        assertEquals(List.of(), events);
        pass(1);
        assertEquals(List.of("asked", "drained"), events);
    }

    @Test // CLUSTER 10
    void whereNoNodeHasTheDatabaseItGoesOnAndAsksNowAndThen() {
        answers = false;
        anotherHasIt = false;
        pass(41);
        assertEquals(List.of("asked", "asked", "asked"), events);
    }

    @Test
    void aDatabaseThatIsBackStartsTheTimeAnew() {
        answers = false;
        pass(29);
        answers = true;
        pass(1);
        answers = false;
        pass(30);
        assertEquals(List.of(), events);
    }
}
