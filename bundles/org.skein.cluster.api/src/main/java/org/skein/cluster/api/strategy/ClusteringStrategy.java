package org.skein.cluster.api.strategy;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Decides which other nodes hear of an account, as a service with the property {@link #NAME}. What it names must be a
 * superset of the nodes that hold a session of the account (P3); naming too many costs traffic, naming too few is a bug.
 * Methods are called from any thread, none may block; what they throw is caught, and the core then names all members.
 */
@ConsumerType
public interface ClusteringStrategy {
    /** Service property: the short name, such as {@code broadcast}. */
    String NAME = "skein.cluster.strategy";

    /** What the core offers to a strategy. */
    interface Context {
        NodeId self();

        /** The view now. */
        View view();

        /** Sends to the same strategy on another node; dropped if that runs another one. */
        void send(NodeId to, int lane, byte[] message);

        /** Full JIDs of this node's sessions with their presence, for a snapshot. */
        Iterable<LocalSession> sessions();
    }

    /** A session of this node. */
    record LocalSession(Jid full, Optional<Stanza> presence) {}

    /**
     * Begins to get in step while another strategy routes; local events come from here on.
     *
     * @return completes when {@link #locate} may be asked
     */
    default CompletionStage<Void> start(Context context) {
        return CompletableFuture.completedFuture(null);
    }

    /** It routes no more, and nothing is told to it any more. */
    default void stop() {}

    /**
     * Which other nodes may hold a session of an account (bare). At once if it can; a late answer holds only stanzas to
     * this account, and after 1 s all members are used.
     */
    NodeSet locate(Jid account);

    /**
     * This node is about to hold a session.
     *
     * @return completes when every member running this strategy knows
     */
    default CompletionStage<Void> bound(Jid full) {
        return CompletableFuture.completedFuture(null);
    }

    default void presence(Jid full, Optional<Stanza> presence) {}

    default void unbound(Jid full) {}

    /** A view is installed. */
    default void changed(View view) {}

    /** A message of the same strategy on another node. */
    default void received(NodeId from, int lane, byte[] message) {}
}
