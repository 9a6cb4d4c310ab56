package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Who waits until no member believes in an earlier placement of this node's than a certain one. Any thread. */
final class Acknowledgements {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private record Waiting(long number, CompletableFuture<Void> done) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private long reached = -1;

    synchronized CompletionStage<Void> reached(long number) {
        if (number <= reached) return DONE;
        CompletableFuture<Void> done = new CompletableFuture<>();
        waiting.add(new Waiting(number, done));
        return done;
    }

    /** All members have acknowledged that number, or are gone, or have no directory. */
    void all(long number) {
        List<Waiting> due;
        synchronized (this) {
            reached = Math.max(reached, number);
            due = waiting.stream().filter(w -> w.number <= reached).toList();
            waiting.removeAll(due);
        }
        due.forEach(w -> w.done.complete(null));
    }
}
