package org.skein.testkit.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.skein.api.storage.StorageException;

/** The way to what is in memory: a call takes effect, and its stage completes, when the executor runs it. */
final class Calls {
    private final Executor executor;
    private boolean available = true;
    private boolean answersLost;

    Calls(Executor executor) {
        this.executor = executor;
    }

    synchronized void available(boolean available) {
        this.available = available;
    }

    synchronized boolean isAvailable() {
        return available;
    }

    synchronized void answersLost(boolean lost) {
        this.answersLost = lost;
    }

    <T> CompletionStage<T> call(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                answer.complete(answered(work));
            } catch (RuntimeException refused) {
                answer.completeExceptionally(refused);
            }
        });
        return answer;
    }

    private synchronized <T> T answered(Supplier<T> work) {
        if (!available) throw new StorageException("the test says the database is down");
        T value = work.get();
        if (answersLost) throw new StorageException("the test says the connection broke");
        return value;
    }

    CompletionStage<Void> run(Runnable work) {
        return call(() -> {
            work.run();
            return null;
        });
    }
}
