package org.skein.cluster.strategy.online.internal;

import java.time.Duration;

/**
 * Sizes and times.
 *
 * @param gather how long changes are collected before they are sent
 * @param gatherBytes of changes that are sent at once
 * @param changeBytes of changes in a frame, about
 * @param chunkBytes of a bucket's sessions in a frame, about; with little else a frame is at most 64 KiB
 * @param answer after how long without an answer a frame is said again
 * @param patience a start without progress for so long goes on without those who are not in step
 */
record Limits(Duration gather, int gatherBytes, int changeBytes, int chunkBytes, Duration answer, Duration patience) {
    static final Limits USUAL = new Limits(
            Duration.ofMillis(2), 32 * 1024, 256 * 1024, 62 * 1024, Duration.ofSeconds(5), Duration.ofSeconds(5));
}
