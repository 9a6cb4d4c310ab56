package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skein.cluster.core.internal.routing.Clockwork;
import org.skein.testkit.ManualScheduler;

/** Time and threads of one process, by a {@link ManualScheduler}. */
final class ManualClockwork implements Clockwork {
    private final ManualScheduler scheduler;
    private final ManualScheduler.Loop timer;
    private final List<ManualScheduler.Loop> loops = new ArrayList<>();

    ManualClockwork(ManualScheduler scheduler) {
        this.scheduler = scheduler;
        this.timer = loop();
    }

    private ManualScheduler.Loop loop() {
        ManualScheduler.Loop loop = scheduler.loop();
        loops.add(loop);
        return loop;
    }

    /** The process is dead. */
    void kill() {
        loops.forEach(ManualScheduler.Loop::stop);
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
        ManualScheduler.Loop loop = loop();
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
