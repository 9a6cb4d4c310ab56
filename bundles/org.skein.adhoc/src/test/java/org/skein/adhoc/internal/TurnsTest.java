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

    @Test
    void aFewBeginAndEachThatEndsLetsTheNext() {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) all.add(begin());
        assertEquals(Turns.AT_A_TIME, begun.size());
        for (int i = 0; i < 100; i++) begun.get(i).complete("done " + i);
        assertEquals(100, begun.size());
        for (int i = 0; i < 100; i++) assertEquals("done " + i, all.get(i).join());
    }

    @Test
    void oneThatIsSlowGivesItsTurnAwayOnce() {
        for (int i = 0; i < 2 * Turns.AT_A_TIME + 1; i++) begin();
        timers.get(0).run();
        assertEquals(Turns.AT_A_TIME + 1, begun.size());
        begun.get(0).complete("at last");
        assertEquals(Turns.AT_A_TIME + 1, begun.size());
        begun.get(1).complete("in time");
        timers.get(1).run();
        assertEquals(Turns.AT_A_TIME + 2, begun.size());
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
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < Turns.AT_A_TIME + 1; i++) all.add(begin());
        assertEquals(Turns.AT_A_TIME, begun.size());
        begun.get(0).completeExceptionally(new IllegalStateException("failed"));
        assertTrue(all.get(0).isCompletedExceptionally());
        assertEquals(Turns.AT_A_TIME + 1, begun.size());
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnceAndNothingElse() {
        for (int i = 0; i < Turns.AT_A_TIME + Turns.WAITING; i++) assertFalse(begin().isDone());
        assertEquals("refused", begin().join());
        begun.get(0).complete("done");
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
        begun.get(0).complete("done");
        all.forEach(a -> assertEquals("at once", a.join()));
    }
}
