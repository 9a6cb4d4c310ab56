package org.skein.testkit.cluster;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that stands still until a test moves it: everything happens in the test's own thread, in the order of time. */
public final class VirtualTime implements Timeline {
    private record Event(long at, long number, Runnable task) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final Runnable afterEach;
    private long nanos = 1_000_000_000L;
    private long numbers;

    /** @param afterEach run after each event, such as a check of what must always hold */
    public VirtualTime(Runnable afterEach) {
        this.afterEach = afterEach;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void at(long at, Runnable task) {
        events.add(new Event(Math.max(at, nanos), numbers++, task));
    }

    /** Lets time pass. */
    public void run(long durationNanos) {
        long until = nanos + durationNanos;
        while (!events.isEmpty() && events.peek().at <= until) {
            Event e = events.poll();
            nanos = e.at;
            e.task.run();
            afterEach.run();
        }
        nanos = until;
    }
}
