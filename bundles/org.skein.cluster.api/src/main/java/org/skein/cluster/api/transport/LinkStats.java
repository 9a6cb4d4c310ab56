package org.skein.cluster.api.transport;

/**
 * Figures of one link since it was made.
 *
 * @param queuedBytes what waits to be sent, or to be confirmed by the peer
 * @param roundTripNanos of the last echo; 0 before the first
 * @param reconnects how often it was made anew
 */
public record LinkStats(
        String peer,
        long framesOut,
        long framesIn,
        long bytesOut,
        long bytesIn,
        long queuedBytes,
        long roundTripNanos,
        long reconnects,
        String security) {}
