package org.skein.auth.internal.keys;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.skein.api.storage.StorageException;

/**
 * Where {@link ScramFunctions#hi} runs: as many threads as processors, which end when idle, and a bounded queue. What
 * finds it full is refused at once (PLAIN answers {@code temporary-auth-failure}), so a flood of logins costs neither
 * memory nor the event loops.
 */
@Component(service = PasswordWorkers.class)
public final class PasswordWorkers {
    static final int QUEUE = 1024;

    private final ThreadPoolExecutor executor;

    @Activate
    public PasswordWorkers() {
        this(Runtime.getRuntime().availableProcessors(), QUEUE);
    }

    public PasswordWorkers(int threads, int queue) {
        AtomicInteger n = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, "skein-password-" + n.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Fails with {@link StorageException} (the same call may work later) where too many wait already. */
    public <T> CompletionStage<T> submit(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, executor);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(new StorageException(
                    "too many passwords wait to be checked: "
                            + executor.getQueue().size(),
                    full));
        }
    }

    /** What is queued still answers its stream; a second is enough for that. */
    @Deactivate
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
