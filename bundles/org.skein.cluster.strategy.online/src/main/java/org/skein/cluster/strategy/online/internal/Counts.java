package org.skein.cluster.strategy.online.internal;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** What is counted, for operators. */
final class Counts {
    final LongAdder framesOut = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final LongAdder framesIn = new LongAdder();
    /** Bytes of frames with chunks. */
    final LongAdder syncedIn = new LongAdder();
    /** Buckets in step that were found different, and are the same again. */
    final LongAdder repaired = new LongAdder();
    /** Requests that were not understood. */
    final LongAdder garbage = new LongAdder();
    /** Frames without an answer in time, or with none that is understood. */
    final LongAdder unanswered = new LongAdder();

    void figures(BiConsumer<String, Long> to) {
        to.accept("out.frames", framesOut.sum());
        to.accept("out.bytes", bytesOut.sum());
        to.accept("in.frames", framesIn.sum());
        to.accept("synced", syncedIn.sum());
        to.accept("repaired", repaired.sum());
        to.accept("garbage", garbage.sum());
        to.accept("unanswered", unanswered.sum());
    }
}
