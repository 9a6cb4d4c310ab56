package org.skein.launcher;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives memory back to the system once a burst is over. G1 makes its heap smaller only in a marking cycle, and a burst of logins, of which
 * little stays, brings none about. So one is asked for when the heap has grown and it is quiet; seldom when it has not grown, for what
 * ended sessions leave. It is a concurrent one, by {@code -XX:+ExplicitGCInvokesConcurrent}.
 *
 * <p>G1's own periodic collection comes late (after up to two of its intervals; later while mixed collections are outstanding) and again
 * and again on a node where nothing happens.
 */
final class MemoryReturn {
    /** Seconds between two looks at the heap; 0 or nothing: it is left alone. */
    static final String SECONDS = "skein.memory-return-seconds";

    /** It is quiet when from one look to the next less than this part of the heap was allocated, and nothing was collected. */
    private static final int QUIET_PART = 16;

    /** So often in a row: a heap made small between two bursts has to grow again, with many small collections. */
    private static final int QUIET_LOOKS = 2;

    /** The heap has grown when it is larger by this part than the last collection left it. */
    private static final int GROWN_PART = 8;

    /** A collection is followed by so many times its duration without one: at most a twentieth of a processor. */
    private static final int REST_TIMES = 20;

    /** But not by more: in the middle of a burst it takes long because the processors are busy, and the burst's memory is still to be returned. */
    private static final long LONGEST_REST = TimeUnit.SECONDS.toNanos(20);

    private static final long SELDOM = TimeUnit.MINUTES.toNanos(5);

    /** The heap as far as it matters here; all in bytes. */
    interface Heap {
        long used();

        /** What is held of the system's memory, used or not. */
        long committed();

        /** Collects, gives back what it can, and returns when that is done. */
        void collect();
    }

    private final Heap heap;
    private final LongSupplier nanoTime;
    private long usedBefore;
    private int quietLooks;
    /** Of the last collection; there was none yet. */
    private long left;

    private long took;
    private long ended;

    MemoryReturn(Heap heap, LongSupplier nanoTime) {
        this.heap = heap;
        this.nanoTime = nanoTime;
        this.usedBefore = heap.used();
        this.ended = nanoTime.getAsLong();
    }

    /** Looks after this process's heap from now on, if the system property says so. */
    static void start() {
        int seconds = Integer.getInteger(SECONDS, 0);
        if (seconds <= 0) {
            return;
        }
        MemoryReturn memory = new MemoryReturn(new OwnHeap(), System::nanoTime);
        Thread thread = new Thread(() -> memory.lookEvery(seconds), "skein-memory-return");
        thread.setDaemon(true);
        thread.start();
    }

    private void lookEvery(int seconds) {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(seconds);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void look() {
        long used = heap.used();
        long committed = heap.committed();
        boolean quiet = used >= usedBefore && used - usedBefore < committed / QUIET_PART;
        usedBefore = used;
        quietLooks = quiet ? quietLooks + 1 : 0;
        boolean grown = committed - left > left / GROWN_PART;
        long rest = grown ? Math.min(REST_TIMES * took, LONGEST_REST) : SELDOM;
        if (quietLooks >= QUIET_LOOKS && nanoTime.getAsLong() - ended >= rest) {
            collect();
        }
    }

    private void collect() {
        long begun = nanoTime.getAsLong();
        heap.collect();
        ended = nanoTime.getAsLong();
        took = ended - begun;
        left = heap.committed();
        usedBefore = heap.used();
    }

    private static final class OwnHeap implements Heap {
        private final Runtime runtime = Runtime.getRuntime();

        @Override
        public long used() {
            return runtime.totalMemory() - runtime.freeMemory();
        }

        @Override
        public long committed() {
            return runtime.totalMemory();
        }

        @Override
        public void collect() {
            runtime.gc();
        }
    }
}
