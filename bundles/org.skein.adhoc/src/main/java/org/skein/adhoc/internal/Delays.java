package org.skein.adhoc.internal;

import java.time.Duration;

/** Runs something later; closing what it answers takes it back. */
@FunctionalInterface
public interface Delays {
    AutoCloseable schedule(Runnable task, Duration delay);
}
