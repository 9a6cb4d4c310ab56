package org.skein.cluster.strategy.online.internal;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A session that is bound when every node that must know of it knows. Counted with the lock of {@link Own} held. */
final class Confirmation {
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private int open = 1; // the event itself, until all nodes are asked

    void await() {
        open++;
    }

    /** One less is waited for. @param over takes it if that was the last, to {@link #complete} without the lock */
    void confirmed(Collection<Confirmation> over) {
        if (--open == 0) over.add(this);
    }

    static void complete(List<Confirmation> over) {
        over.forEach(c -> c.known.complete(null));
    }

    static CancellationException reason() {
        return new CancellationException("the strategy was stopped");
    }

    /** It fails: whether all nodes know is not known. */
    void stopped() {
        known.completeExceptionally(reason());
    }

    CompletionStage<Void> known() {
        return known;
    }
}
