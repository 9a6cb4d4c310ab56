package org.skein.adhoc.internal;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads commands run on, none while there are none, and the one that watches their deadlines. */
final class WorkerThreads implements Executor, Delays {
    private static final int MOST = 64;
    private static final int IDLE_SECONDS = 30;

    private final AtomicInteger number = new AtomicInteger();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    /** After the end nothing is due any more. */
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, this::thread, new ThreadPoolExecutor.DiscardPolicy());

    WorkerThreads() {
        timer.setRemoveOnCancelPolicy(true);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "skein-command-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @Override
    public AutoCloseable schedule(Runnable task, Duration delay) {
        ScheduledFuture<?> due = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    void close() {
        threads.shutdownNow();
        timer.shutdownNow();
    }
}
