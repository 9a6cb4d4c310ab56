package org.skein.testkit.strategy.internal;

import java.util.Random;

/**
 * Picks what happens next. How often each thing happens is drawn anew for each schedule, some not at all: what needs two
 * rare events in a row is found where they are not rare.
 */
final class Dice {
    private static final int[] FACTORS = {0, 1, 1, 4};

    private final Random random;
    private final int[] weights;
    private int sum;

    /** @param usual how often each thing happens, as parts of their sum; negative: at least as often as that */
    Dice(Random random, int... usual) {
        this.random = random;
        weights = usual.clone();
        for (int i = 0; i < weights.length; i++) {
            int factor = FACTORS[random.nextInt(FACTORS.length)];
            weights[i] = usual[i] < 0 ? -usual[i] * Math.max(1, factor) : usual[i] * factor;
            sum += weights[i];
        }
    }

    int roll() {
        int n = random.nextInt(sum);
        int i = 0;
        while (n >= weights[i]) n -= weights[i++];
        return i;
    }
}
