package org.skein.itests.support;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for conditions. The time is only how long a failure takes: a condition that holds is seen at once. */
public final class Await {
    /** Generous, so that a loaded machine fails no test; {@code -Dskein.tests.patience=SECONDS} for a very slow one. */
    public static final Duration LONG = Duration.ofSeconds(Long.getLong("skein.tests.patience", 60));

    private static final long POLL_NANOS = 20_000_000;

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) {
        until(what, LONG, condition, () -> "");
    }

    /** @param details asked for when time is up, and added to the failure */
    public static void until(String what, Duration limit, Callable<Boolean> condition, Supplier<String> details) {
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        do {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(POLL_NANOS);
        } while (System.nanoTime() < end);
        throw new AssertionError(
                "not within " + limit.toSeconds() + " s: " + what + (last == null ? "" : " (" + last + ")")
                        + details.get(),
                last);
    }
}
