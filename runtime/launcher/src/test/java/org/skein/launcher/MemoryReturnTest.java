package org.skein.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryReturnTest {
    private static final long MIB = 1 << 20;

    private final FakeHeap heap = new FakeHeap();
    private final MemoryReturn memory = new MemoryReturn(heap, () -> heap.now);

    @BeforeEach
    void theNodeHasStarted() {
        look();
        assertEquals(0, heap.collections, "a moment is no rest");
        look();
        assertEquals(1, heap.collections, "what the start left behind");
    }

    @Test
    void afterABurstItIsGivenBackOnceAndNotAgain() {
        burst();
        look();
        assertEquals(1, heap.collections, "not while it lasts");
        look();
        look();
        assertEquals(2, heap.collections);

        for (int i = 0; i < 50; i++) {
            heap.used += MIB / 4;
            look();
        }
        assertEquals(2, heap.collections);
    }

    @Test
    void underLoadNothingIsDone() {
        heap.committed = 540 * MIB;
        for (int i = 0; i < 50; i++) {
            for (long mib : new long[] {300, 200, 40}) { // each after other collections
                heap.used = mib * MIB;
                look();
            }
        }
        assertEquals(1, heap.collections);
    }

    @Test
    void betweenBurstsThatFollowOneAnotherNothingIsDone() {
        heap.committed = 540 * MIB;
        for (int i = 0; i < 50; i++) {
            heap.used += 40 * MIB;
            look();
            look();
        }
        assertEquals(1, heap.collections);
    }

    @Test // what an idle node allocates, or many sessions that end one by one: the heap does not grow
    void withoutGrowthItIsDoneOnceInFiveMinutes() {
        for (int s = 5; s <= 300; s += 5) {
            assertEquals(1, heap.collections, "after " + s + " s");
            heap.used += s % 60 == 0 ? -10 * MIB : MIB;
            heap.committed = 68 * MIB;
            look();
        }
        look();
        look();
        assertEquals(2, heap.collections);
    }

    @Test
    void aCollectionThatTookLongIsNotSoonRepeated() {
        heap.takesMs = 800;
        burst();
        look();
        look();
        look();
        assertEquals(2, heap.collections);
        burst();
        for (int s = 0; s < 15; s += 5) {
            look();
            assertEquals(2, heap.collections, "after " + s + " s");
        }
        look();
        assertEquals(3, heap.collections, "but then it is");
    }

    @Test // it took long because the processors were busy with the burst
    void whatABurstLeavesIsReturnedThoughACollectionFellIntoIt() {
        heap.takesMs = 7_000;
        look();
        burst();
        look();
        look();
        look();
        assertEquals(2, heap.collections);
        burst();
        for (int s = 0; s < 25; s += 5) look();
        assertEquals(3, heap.collections);
    }

    private void burst() {
        heap.used = 200 * MIB;
        heap.committed = 540 * MIB;
    }

    private void look() {
        heap.now += TimeUnit.SECONDS.toNanos(5);
        memory.look();
    }

    private static final class FakeHeap implements MemoryReturn.Heap {
        private long now = Long.MAX_VALUE - 7; // a monotonic clock may overflow
        private long used = 100 * MIB;
        private long committed = 130 * MIB;
        private long takesMs = 100;
        private int collections;

        @Override
        public long used() {
            return used;
        }

        @Override
        public long committed() {
            return committed;
        }

        @Override
        public void collect() {
            collections++;
            used = 37 * MIB;
            committed = 64 * MIB;
            now += TimeUnit.MILLISECONDS.toNanos(takesMs);
        }
    }
}
