package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.core.internal.routing.Clockwork.Worker;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A strategy from its start to its stop, and the fence around it: nothing it does or fails to do reaches beyond this class.
 * What happens while it starts is told to it when {@code start} has returned, in order.
 */
final class Life {
    private static final Logger log = LoggerFactory.getLogger(Life.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(1);
    /** Longer than a silent member may hold up a confirmation before it is excluded. */
    private static final Duration BOUND_WITHIN = Duration.ofSeconds(15);
    /** The same for answers to look-ups: late ones and none in time, so many and so long. */
    private static final Duration LATE_FOR = Duration.ofSeconds(10);

    private static final int LATE_IN_A_ROW = 8;
    private static final long OVERRUN_BYTES = 4L << 20;

    final String name;
    final String key;
    final long run;
    final ClusteringStrategy strategy;
    final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /** For {@link Watch}. */
    volatile Watch.Call call = new Watch.Call(this, 0);

    private final Clockwork clockwork;
    private final Watch watch;
    private final Worker worker;
    private final Runnable onFailure;
    private final Queue<Runnable> early = new ArrayDeque<>(); // guarded by itself
    // In the order they came: futures have no other, and a schedule that found something is to repeat.
    private final Set<CompletableFuture<Void>> unpublished = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<CompletableFuture<byte[]>> unanswered = Collections.synchronizedSet(new LinkedHashSet<>());
    private final AtomicInteger lateInARow = new AtomicInteger();
    private final ConcurrentHashMap<NodeId, AtomicLong> overrun = new ConcurrentHashMap<>();
    private CompletionStage<Void> endBefore = CompletableFuture.completedFuture(null);
    private boolean begun; // its worker's
    private volatile boolean open;
    private volatile boolean over;
    private volatile String failure;

    /** @param onFailure runs once, on whatever thread noticed: it is to be replaced */
    Life(
            String name,
            int version,
            long run,
            ClusteringStrategy strategy,
            Clockwork clockwork,
            Watch watch,
            Runnable onFailure) {
        this.name = name;
        this.key = name + '/' + version;
        this.run = run;
        this.strategy = strategy;
        this.clockwork = clockwork;
        this.watch = watch;
        this.onFailure = onFailure;
        worker = clockwork.worker("skein-strategy-" + name);
        // What it published is withdrawn by then.
        stopped.whenComplete((done, failed) -> List.copyOf(unpublished).forEach(f -> f.complete(null)));
    }

    /** Why it is not to be trusted, for people; empty while it is. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    boolean isOver() {
        return over;
    }

    void fail(String reason, Throwable cause) {
        synchronized (early) {
            if (failure != null || over) return;
            failure = cause == null ? reason : reason + " " + cause;
        }
        log.error("what=strategy_failed strategy={} reason=\"{}\" instead=all_members", key, reason, cause);
        onFailure.run();
    }

    // start and stop

    /** A service has one life at a time: it begins when those before are over. Before anybody else knows of it. */
    void after(CompletionStage<Void> end) {
        endBefore = end;
    }

    /** @return completes when it may be asked; fails with what hindered it */
    CompletionStage<Void> start(ClusteringStrategy.Context context) {
        CompletableFuture<Void> inStep = new CompletableFuture<>();
        endBefore.whenComplete((done, failed) -> worker.execute(() -> {
            if (over) return;
            begun = true;
            try {
                CompletionStage<Void> stage = Objects.requireNonNull(strategy.start(context), "start answered null");
                stage.whenComplete((v, failure) -> {
                    if (failure == null) inStep.complete(null);
                    else inStep.completeExceptionally(failure);
                });
                open();
            } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
                inStep.completeExceptionally(e);
            }
        }));
        return inStep;
    }

    private void open() {
        while (true) {
            Runnable next;
            synchronized (early) {
                next = early.poll();
                if (next == null) {
                    open = true;
                    return;
                }
            }
            guarded(next);
        }
    }

    /** Nothing is told any more; returns at once. */
    void stop() {
        synchronized (early) {
            if (over) return;
            over = true;
            early.clear();
        }
        List.copyOf(unanswered).forEach(this::refuse);
        endBefore.whenComplete((done, failed) -> end());
    }

