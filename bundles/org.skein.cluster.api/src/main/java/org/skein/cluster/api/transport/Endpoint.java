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
    /** The port it listens on. */
    int port();

    /** SHA-256 fingerprints of the certificates this node may show, the present one first. */
    Set<String> fingerprints();

    /** Run (on any thread) when {@link #fingerprints} changed, so that they are published before they are used. */
    void onFingerprints(Runnable changed);

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
     * what waits for them is dropped. Frames carry {@code epoch}.
     */
    void admit(Set<NodeId> members, long epoch);

    LinkState link(NodeId peer);

    LinkStats stats(NodeId peer);

    /** Sends to an admitted peer, behind what was sent in this lane before; dropped if it is not admitted. */
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
