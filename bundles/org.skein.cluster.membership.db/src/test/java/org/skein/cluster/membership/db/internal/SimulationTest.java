package org.skein.cluster.membership.db.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * {@code -Dseed=N} repeats one schedule; {@code -Dskein.schedules=N} runs N of them, from {@code -Dskein.from=N} on.
 */
final class SimulationTest {
    private static final int SCHEDULES = Integer.getInteger("skein.schedules", 60);
    private static final long FROM = Long.getLong("skein.from", 1);

    private static void run(long seed, Rules rules) {
        new Simulation(seed, rules).randomSchedule();
    }

    @Test
    void whateverHappensNobodyServesWhoMustNotAndAllHeals() {
        Long one = Long.getLong("seed");
        if (one != null) {
            run(one, new Rules());
            return;
        }
        for (long seed = FROM; seed < FROM + SCHEDULES; seed++) run(seed, new Rules());
    }

    private static void isCaught(String mutant, Rules rules) {
        for (long seed = 1; seed < 3_000; seed++) {
            try {
                run(seed, rules);
            } catch (AssertionError caught) {
                assertTrue(caught.getMessage().contains("seed " + seed), caught.getMessage());
                return;
            }
        }
        fail("nobody noticed: " + mutant);
    }

    @Test
    void withoutFencingItIsNoticed() {
        isCaught("no fencing", new Rules() {
            @Override
            boolean isFenced(boolean inStoredView) {
                return false;
            }
        });
    }

    @Test
    void anEchoOfAnotherEpochThatCountedWouldBeNoticed() {
        isCaught("stale epoch accepted", new Rules() {
            @Override
            boolean echoCounts(long echoedEpoch, long ownEpoch) {
                return true;
            }
        });
    }

    @Test
    void aRowTrustedOverALinkWouldBeNoticed() {
        isCaught("row trusted over link", new Rules() {
            @Override
            boolean isGone(boolean silent, boolean rowIsStale) {
                return rowIsStale;
            }
        });
    }

    @Test
    void actingBeforePermitsAreOverWouldBeNoticed() {
        isCaught("no permit wait", new Rules() {
            @Override
            long permitWait(long permitNanos) {
                return 0;
            }
        });
    }

    @Test
    void oneSeedIsOneSchedule() {
        Simulation first = new Simulation(7, new Rules());
        first.randomSchedule();
        Simulation second = new Simulation(7, new Rules());
        second.randomSchedule();
        assertEquals(first.tables.stored(), second.tables.stored());
        assertEquals(first.time.nanos(), second.time.nanos());
    }
}
