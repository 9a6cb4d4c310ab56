package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private final List<CompletableFuture<String>> begun = new ArrayList<>();
    private final Turns turns = new Turns((task, delay) -> {
        timers.add(task);
        return () -> {};
    });

    private CompletableFuture<String> begin() {
        return turns.begin(1, this::run, () -> CompletableFuture.completedFuture("refused"))
                .toCompletableFuture();
    }

    private CompletionStage<String> run() {
        CompletableFuture<String> one = new CompletableFuture<>();
        begun.add(one);
        return one;
    }

    private void pass(int turns) {
        for (int i = 0; i < turns && !timers.isEmpty(); i++) timers.remove().run();
    }

    @Test
    void aFewBeginTogetherAndThenOneInEachTurn() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 3 * Turns.TOGETHER; i++) all.add(begin());
        assertEquals(Turns.TOGETHER, begun.size());
        begun.get(0).complete("done");
        assertEquals("done", all.get(0).join());
        assertEquals(Turns.TOGETHER, begun.size());
        pass(3); // though all but one are slow
        assertEquals(Turns.TOGETHER + 3, begun.size());
        pass(2 * Turns.TOGETHER - 3);
        assertEquals(3 * Turns.TOGETHER, begun.size());
    }

    @Test
    void whoSendsTheNextWithEachAnswerGetsNoMore() {
        for (int i = 0; i < 10 * Turns.TOGETHER; i++) {
            begin();
            begun.get(begun.size() - 1).complete("done");
        }
        assertEquals(Turns.TOGETHER, begun.size());
    }

    @Test
    void whatRunsOnManyNodesTakesAsManyTurns() {
        for (int i = 0; i < Turns.TOGETHER; i++) turns.begin(3, this::run, () -> null);
        assertEquals((Turns.TOGETHER + 2) / 3, begun.size());
        int before = begun.size();
        pass(9 + 2);
        assertEquals(before + 3, begun.size());
    }

    @Test
    void afterSomeQuietAsManyBeginTogetherAsAtFirstAndNoTimerIsLeft() {
        for (int i = 0; i < 2 * Turns.TOGETHER; i++) begin();
        pass(100);
        assertEquals(0, timers.size());
        for (int i = 0; i < 2 * Turns.TOGETHER; i++) begin();
        assertEquals(3 * Turns.TOGETHER, begun.size());
        assertEquals(1, timers.size());
    }

    @Test
    void oneThatFailsOrThrowsLetsTheNextToo() {
        CompletableFuture<String> thrown = turns.<String>begin(
                        1,
                        () -> {
                            throw new IllegalStateException("thrown");
                        },
                        () -> CompletableFuture.completedFuture("refused"))
                .toCompletableFuture();
        assertThrows(CompletionException.class, thrown::join);
        CompletableFuture<String> failed = begin();
        begun.get(0).completeExceptionally(new IllegalStateException("failed"));
        assertTrue(failed.isCompletedExceptionally());
        for (int i = 0; i < Turns.TOGETHER - 2; i++) begin();
        assertEquals(Turns.TOGETHER - 1, begun.size());
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnceAndNothingElse() {
        for (int i = 0; i < Turns.TOGETHER + Turns.WAITING; i++) assertFalse(begin().isDone());
        assertEquals("refused", begin().join());
        pass(1);
        assertFalse(begin().isDone());
    }

    @Test
    void nobodyWaitsLongerThanThoseWhoAskWait() {
        for (int i = 0; i < Turns.TOGETHER; i++) begin();
        int waiting = 0;
        while (!turns.begin(50, this::run, () -> CompletableFuture.completedFuture("refused"))
                .toCompletableFuture()
                .isDone()) waiting++;
        assertEquals(Turns.WAITING / 50, waiting);
    }

    @Test
    void thoseThatAnswerAtOnceNeedNoStack() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < Turns.TOGETHER; i++) begin();
        for (int i = 0; i < Turns.WAITING; i++) {
            all.add(turns.begin(
                            1,
                            () -> CompletableFuture.completedFuture("at once"),
                            () -> CompletableFuture.completedFuture("refused"))
                    .toCompletableFuture());
        }
        pass(Turns.WAITING);
        all.forEach(a -> assertEquals("at once", a.join()));
    }

    @Test
    void anErrorOfOneKeepsNoOtherFromBeginning() {
        CompletionStage<String> broken = turns.begin(
                1,
                () -> {
                    throw new StackOverflowError();
                },
                () -> null);
        assertThrows(CompletionException.class, broken.toCompletableFuture()::join);
        begin();
        assertEquals(1, begun.size());
    }
}
