package org.skein.cluster.api.transport;

import java.util.Collection;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.cluster.api.NodeId;

/**
 * This node's end of all links. Between two incarnations each lane is reliable and in order: connections that break are
 * made anew and go on where they were, until {@link #admit} leaves the peer out. Any thread; nothing blocks but
 * {@link #close}.
 */
@ConsumerType
public interface Endpoint extends AutoCloseable {
    /** The versions of the transport's own protocol it speaks: two link if they have one in common. */
    record Versions(int lowest, int highest) {}

    /** The port it listens on. */
    int port();

    /** For the cluster to see; what a link speaks is agreed on when it is made. */
    default Versions versions() {
        return new Versions(1, 1);
    }

    /** SHA-256 fingerprints of the certificates this node may show, the present one first. */
    Set<String> fingerprints();

    /** Run (on any thread) when {@link #fingerprints} changed, so that they are published before they are used. */
    void onFingerprints(Runnable changed);

    /** Makes the next certificate now, as it is else made some time before the present one ends. */
    default void renew() {}

    /** The fingerprints returned last are published now: a new certificate may be used. */
    void published(Set<String> fingerprints);

    /**
     * This node's present life; with another one than before all links end and lanes begin anew.
     */
    void self(NodeId self);

    /** All the peers this node knows of now: who may link with it, and whom it dials. Others are cut off. */
    void peers(Collection<Peer> peers);

    /**
     * The members of the view this node has installed. Messages are taken from these only, and lanes to others end:
     * what waits for them is dropped. Frames carry {@code epoch}. Of who was left out nothing is received once this has
     * returned, but for a call under way on a lane's thread.
     */
    void admit(Set<NodeId> members, long epoch);

    LinkState link(NodeId peer);

    LinkStats stats(NodeId peer);

    /**
     * Since when this node's own timers and the lanes' threads ran without a gap, as {@link System#nanoTime}; now if one
     * is late at this moment. The silence of a peer counts from then on at the earliest (CLUSTER 7).
     */
    default long awakeSinceNanos() {
        return 0;
    }

    /**
     * Sends to an admitted peer, behind what was sent in this lane before; dropped if it is not admitted. Does not look
     * at {@link #isWritable}: what the peer needs to go on is sent always.
     *
     * @throws IllegalArgumentException if the message is larger than the transport takes
     * @throws IllegalStateException if far more waits in the lane than its bound; the message is then not taken
     */
    void send(NodeId to, int lane, byte[] message);

    /** False while more than the bound waits in the lane. */
    boolean isWritable(NodeId to, int lane);

    /** Runs a task once, when the lane is writable or ended; at once if it is now. */
    void whenWritable(NodeId to, int lane, Runnable task);

    /** Runs a task on the lane's thread, behind the batch under way. */
    void execute(NodeId peer, int lane, Runnable task);

    /** Sends what waits if it can within a second, then closes. */
    @Override
    void close();
}
