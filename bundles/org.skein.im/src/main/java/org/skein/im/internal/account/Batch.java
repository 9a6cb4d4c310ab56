package org.skein.im.internal.account;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skein.xmpp.Jid;

/**
 * States loaded together: of those accounts whose turn it is at once. Who has to wait for a turn is loaded alone, so
 * nobody in a batch waits for another's turn, and two batches never for each other. Any thread.
 */
final class Batch<T> {
    private final Map<Jid, CompletableFuture<T>> wanted = new LinkedHashMap<>(); // guarded by this
    private boolean closed; // guarded by this

    /** @return null if it is too late */
    synchronized CompletableFuture<T> add(Jid account) {
        return closed ? null : wanted.computeIfAbsent(account, a -> new CompletableFuture<>());
    }

    /** Loads those that were added; nobody can be added any more. */
    void load(Function<Collection<Jid>, CompletionStage<Map<Jid, T>>> loader) {
        synchronized (this) {
            closed = true;
        }
        if (wanted.isEmpty()) return;
        CompletionStage<Map<Jid, T>> loaded;
        try {
            loaded = loader.apply(List.copyOf(wanted.keySet()));
        } catch (RuntimeException e) {
            loaded = CompletableFuture.failedFuture(e);
        }
        loaded.whenComplete((states, failure) -> wanted.forEach((account, state) -> {
            if (failure == null && states.get(account) != null) state.complete(states.get(account));
            else
                state.completeExceptionally(
                        failure != null ? failure : new IllegalStateException("nothing loaded for " + account));
        }));
    }
}
