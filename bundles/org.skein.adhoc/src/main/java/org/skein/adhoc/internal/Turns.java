package org.skein.adhoc.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Lets commands begin one by one, so that a thousand at once do not crowd out what users say. A few may begin together; after
 * that one in so many {@link #TURN}s as it runs on nodes. It is the beginnings that are counted: nobody waits for a slow
 * command to end, and whoever sends the next command as soon as the last is answered gets no more than others.
 */
final class Turns {
    static final int TOGETHER = 16;
    /** Turns: half a minute, which whoever waits for an answer adds to the deadline. */
    static final int WAITING = 6000;

    static final Duration TURN = Duration.ofMillis(5);

    private final Delays delays;
    private final Deque<Waiting> waiting = new ArrayDeque<>(); // guarded by this
    private int free = TOGETHER; // guarded by this; turns; below 0 while those of a command over many nodes pass
    private int due; // guarded by this; turns of all that wait
    private boolean isBeginning; // guarded by this; one thread begins what waits, in a loop

    private record Waiting(Runnable begin, int turns) {}

    Turns(Delays delays) {
        this.delays = delays;
    }

    /**
     * Begins it when it is its turn, on the thread that finds out.
     *
     * @param turns it takes
     * @param run must not block
     * @param refused answers instead if too many wait
     */
    <T> CompletionStage<T> begin(int turns, Supplier<CompletionStage<T>> run, Supplier<CompletionStage<T>> refused) {
        CompletableFuture<T> done = new CompletableFuture<>();
        synchronized (this) {
            if (due + turns > WAITING) return refused.get();
            due += turns;
            waiting.add(new Waiting(() -> begin(run, done), turns));
        }
        beginSome();
        return done;
    }

    private void beginSome() {
        synchronized (this) {
            if (isBeginning) return;
            isBeginning = true;
        }
        while (true) {
            Waiting next;
            boolean isFirst;
            synchronized (this) {
                next = free > 0 ? waiting.poll() : null;
                if (next == null) {
                    isBeginning = false;
                    return;
                }
                isFirst = free == TOGETHER;
                free -= next.turns();
                due -= next.turns();
            }
            if (isFirst) delays.schedule(this::over, TURN);
            next.begin().run();
        }
    }

    /** A turn is over; there is one timer while any of those that may begin together is missing. */
    private void over() {
        boolean isLast;
        synchronized (this) {
            free++;
            isLast = free == TOGETHER;
        }
        if (!isLast) delays.schedule(this::over, TURN);
        beginSome();
    }

    private static <T> void begin(Supplier<CompletionStage<T>> run, CompletableFuture<T> done) {
        try {
            run.get().whenComplete((value, failure) -> {
                if (failure == null) done.complete(value);
                else done.completeExceptionally(failure);
            });
        } catch (Throwable e) { // nothing may end the loop that begins the others
            done.completeExceptionally(e);
        }
    }
}
