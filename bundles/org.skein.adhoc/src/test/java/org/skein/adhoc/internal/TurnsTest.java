package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final List<Runnable> timers = new ArrayList<>();
    private final List<CompletableFuture<String>> begun = new ArrayList<>();
    private final Turns turns = new Turns((task, delay) -> {
        timers.add(task);
        return () -> {};
    });

    private CompletableFuture<String> begin() {
        return turns.begin(this::run, () -> CompletableFuture.completedFuture("refused"))
                .toCompletableFuture();
    }

    private CompletionStage<String> run() {
        CompletableFuture<String> one = new CompletableFuture<>();
        begun.add(one);
        return one;
    }

    /** The time of the first so many turns is over. */
    private void over(int from, int to) {
        for (int i = from; i < to; i++) timers.get(i).run();
    }

    @Test
    void aFewBeginInEachTurnAndAllDo() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 3 * Turns.AT_A_TIME; i++) all.add(begin());
        assertEquals(Turns.AT_A_TIME, begun.size());
        begun.get(0).complete("done");
        assertEquals("done", all.get(0).join());
        assertEquals(Turns.AT_A_TIME, begun.size());
        over(0, Turns.AT_A_TIME); // though all but one are slow
        assertEquals(2 * Turns.AT_A_TIME, begun.size());
        over(0, Turns.AT_A_TIME); // counts once
        assertEquals(2 * Turns.AT_A_TIME, begun.size());
        over(Turns.AT_A_TIME, 2 * Turns.AT_A_TIME);
        assertEquals(3 * Turns.AT_A_TIME, begun.size());
    }

    @Test
    void whereNobodyWaitsOneMayFollowTheOtherAtOnce() {
        for (int i = 0; i < 10 * Turns.AT_A_TIME; i++) {
            begin();
            assertEquals(i + 1, begun.size());
            begun.get(i).complete("done");
        }
    }

    @Test
    void oneThatFailsOrThrowsLetsTheNextToo() {
        CompletableFuture<String> thrown = turns.<String>begin(
                        () -> {
                            throw new IllegalStateException("thrown");
                        },
                        () -> CompletableFuture.completedFuture("refused"))
                .toCompletableFuture();
        assertThrows(CompletionException.class, thrown::join);
        CompletableFuture<String> failed = begin();
        begun.get(0).completeExceptionally(new IllegalStateException("failed"));
        assertTrue(failed.isCompletedExceptionally());
        for (int i = 0; i < Turns.AT_A_TIME; i++) begin();
        assertEquals(1 + Turns.AT_A_TIME, begun.size());
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnceAndNothingElse() {
        for (int i = 0; i < Turns.AT_A_TIME + Turns.WAITING; i++) assertFalse(begin().isDone());
        assertEquals("refused", begin().join());
        over(0, 1);
        assertFalse(begin().isDone());
    }

    @Test
    void thoseThatAnswerAtOnceNeedNoStack() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < Turns.AT_A_TIME; i++) begin();
        for (int i = 0; i < Turns.WAITING; i++) {
            all.add(turns.begin(
                            () -> CompletableFuture.completedFuture("at once"),
                            () -> CompletableFuture.completedFuture("refused"))
                    .toCompletableFuture());
        }
        for (int i = 0; i < Turns.AT_A_TIME + Turns.WAITING; i++) over(i, i + 1);
        all.forEach(a -> assertEquals("at once", a.join()));
    }

    @Test
    void anErrorOfOneKeepsNoOtherFromBeginning() {
        CompletionStage<String> broken = turns.begin(
                () -> {
                    throw new StackOverflowError();
                },
                () -> null);
        assertThrows(CompletionException.class, broken.toCompletableFuture()::join);
        begin();
        assertEquals(1, begun.size());
    }
}
