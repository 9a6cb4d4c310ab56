package org.skein.cluster.membership.db.internal;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Incarnations unique for ever without asking anybody: time and chance. They rise within one process whatever the clock does. */
final class Incarnations {
    private static final int RANDOM_BITS = 20;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong LAST = new AtomicLong();

    private Incarnations() {}

    static long next() {
        long now = System.currentTimeMillis() << RANDOM_BITS | RANDOM.nextInt(1 << RANDOM_BITS);
        return LAST.updateAndGet(last -> Math.max(last + 1, now));
    }
}
