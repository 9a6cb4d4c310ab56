package org.skein.examples.talk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how often things occur, in bounded memory: the space-saving sketch (Metwally, Agrawal, El Abbadi, 2005). While
 * there are no more different things than counters every count is exact. After that a new thing takes the place, and the
 * count, of the rarest: no count is ever too low, each knows by how much it may be too high, and what occurs often enough is
 * never missing. Kept in stripes, so that threads seldom meet. Any thread.
 */
final class Frequent<T> {
    private static final int STRIPES = 16;
    private static final int EACH = 64;

    /** Things that are counted at a time; a stripe that is full makes room though others may not be. */
    static final int MOST = STRIPES * EACH;

    /**
     * How often something occurred.
     *
     * @param over so many of them may be somebody else's
     */
    record Count<T>(T what, long times, long over) {}

    private static final class Counter<T> {
        private T what;
        private long times;
        private long over;
    }

    /** Those whose hash is alike. Guarded by itself. */
    private static final class Stripe<T> {
        private final Map<T, Counter<T>> known = new HashMap<>();
        private final List<Counter<T>> counters = new ArrayList<>();

        synchronized void add(T what) {
            Counter<T> counter = known.get(what);
            if (counter == null) {
                counter = counters.size() < EACH ? another() : rarest();
                counter.what = what;
                known.put(what, counter);
            }
            counter.times++;
        }

        private Counter<T> another() {
            Counter<T> counter = new Counter<>();
            counters.add(counter);
            return counter;
        }

        private Counter<T> rarest() {
            Counter<T> rarest = counters.get(0);
            for (Counter<T> c : counters) {
                if (c.times < rarest.times) rarest = c;
            }
            known.remove(rarest.what);
            rarest.over = rarest.times;
            return rarest;
        }

        synchronized void addTo(List<Count<T>> all) {
            counters.forEach(c -> all.add(new Count<>(c.what, c.times, c.over)));
        }
    }

    private final List<Stripe<T>> stripes = new ArrayList<>();

    Frequent() {
        for (int i = 0; i < STRIPES; i++) stripes.add(new Stripe<>());
    }

    void add(T what) {
        int hash = what.hashCode();
        stripes.get((hash ^ hash >>> 16) & STRIPES - 1).add(what);
    }

    /** In no order. */
    List<Count<T>> counts() {
        List<Count<T>> all = new ArrayList<>();
        stripes.forEach(s -> s.addTo(all));
        return all;
    }
}