    private void end() {
        worker.execute(() -> {
            try {
                if (begun) strategy.stop();
            } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
                log.warn("what=strategy_stop_failed strategy={}", key, e);
            }
            stopped.complete(null);
        });
        worker.end();
        Clockwork.Pending late = clockwork.after(STOP_WITHIN, () -> {
            if (stopped.isDone()) return;
            log.warn("what=strategy_stop_blocked strategy={}", key);
            worker.interrupt();
            stopped.complete(null);
        });
        stopped.whenComplete((done, failed) -> late.cancel());
    }

    void later(Duration delay, Runnable task) {
        clockwork.after(delay, () -> {
            if (!over) worker.execute(() -> guarded(task));
        });
    }

    // calls

    /** Something that happened; in the caller's thread. */
    void tell(Runnable event) {
        if (!open) {
            synchronized (early) {
                if (over) return;
                if (!open) {
                    early.add(event);
                    return;
                }
            }
        }
        guarded(event);
    }

    /** @return what went wrong; null if nothing did */
    private Throwable attempt(Runnable event) {
        Object before = watch.enter(this);
        try {
            event.run();
            return null;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            return e;
        } finally {
            watch.exit(before);
        }
    }

    private void guarded(Runnable event) {
        if (over) return;
        Throwable e = attempt(event);
        if (e != null) fail("it threw", e);
    }

    /** What another node sent: that it cannot be taken is told to {@code garbage}, and is no failure of this node's. */
    void hear(Runnable event, Consumer<Throwable> garbage) {
        tell(() -> {
            if (over) return;
            Throwable e = attempt(event);
            if (e != null) garbage.accept(e);
        });
    }

    /** An answer to another node that is not there yet; it waits for none that never comes. */
    void owes(CompletableFuture<byte[]> answer) {
        if (answer.isDone()) return;
        unanswered.add(answer);
        answer.whenComplete((bytes, failure) -> unanswered.remove(answer));
        if (over) refuse(answer);
    }

    private void refuse(CompletableFuture<byte[]> answer) {
        answer.completeExceptionally(new IllegalStateException("strategy " + key + " has stopped here"));
    }

    /** Asks; what it throws is a failure, and the answer then null. */
    <T> T ask(Supplier<T> question) {
        Object before = watch.enter(this);
        try {
            return question.get();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            fail("it threw", e);
            return null;
        } finally {
            watch.exit(before);
        }
    }

    /** Completes when it has published a session, or when it is stopped. Never completes exceptionally. */
    CompletionStage<Void> bound(Jid full) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        tell(() -> {
            CompletionStage<Void> stage = Objects.requireNonNull(strategy.bound(full), "bound answered null");
            stage.whenComplete((done, failed) -> {
                if (failed == null) known.complete(null);
                else fail("a session was not published", failed);
            });
        });
        if (!known.isDone()) {
            Clockwork.Pending late = clockwork.after(
                    BOUND_WITHIN, () -> fail("a session was not published in time", new TimeoutException()));
            known.whenComplete((done, failed) -> late.cancel());
            unpublished.add(known);
            known.whenComplete((done, failed) -> unpublished.remove(known));
            if (stopped.isDone()) known.complete(null);
        }
        return known;
    }

    void answeredInTime(boolean inTime) {
        if (inTime) {
            lateInARow.set(0);
        } else if (lateInARow.incrementAndGet() == 1) {
            clockwork.after(LATE_FOR, () -> {
                if (lateInARow.getAndSet(0) >= LATE_IN_A_ROW) fail("its answers come late", null);
            });
        }
    }

    /** Counts what it sends to a node that takes no more. */
    void sends(NodeId to, int bytes, boolean writable) {
        if (writable) {
            if (!overrun.isEmpty()) overrun.remove(to);
        } else if (overrun.computeIfAbsent(to, n -> new AtomicLong()).addAndGet(bytes) > OVERRUN_BYTES) {
            fail("it sends more than " + to.name() + " can take", null);
        }
    }
}
