package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member that alone lacks the database can store nothing for its users: after a while it sends them to nodes that have
 * it (CLUSTER 10). Where no node has it, none is better off, and it goes on.
 */
final class DatabaseWatch {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ASKED_EVERY = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(DatabaseWatch.class);

    private final BooleanSupplier answers;
    private final Supplier<CompletionStage<Boolean>> anotherHasIt;
    private final Runnable drain;
    private final LongSupplier nanos;

    // On one thread.
    private boolean lacking;
    private long since;
    private long nextAsk;

    /**
     * @param answers whether the database answers this node, or this node is in no cluster
     * @param anotherHasIt asks the others
     */
    DatabaseWatch(
            BooleanSupplier answers,
            Supplier<CompletionStage<Boolean>> anotherHasIt,
            Runnable drain,
            LongSupplier nanos) {
        this.answers = answers;
        this.anotherHasIt = anotherHasIt;
        this.drain = drain;
        this.nanos = nanos;
    }

    /** To be called each second or so, by one thread. */
    void look() {
        long now = nanos.getAsLong();
        if (answers.getAsBoolean()) {
            lacking = false;
            return;
        }
        if (!lacking) {
            lacking = true;
            since = now;
            nextAsk = now + PATIENCE.toNanos();
        }
        if (now - nextAsk < 0) return;
        nextAsk = now + ASKED_EVERY.toNanos();
        anotherHasIt.get().thenAccept(another -> {
            if (!another || answers.getAsBoolean()) return;
            log.error(
                    "what=drains_itself reason=\"other nodes reach the database, this one has not for {} s\"",
                    Duration.ofNanos(now - since).toSeconds());
            drain.run();
        });
    }
}
