package org.skein.adhoc.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Lets commands begin a few at a time, so that a thousand at once do not crowd out what users say: while some wait, so many
 * begin in each {@link #TURN}, and whoever waits does so for that, never for a slow one to end.
 */
final class Turns {
    static final int AT_A_TIME = 16;
    static final int WAITING = 2000;
    static final Duration TURN = Duration.ofMillis(100);

    private final Delays delays;
    private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by this
    private int begun; // guarded by this
    private boolean isBeginning; // guarded by this; one thread begins what waits, in a loop

    Turns(Delays delays) {
        this.delays = delays;
    }

    /**
     * Begins it when it is its turn, on the thread that finds out.
     *
     * @param run must not block
     * @param refused answers instead if too many wait
     */
    <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> run, Supplier<CompletionStage<T>> refused) {
        CompletableFuture<T> done = new CompletableFuture<>();
        synchronized (this) {
            if (waiting.size() == WAITING) return refused.get();
            waiting.add(() -> begin(run, done));
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
            Runnable turn;
            synchronized (this) {
                turn = begun < AT_A_TIME ? waiting.poll() : null;
                if (turn == null) {
                    isBeginning = false;
                    return;
                }
                begun++;
            }
            turn.run();
        }
    }

    private <T> void begin(Supplier<CompletionStage<T>> run, CompletableFuture<T> done) {
        AtomicBoolean isOver = new AtomicBoolean();
        try {
            AutoCloseable timer = delays.schedule(() -> over(isOver), TURN);
            run.get().whenComplete((value, failure) -> {
                ended(isOver, timer);
                if (failure == null) done.complete(value);
                else done.completeExceptionally(failure);
            });
        } catch (Throwable e) { // nothing may end the loop that begins the others
            over(isOver);
            done.completeExceptionally(e);
        }
    }

    private static void cancel(AutoCloseable timer) {
        try {
            timer.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where nobody waits the turn is over at once, else at its time. */
    private void ended(AtomicBoolean isOver, AutoCloseable timer) {
        synchronized (this) {
            if (!waiting.isEmpty()) return;
        }
        cancel(timer);
        over(isOver);
    }

    private void over(AtomicBoolean isOver) {
        if (!isOver.compareAndSet(false, true)) return;
        synchronized (this) {
            begun--;
        }
        beginSome();
    }
}
