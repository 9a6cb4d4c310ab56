package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import org.skein.testkit.ManualScheduler;

/** Time and threads of a {@link ManualScheduler}. */
final class ManualClockwork implements Clockwork {
    private final ManualScheduler scheduler;
    private final ManualScheduler.Loop timer;

    ManualClockwork(ManualScheduler scheduler) {
        this.scheduler = scheduler;
        this.timer = scheduler.loop();
    }

    @Override
    public Pending after(Duration delay, Runnable task) {
        AutoCloseable due = timer.schedule(task, delay);
        return () -> {
            try {
                due.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    @Override
    public Worker worker(String name) {
        ManualScheduler.Loop loop = scheduler.loop();
        return new Worker() {
            private boolean ended;

            @Override
            public void execute(Runnable task) {
                if (!ended) loop.execute(task);
            }

            @Override
            public void end() {
                ended = true;
            }

            @Override
            public void interrupt() {
                loop.stop();
            }
        };
    }
}
