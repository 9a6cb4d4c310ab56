package org.skein.cluster.transport.netty.internal;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Growing waits with jitter: the first within 50 ms, none over 250 ms for the first seconds (a joiner is refused until
 * the others have read its row), none over a second.
 */
final class Backoff {
    private static final long FIRST_MS = 25;
    private static final long EARLY_MS = 250;
    private static final long LAST_MS = 1000;
    private static final int EARLY = 25;

    private long next = FIRST_MS;
    private int attempts;

    long nextMs() {
        long now = next;
        next = Math.min(++attempts < EARLY ? EARLY_MS : LAST_MS, now * 2);
        return now / 2 + ThreadLocalRandom.current().nextLong(now / 2 + 1);
    }

    void reset() {
        next = FIRST_MS;
        attempts = 0;
    }
}
