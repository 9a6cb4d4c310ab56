package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.api.command.CommandException;
import org.skein.api.command.Result;

class WorkersTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final WorkerThreads threads = new WorkerThreads();
    private final Workers workers = new Workers(threads, threads);
    private final Definition one = Definition.of(new TestCommands.Local(call -> null));
    private final Definition other = Definition.of(new TestCommands.Rows(call -> null));

    @AfterEach
    void end() {
        threads.close();
    }

    private <T> CompletableFuture<T> call(
            Definition command, Duration deadline, java.util.concurrent.Callable<T> code) {
        return workers.call(command, deadline, () -> {
                    try {
                        return CompletableFuture.completedFuture(code.call());
                    } catch (Exception e) {
                        return CompletableFuture.failedFuture(e);
                    }
                })
                .toCompletableFuture();
    }

    @Test
    void aCommandThatBlocksHoldsUpOnlyItself() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> stuck = new ArrayList<>();
        for (int i = 0; i < Workers.EACH + 1; i++) {
            stuck.add(call(one, LONG, () -> blocked.await(50, TimeUnit.SECONDS)));
        }
        assertEquals("free", call(other, LONG, () -> "free").get(30, TimeUnit.SECONDS));
        assertFalse(stuck.get(0).isDone());
        blocked.countDown();
        for (CompletableFuture<Boolean> call : stuck) assertTrue(call.get(30, TimeUnit.SECONDS));
    }

    @Test
    void atItsDeadlineACallIsOverAndItsThreadInterrupted() throws Exception {
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        CountDownLatch began = new CountDownLatch(1);
        List<Runnable> deadlines = new ArrayList<>();
        Workers watched = new Workers(threads, (task, delay) -> {
            deadlines.add(task);
            return () -> {};
        });
        CompletableFuture<Result> call = watched.call(one, LONG, () -> {
                    began.countDown();
                    try {
                        new CountDownLatch(1).await();
                        interrupted.complete("not at all");
                    } catch (InterruptedException e) {
                        interrupted.complete("interrupted");
                    }
                    return Result.later(Result.text("too late"));
                })
                .toCompletableFuture();
        assertTrue(began.await(30, TimeUnit.SECONDS));
        deadlines.get(0).run();
        Throwable failure = assertThrows(CompletionException.class, call::join).getCause();
        assertInstanceOf(TimeoutException.class, failure);
        assertEquals("interrupted", interrupted.get(30, TimeUnit.SECONDS));
    }

    @Test
    void moreThanMayWaitAreRefusedAndTheOthersHaveTheirTurnOnTheThreadsThereAre() {
        List<Runnable> held = new ArrayList<>();
        Workers never = new Workers(
                task -> {
                    if (held.size() == Workers.EACH) throw new RejectedExecutionException("no thread is free");
                    held.add(task);
                },
                (task, delay) -> () -> {});
        List<CompletableFuture<Result>> calls = new ArrayList<>();
        for (int i = 0; i < Workers.EACH + Workers.WAITING; i++) {
            calls.add(never.call(one, LONG, () -> Result.later(Result.text(""))).toCompletableFuture());
        }
        assertTrue(calls.stream().noneMatch(CompletableFuture::isDone));
        CompletableFuture<Result> refused =
                never.call(one, LONG, () -> Result.later(Result.text(""))).toCompletableFuture();
        assertInstanceOf(
                CommandException.class,
                assertThrows(CompletionException.class, refused::join).getCause());
        held.forEach(Runnable::run);
        calls.forEach(CompletableFuture::join); // each waiting one had its turn
    }
}
