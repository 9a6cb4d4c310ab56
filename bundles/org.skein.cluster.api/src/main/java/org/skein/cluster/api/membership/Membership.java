package org.skein.cluster.api.membership;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.transport.Endpoint;

/** Decides who is in the cluster, as a service. */
@ConsumerType
public interface Membership {
    /** Begins to join and goes on until {@link Participation#leave}: rejoins by itself after an exclusion. */
    Participation join(LocalNode local, Endpoint endpoint, Listener listener);

    /** Told on one thread, in order; must not block. */
    interface Listener {
        /**
         * The database has a newer view, and this node is in it; those who left it may still serve for a moment. The
         * endpoint must be brought to its epoch before this returns ({@link Endpoint#admit}), with those who left cut off:
         * that no member echoes the old epoch any more is what ends their permits. {@link #installed} follows when they
         * are over, of this view or of one decided later; at once if nobody left.
         */
        void decided(View view);

        /**
         * A view this node is in is to be used from now on. Those who left it no longer serve: their permit is over, or
         * they are dead.
         */
        void installed(View view);

        /** This incarnation is out of the view, or its permit was lost for so long that it gives up. */
        void excluded();

        /** The node goes on under another incarnation, which is not in the view yet. */
        void reborn(NodeId self);

        /** {@link Participation#isServing} changed; told within 250 ms. */
        void serving(boolean serving);

        /** It cannot join, and why, for people; it tries again unless {@code forGood}. */
        void refused(String reason, boolean forGood);

        /**
         * The database answers this node again, or has not for longer than the silence allowed. Without it the node stays
         * a member as long as its links stand; what needs the database (logins) is to be refused.
         */
        default void database(boolean answers) {}
    }

    /** This node's part in the cluster. Any thread. */
    interface Participation {
        NodeId self();

        /** The view installed last; epoch 0 and no members before the first. */
        View view();

        /** The permit of CLUSTER 5. Cheap. */
        boolean isServing();

        /** To be called for every {@code linkChanged} of the endpoint's receiver: what it means is then acted on at once. */
        void linkChanged(NodeId peer);

        /** Changes this node's state in the view. Fails if it is not a member, or when it ceases to be one before. */
        CompletionStage<Void> state(NodeState state);

        /** What the table of nodes shows now, members or not. */
        CompletionStage<List<Row>> rows();

        /** The database's clock minus this node's, as measured last. */
        long databaseClockOffsetMillis();

        /** Leaves the view and deletes the own row. Completes when that is done or cannot be done within 2 s. */
        CompletionStage<Void> leave();
    }

    /**
     * A row of the table of nodes.
     *
     * @param ageMillis since it was written last, by the database's clock
     */
    record Row(
            NodeId id,
            String host,
            int port,
            String clientAddress,
            Set<String> fingerprints,
            int level,
            String version,
            NodeState state,
            long ageMillis,
            LocalNode.Figures figures) {}
}
