package org.skein.auth.internal.limit;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often something happened for each key within a minute that begins with the first time. Remembers so many keys;
 * beyond that the one not seen for longest is forgotten, so memory is bounded whoever knocks. Any thread.
 */
public final class RecentCounts<K> {
    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private static final class Window {
        final long since;
        int count;

        Window(long since) {
            this.since = since;
        }
    }

    private final RecentKeys<K, Window> windows;
    private final LongSupplier nanoTime;

    public RecentCounts(int maxKeys, LongSupplier nanoTime) {
        this.windows = new RecentKeys<>(maxKeys);
        this.nanoTime = nanoTime;
    }

    /** How often in the current minute. */
    public synchronized int count(K key) {
        Window window = current(key);
        return window == null ? 0 : window.count;
    }

    /**
     * One more.
     *
     * @return how often now
     */
    public synchronized int add(K key) {
        Window window = current(key);
        if (window == null) {
            window = new Window(nanoTime.getAsLong());
            windows.put(key, window);
        }
        return ++window.count;
    }

    private Window current(K key) {
        Window window = windows.get(key);
        return window == null || nanoTime.getAsLong() - window.since >= WINDOW_NANOS ? null : window;
    }
}
