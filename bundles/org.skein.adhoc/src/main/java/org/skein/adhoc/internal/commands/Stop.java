package org.skein.adhoc.internal.commands;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stop of this node that is planned, if one is. It is forgotten with this bundle. */
@Component(service = Stop.class)
public final class Stop {
    private static final Logger log = LoggerFactory.getLogger(Stop.class);
    private static final Duration LEAST = Duration.ofSeconds(1); // so that the command is answered

    private final ScheduledExecutorService timer;
    private final Runnable stopNode;
    private ScheduledFuture<?> planned; // guarded by this

    @Activate
    public Stop(BundleContext context) {
        this(() -> stop(context), timer());
    }

    /** For tests. */
    Stop(Runnable stopNode, ScheduledExecutorService timer) {
        this.stopNode = stopNode;
        this.timer = timer;
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread t = new Thread(task, "skein-stop");
            t.setDaemon(true);
            return t;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** As a signal does it: all bundles are stopped in their order, sessions are saved. Comes back at once. */
    private static void stop(BundleContext context) {
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            log.error("what=node_not_stopped", e);
        }
    }

    /** @return how long it still takes where one is planned already; then nothing changes */
    synchronized Optional<Duration> in(Duration delay) {
        if (planned != null && !planned.isDone()) {
            return Optional.of(Duration.ofSeconds(Math.max(0, planned.getDelay(TimeUnit.SECONDS))));
        }
        long ms = Math.max(LEAST.toMillis(), delay.toMillis());
        log.warn("what=node_stop_planned in_ms={}", ms);
        planned = timer.schedule(stopNode, ms, TimeUnit.MILLISECONDS);
        return Optional.empty();
    }

    /** @return whether one was planned */
    synchronized boolean cancel() {
        boolean cancelled = planned != null && planned.cancel(false);
        planned = null;
        if (cancelled) log.warn("what=node_stop_cancelled");
        return cancelled;
    }

    @Deactivate
    void deactivate() {
        cancel();
        timer.shutdown();
    }
}
