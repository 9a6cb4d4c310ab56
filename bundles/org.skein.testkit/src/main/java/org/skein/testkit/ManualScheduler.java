package org.skein.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Event loops and a clock that stand still until a test moves them, all in the test's own thread: what real loops do at
 * the same time happens here in an order the test (or a seed) chooses.
 */
public final class ManualScheduler {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Loop> loops = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.<Timer>comparingLong(t -> t.at).thenComparingLong(t -> t.number));
    private long nanos;
    private long timersMade;
    private Loop current;

    /** A new event loop. */
    public Loop loop() {
        Loop loop = new Loop();
        loops.add(loop);
        return loop;
    }

    /** Virtual time since the start. */
    public long nanos() {
        return nanos;
    }

    public Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return START.plusNanos(nanos);
            }
        };
    }

    /** Runs tasks of all loops until none is left. Time stands still. */
    public void runAll() {
        boolean any = true;
        while (any) {
            any = false;
            for (int i = 0; i < loops.size(); i++) {
                any |= loops.get(i).runOne();
            }
        }
    }

    /** Runs one task of a loop chosen by {@code random}; false if there is none. */
    public boolean runOne(Random random) {
        int busy = 0;
        for (Loop loop : loops) if (!loop.tasks.isEmpty()) busy++;
        if (busy == 0) return false;
        int nth = random.nextInt(busy);
        for (Loop loop : loops) {
            if (!loop.tasks.isEmpty() && nth-- == 0) return loop.runOne();
        }
        return false;
    }

    /** Lets time pass; what falls due is queued at its loop, and nothing runs. */
    public void pass(Duration time) {
        long until = nanos + time.toNanos();
        while (!timers.isEmpty() && timers.peek().at <= until) due();
        nanos = until;
    }

    private void due() {
        Timer t = timers.poll();
        nanos = t.at;
        if (!t.cancelled) t.loop.execute(t.task);
    }

    /** Lets time pass, running what falls due in its order. */
    public void advance(Duration time) {
        long until = nanos + time.toNanos();
        runAll();
        while (!timers.isEmpty() && timers.peek().at <= until) {
            due();
            runAll();
        }
        nanos = until;
    }

    /** Timers not yet due or cancelled. */
    public int pendingTimers() {
        return (int) timers.stream().filter(t -> !t.cancelled).count();
    }

    /** One event loop. */
    public final class Loop implements Executor {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean stopped;

        private Loop() {}

        @Override
        public void execute(Runnable task) {
            if (!stopped) tasks.add(task);
        }

        public boolean inLoop() {
            return current == this;
        }

        /** Nothing runs here any more, now or later: the process it belongs to has died. */
        public void stop() {
            stopped = true;
            tasks.clear();
        }

        /** Runs a task now as this loop. */
        public void run(Runnable task) {
            Loop before = current;
            current = this;
            try {
                task.run();
            } finally {
                current = before;
            }
        }

        /** Runs the next queued task; false if there is none. */
        public boolean runOne() {
            Runnable task = tasks.poll();
            if (task == null) return false;
            run(task);
            return true;
        }

        public AutoCloseable schedule(Runnable task, Duration delay) {
            Timer timer = new Timer(this, task, nanos + delay.toNanos(), timersMade++);
            timers.add(timer);
            return () -> {
                timer.cancelled = true;
                timers.remove(timer);
            };
        }
    }

    private static final class Timer {
        private final Loop loop;
        private final Runnable task;
        private final long at;
        private final long number;
        private boolean cancelled;

        Timer(Loop loop, Runnable task, long at, long number) {
            this.loop = loop;
            this.task = task;
            this.at = at;
            this.number = number;
        }
    }
}
