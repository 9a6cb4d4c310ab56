package org.skein.im.internal.account;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.skein.xmpp.Jid;

/**
 * A state of many accounts, each in memory while anybody uses it (the session manager, for online accounts), so that two
 * loads never make two copies; changes of one account are made one after the other. What other nodes change is brought in
 * by {@link #ifHeld}: in the account's turn too, so that a load under way cannot leave what is older. Any thread.
 *
 * @param <T> the state
 */
public final class HeldStates<T> {
    private static final class Held<T> extends WeakReference<T> {
        private final Jid account;

        Held(Jid account, T state, ReferenceQueue<T> queue) {
            super(state, queue);
            this.account = account;
        }
    }

    private final Function<Jid, CompletionStage<T>> loader;
    private final Turns turns = new Turns();
    private final ConcurrentHashMap<Jid, Held<T>> held = new ConcurrentHashMap<>();
    private final ReferenceQueue<T> unused = new ReferenceQueue<>();

    /** The last ones loaded, so that a burst to accounts that are offline does not load each time. */
    private final AtomicReferenceArray<T> recent;

    private final AtomicInteger loads = new AtomicInteger();

    /** @param keep how many loaded last are kept in any case */
    public HeldStates(Function<Jid, CompletionStage<T>> loader, int keep) {
        this.loader = loader;
        this.recent = new AtomicReferenceArray<>(keep);
    }

    /** The account is gone; one of the same name begins anew. */
    public void forget(Jid account) {
        held.remove(account);
    }

    /** From memory at once, else loaded behind changes under way. */
    public CompletionStage<T> get(Jid account) {
        T there = inMemory(account);
        return there != null ? CompletableFuture.completedFuture(there) : turns.take(account, () -> current(account));
    }

    /**
     * Those of many, with one call of the loader for all that are not in memory and of which no change is under way.
     *
     * @param loader answers for each account it is asked for
     * @return those there are; who could not be loaded is left out. Never fails
     */
    public CompletionStage<Map<Jid, T>> getAll(
            Collection<Jid> accounts, Function<Collection<Jid>, CompletionStage<Map<Jid, T>>> loader) {
        Map<Jid, T> found = new ConcurrentHashMap<>();
        Batch<T> batch = new Batch<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Jid account : Set.copyOf(accounts)) {
            all.add(turns.take(account, () -> {
                        T there = inMemory(account);
                        if (there != null) return CompletableFuture.completedFuture(there);
                        CompletableFuture<T> together = batch.add(account);
                        return together == null ? current(account) : together.thenApply(state -> keep(account, state));
                    })
                    .thenAccept(state -> found.put(account, state))
                    .exceptionally(failure -> null)
                    .toCompletableFuture());
        }
        batch.load(loader);
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> found);
    }

    /** Gives the state to a change, and lets no other change of this account begin until its stage completes. */
    public <R> CompletionStage<R> inTurn(Jid account, Function<T, CompletionStage<R>> change) {
        return turns.take(account, () -> current(account).thenCompose(change));
    }

    /** The same only if the state is in memory, or just being loaded; else there is nothing to do. */
    public CompletionStage<Void> ifHeld(Jid account, Function<T, CompletionStage<Void>> change) {
        return turns.take(account, () -> {
            T there = inMemory(account);
            return there == null ? CompletableFuture.completedFuture(null) : change.apply(there);
        });
    }

    /** Does something to all that are in memory now, one after the other; failures of one do not stop it. */
    public void all(Function<T, CompletionStage<Void>> change) {
        next(List.copyOf(held.keySet()).iterator(), change);
    }

    private void next(Iterator<Jid> accounts, Function<T, CompletionStage<Void>> change) {
        while (accounts.hasNext()) {
            CompletableFuture<Void> done = ifHeld(accounts.next(), change).toCompletableFuture();
            if (!done.isDone()) {
                done.whenComplete((ok, failure) -> next(accounts, change));
                return;
            }
        }
    }

    /** The state if it is in memory, else null. */
    public T inMemory(Jid account) {
        Held<T> reference = held.get(account);
        return reference == null ? null : reference.get();
    }

    private CompletionStage<T> current(Jid account) {
        T there = inMemory(account);
        if (there != null) {
            return CompletableFuture.completedFuture(there);
        }
        return loader.apply(account).thenApply(state -> keep(account, state));
    }

    private T keep(Jid account, T state) {
        forgetUnused();
        held.put(account, new Held<>(account, state, unused));
        if (recent.length() > 0) {
            recent.set(Math.floorMod(loads.getAndIncrement(), recent.length()), state);
        }
        return state;
    }

    private void forgetUnused() {
        Reference<? extends T> reference;
        while ((reference = unused.poll()) != null) {
            if (reference instanceof Held<?> gone) {
                held.remove(gone.account, gone);
            }
        }
    }
}
