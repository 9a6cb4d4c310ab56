package org.skein.cluster.api;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.xmpp.Jid;

/**
 * Messages to the {@link PeerHandler} of the same channel on other nodes. Between two incarnations each lane is reliable
 * and in order, also when connections break and come back; it ends when one of the two leaves the view, and what was
 * under way is then lost. Nothing here blocks.
 */
@ProviderType
public interface Peers {
    /** Lanes between two nodes, of this protocol level. Lane of a key: {@link #lane}. */
    int LANES = 4;

    /** How the answer of one node came out. */
    enum Result {
        ANSWERED,
        /** The node said so: the handler failed, or it has none. */
        FAILED,
        /** It did not answer in time, or could not be asked as too much waits for it; whether it acted is not known. */
        TIMEOUT,
        /** It left the view before it answered. */
        LEFT
    }

    /**
     * One node's answer.
     *
     * @param payload of an answer; else empty
     * @param error of a failure, for people; else empty
     */
    record Reply(Result result, byte[] payload, String error) {
        public boolean isAnswered() {
            return result == Result.ANSWERED;
        }
    }

    /** The lane of an address: its bare JID decides, so what one sender sends stays in order (CLUSTER 11). */
    static int lane(Jid address) {
        int h = address.bare().hashCode();
        return (h ^ h >>> 16) & LANES - 1;
    }

    /** The lane of {@link #call} and {@link #gather} of a channel; messages that take it too are in order with requests. */
    static int lane(String channel) {
        return Math.floorMod(channel.hashCode(), LANES);
    }

    /**
     * Sends a message; dropped if the node is no member.
     *
     * @param lane 0 to {@link #LANES} - 1
     * @param payload not changed any more by the caller
     */
    void send(NodeId to, int lane, String channel, byte[] payload);

    /** False while what waits for the node in this lane is beyond its bound: let producers pause (P5). */
    boolean isWritable(NodeId to, int lane);

    /** Runs a task once, on any thread, when the lane is writable again or the node has left; at once if it is now. */
    void whenWritable(NodeId to, int lane, Runnable task);

    /** Runs a task on the lane's thread, behind what has arrived in the batch under way. */
    void execute(NodeId node, int lane, Runnable task);

    /** Asks one node. The stage never fails. */
    CompletionStage<Reply> call(NodeId to, String channel, byte[] request, Duration deadline);

    /**
     * Asks every other member. The stage never fails; a node that leaves meanwhile is {@link Result#LEFT}. Alone the
     * answer is empty, at once.
     */
    CompletionStage<Map<NodeId, Reply>> gather(String channel, byte[] request, Duration deadline);
}
