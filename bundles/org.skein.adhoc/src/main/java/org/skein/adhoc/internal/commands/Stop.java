package org.skein.adhoc.internal.commands;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stop of this node that is planned, if one is. It is forgotten with this bundle. */
@Component(service = Stop.class)
public final class Stop {
    private static final Logger log = LoggerFactory.getLogger(Stop.class);
    private static final String RESTART = "(skein.role=restart)"; // of the launcher
    private static final Duration LEAST = Duration.ofSeconds(1); // so that the command is answered

    /** What comes after it. */
    enum Then {
        STAY_AWAY("stops"),
        COME_BACK("restarts");

        private final String words;

        Then(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private final ScheduledExecutorService timer;
    private final Consumer<Then> end;
    private Then then = Then.STAY_AWAY; // guarded by this
    private ScheduledFuture<?> planned; // guarded by this

    @Activate
    public Stop(BundleContext context) {
        this(then -> end(context, then), timer());
    }

    /** For tests. */
    Stop(Consumer<Then> end, ScheduledExecutorService timer) {
        this.end = end;
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
    private static void end(BundleContext context, Then then) {
        try {
            if (then == Then.STAY_AWAY) {
                context.getBundle(0).stop();
                return;
            }
            Iterator<ServiceReference<Runnable>> found =
                    context.getServiceReferences(Runnable.class, RESTART).iterator();
            if (!found.hasNext()) throw new IllegalStateException("the launcher does not know how to restart");
            context.getService(found.next()).run();
        } catch (BundleException | InvalidSyntaxException | IllegalStateException e) {
            log.error("what=node_not_stopped", e);
        }
    }

    /** @return what is planned already; then nothing changes */
    synchronized Optional<String> in(Duration delay, Then next) {
        if (planned != null && !planned.isDone()) {
            long left = Math.max(0, planned.getDelay(TimeUnit.SECONDS));
            return Optional.of(then.words() + " already, in " + left + " s");
        }
        then = next;
        long ms = Math.max(LEAST.toMillis(), delay.toMillis());
        log.warn("what=node_stop_planned in_ms={} then={}", ms, next);
        planned = timer.schedule(() -> end.accept(next), ms, TimeUnit.MILLISECONDS);
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
