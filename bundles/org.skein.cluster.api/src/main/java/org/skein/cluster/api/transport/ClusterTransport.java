package org.skein.cluster.api.transport;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.cluster.api.NodeId;

/** Makes links between nodes, as a service. */
@ConsumerType
public interface ClusterTransport {
    /**
     * Opens this node's end: listens, and links with the peers it is told of. Blocks until the port is bound; not for
     * event loops.
     *
     * @param port 0 for any free one
     * @throws IOException if the port cannot be had; the message names port and setting
     */
    Endpoint open(NodeId self, int port, Receiver receiver) throws IOException;

    /** What comes from peers; called on the lane's thread, must not block. */
    interface Receiver {
        /** A message of a peer that is admitted; each exactly once and in the order of its lane. */
        void received(NodeId from, int lane, byte[] message);

        /** A link came, broke, or was proven dead, or the peer echoed another epoch. Any thread. */
        void linkChanged(NodeId peer);
    }
}
