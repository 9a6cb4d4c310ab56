package org.skein.im.internal.account;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.skein.xmpp.Jid;

/** Asynchronous tasks of one account run one after the other, in the order given; those of others beside them. */
final class Turns {
    private final ConcurrentHashMap<Jid, CompletableFuture<?>> last = new ConcurrentHashMap<>();

    /** The task may run at once on the caller's thread, or later on the thread that ended the task before it. */
    <T> CompletionStage<T> take(Jid account, Supplier<CompletionStage<T>> task) {
        CompletableFuture<T> turn = new CompletableFuture<>();
        CompletableFuture<?> before = last.put(account, turn);
        if (before == null) {
            run(account, task, turn);
        } else {
            before.whenComplete((ended, failure) -> run(account, task, turn));
        }
        return turn;
    }

    private <T> void run(Jid account, Supplier<CompletionStage<T>> task, CompletableFuture<T> turn) {
        CompletionStage<T> stage;
        try {
            stage = task.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((value, failure) -> {
            last.remove(account, turn);
            if (failure == null) {
                turn.complete(value);
            } else {
                turn.completeExceptionally(failure);
            }
        });
    }
}
