package org.skein.adhoc.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;

/**
 * Calls the code of commands, on threads kept for that: one that blocks holds up neither a lane nor another command,
 * for each has few of the threads. At its deadline a call is over, whatever it does, and its thread interrupted.
 */
final class Workers {
    /** Threads one command may have at once. */
    static final int EACH = 4;

    /** Calls of one command that may wait for a thread. */
    static final int WAITING = 2000;

    private final Executor threads;
    private final Delays delays;
    private final Map<Definition, Queue> queues = new HashMap<>(); // guarded by this

    Workers(Executor threads, Delays delays) {
        this.threads = threads;
        this.delays = delays;
    }

    /** Does something that may take long, such as reading a large answer, on one of the threads if any is free. */
    void aside(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    Delays delays() {
        return delays;
    }

    private static final class Queue {
        private int running;
        private final Deque<Task<?>> waiting = new ArrayDeque<>();
    }

    /**
     * Calls code of a command. The future fails with what it throws, with {@link TimeoutException}, or
     * {@link Kind#UNAVAILABLE} if too many wait. Cancelling it interrupts the thread, or takes it out of the queue.
     */
    <T> CompletableFuture<T> call(Definition command, Duration deadline, Supplier<CompletionStage<T>> code) {
        Task<T> task = new Task<>(code);
        AutoCloseable timer = delays.schedule(() -> task.timedOut(deadline), deadline);
        task.done.whenComplete((value, failure) -> {
            cancel(timer);
            if (task.done.isCancelled()) task.interrupt();
        });
        enqueue(command, task);
        return task.done;
    }

    private static void cancel(AutoCloseable timer) {
        try {
            timer.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void enqueue(Definition command, Task<?> task) {
        synchronized (this) {
            Queue queue = queues.computeIfAbsent(command, d -> new Queue());
            if (queue.running >= EACH) {
                if (queue.waiting.size() < WAITING) {
                    queue.waiting.add(task);
                    return;
                }
                task.refused();
                return;
            }
            queue.running++;
        }
        execute(command, task);
    }

    private void execute(Definition command, Task<?> task) {
        try {
            threads.execute(() -> {
                for (Task<?> next = task; next != null; next = next(command)) next.run();
            });
        } catch (RejectedExecutionException full) {
            task.refused();
            // What waits is for the threads this command has; without one nobody would come for it.
            for (Task<?> next = leftAlone(command); next != null; next = leftAlone(command)) next.refused();
        }
    }

    /** The next for this thread, which is given up if there is none. */
    private synchronized Task<?> next(Definition command) {
        Queue queue = queues.get(command);
        Task<?> next = queue.waiting.poll();
        if (next == null && --queue.running == 0) queues.remove(command);
        return next;
    }

    /** The next where no other thread of the command is left; else, or if there is none, this one is given up. */
    private synchronized Task<?> leftAlone(Definition command) {
        Queue queue = queues.get(command);
        Task<?> next = queue.running == 1 ? queue.waiting.poll() : null;
        if (next == null && --queue.running == 0) queues.remove(command);
        return next;
    }

    private static final class Task<T> implements Runnable {
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private final Supplier<CompletionStage<T>> code;
        private Thread thread; // guarded by this; null unless inside the code
        private CompletionStage<T> answer; // guarded by this; null until the code has answered it

        private Task(Supplier<CompletionStage<T>> code) {
            this.code = code;
        }

        @Override
        public void run() {
            synchronized (this) {
                if (done.isDone()) return; // it waited too long, or is not wanted any more
                thread = Thread.currentThread();
            }
            try {
                CompletionStage<T> stage = code.get();
                if (stage == null) throw new IllegalStateException("it answered no stage");
                stage.whenComplete(this::answered);
                synchronized (this) {
                    answer = stage;
                }
                if (done.isDone()) interrupt(); // meanwhile
            } catch (Throwable e) { // also what only errors of linking tell: the bundle is not ours
                done.completeExceptionally(e);
            } finally {
                synchronized (this) {
                    thread = null;
                    Thread.interrupted(); // meant for the code, not for who has this thread next
                }
            }
        }

        private void answered(T value, Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(failure instanceof CompletionException ? failure.getCause() : failure);
            } else if (value == null) {
                done.completeExceptionally(new IllegalStateException("it answered nothing"));
            } else {
                done.complete(value);
            }
        }

        private void timedOut(Duration deadline) {
            done.completeExceptionally(new TimeoutException("no answer within " + deadline.toSeconds() + " s"));
            interrupt();
        }

        /** Inside the code its thread; behind it what the code has begun, if that listens. */
        private void interrupt() {
            CompletionStage<T> begun;
            synchronized (this) {
                if (answer == null && thread != null && thread != Thread.currentThread()) thread.interrupt();
                begun = answer;
            }
            if (begun instanceof CompletableFuture<T> future) future.cancel(true);
        }

        private void refused() {
            done.completeExceptionally(
                    new CommandException(Kind.UNAVAILABLE, "too many of these commands are under way"));
        }
    }
}
