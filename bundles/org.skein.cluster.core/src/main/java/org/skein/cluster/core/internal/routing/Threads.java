package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time: delays by a timer, a daemon thread for each strategy, which ends when it has nothing to do. */
public final class Threads implements Clockwork {
    private static final Logger log = LoggerFactory.getLogger(Threads.class);
    private static final long IDLE_SECONDS = 5;

    private final ScheduledExecutorService timer;

    public Threads(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    @Override
    public Pending after(Duration delay, Runnable task) {
        try {
            Future<?> due = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        } catch (RejectedExecutionException stopping) {
            log.trace("what=stopping", stopping);
            return () -> {};
        }
    }

    @Override
    public Worker worker(String name) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return new PoolWorker(executor);
    }

    private record PoolWorker(ExecutorService executor) implements Worker {
        @Override
        public void execute(Runnable task) {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException ended) {
                log.trace("what=strategy_ended", ended);
            }
        }

        @Override
        public void end() {
            executor.shutdown();
        }

        @Override
        public void interrupt() {
            executor.shutdownNow();
        }
    }
}
