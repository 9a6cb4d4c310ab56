package org.skein.cluster.api.transport;

/**
 * What this node knows of its link to a peer. Times are {@link System#nanoTime} of this node, 0 for never.
 *
 * @param linked every lane and the control connection stand, both ways
 * @param heardNanos when anything came from the peer last, on the slowest of its connections
 * @param echoedNanos when the newest ping was <em>sent</em> that every connection of the peer has echoed (CLUSTER 5)
 * @param echoedEpoch the epoch the peer had installed when it echoed that ping; -1 before the first
 * @param dead the process is proven dead: nothing of the link stands (it was reset, or never stood) and no goodbye came,
 *     and dialling since was refused by the machine or answered by another incarnation of the name
 */
public record LinkState(boolean linked, long heardNanos, long echoedNanos, long echoedEpoch, boolean dead) {
    public static final LinkState NONE = new LinkState(false, 0, 0, -1, false);
}
