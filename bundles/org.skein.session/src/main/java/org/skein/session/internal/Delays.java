package org.skein.session.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs things later, and gives up on a database that does not answer. */
interface Delays {
    /** How long a message may wait for the database before its sender gets an error (CLUSTER 10). */
    Duration STORAGE_PATIENCE = Duration.ofSeconds(5);

    AutoCloseable schedule(Runnable task, Duration delay);

    /** The stage's answer, or a failure after {@link #STORAGE_PATIENCE}. */
    default <T> CompletionStage<T> limited(CompletionStage<T> stage) {
        if (stage instanceof CompletableFuture<T> f
                && f.getClass() == CompletableFuture.class // others may not say whether they are done
                && f.isDone()) return stage;
        CompletableFuture<T> limited = new CompletableFuture<>();
        AutoCloseable timeout = schedule(
                () -> limited.completeExceptionally(new StorageException("no answer in " + STORAGE_PATIENCE)),
                STORAGE_PATIENCE);
        stage.whenComplete((result, failure) -> {
            cancel(timeout);
            if (failure == null) limited.complete(result);
            else limited.completeExceptionally(failure);
        });
        return limited;
    }

    /** Timers that end together wake a thread once, and a waking costs more than what most of them do. */
    long STEP_NANOS = Duration.ofMillis(100).toNanos();

    /** The delay from {@code now}, in ns, until the next step after it. */
    static Duration stepped(Duration delay, long now) {
        long after = delay.toNanos();
        return Duration.ofNanos(after + Math.floorMod(-(now + after), STEP_NANOS));
    }

    /** Cancels a timer; null is none. */
    static void cancel(AutoCloseable timer) {
        if (timer == null) return;
        try {
            timer.close();
        } catch (Exception e) {
            LOG.warn("what=timer_not_cancelled", e);
        }
    }

    Logger LOG = LoggerFactory.getLogger(Delays.class);
}
