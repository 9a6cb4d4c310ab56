package org.skein.examples.talk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skein.examples.talk.Frequent.Count;

class FrequentTest {
    private static final int OFTEN = 20;
    private static final int SELDOM = 50_000;

    private final Frequent<String> frequent = new Frequent<>();

    private Map<String, Count<String>> counts() {
        return frequent.counts().stream().collect(Collectors.toMap(Count::what, c -> c));
    }

    @Test
    void whileThereIsRoomEveryCountIsExact() {
        for (int i = 0; i < 50; i++) {
            for (int times = 0; times <= i; times++) frequent.add("thing " + i);
        }
        Map<String, Count<String>> counts = counts();
        assertEquals(50, counts.size());
        for (int i = 0; i < 50; i++) {
            assertEquals(new Count<>("thing " + i, i + 1L, 0), counts.get("thing " + i));
        }
    }

    @Test
    void whatIsFrequentIsThereWhateverElseComes() {
        Random random = new Random(1);
        Map<String, Long> truth = new HashMap<>();
        for (int i = 0; i < 4 * SELDOM; i++) {
            String what = i % 2 == 0 ? "often " + random.nextInt(OFTEN) : "seldom " + random.nextInt(SELDOM);
            truth.merge(what, 1L, Long::sum);
            frequent.add(what);
        }
        Map<String, Count<String>> counts = counts();
        assertEquals(Frequent.MOST, counts.size());
        counts.values().forEach(c -> {
            long exact = truth.get(c.what());
            assertTrue(c.times() >= exact && c.times() - c.over() <= exact, () -> c + ", but " + exact);
        });
        for (int i = 0; i < OFTEN; i++)
            assertEquals(truth.get("often " + i), counts.get("often " + i).times());
    }

    @Test
    void noneIsLostWhereSeveralThreadsCount() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 100_000; i++) frequent.add("thing " + i % 10);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        counts().values().forEach(c -> assertEquals(40_000, c.times()));
    }
}
