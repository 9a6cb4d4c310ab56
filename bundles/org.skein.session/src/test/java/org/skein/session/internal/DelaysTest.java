package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DelaysTest {
    @Test
    void timersEndTogetherAndNeverEarly() {
        for (long now : new long[] {0, 1, 99_999_999, 100_000_000, 123_456_789_012L, -5, Long.MIN_VALUE / 2}) {
            for (long delay : new long[] {1, 1_000_000, 100_000_000, 1_000_000_000, 1_000_000_001}) {
                long stepped = Delays.stepped(Duration.ofNanos(delay), now).toNanos();
                assertTrue(stepped >= delay && stepped < delay + Delays.STEP_NANOS, now + " " + delay + " " + stepped);
                assertEquals(0, Math.floorMod(now + stepped, Delays.STEP_NANOS));
            }
        }
    }
}
