package org.skein.cluster.api;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * The cluster this node is in. The service is exchanged when a lone node becomes a member and back, so take it with a
 * dynamic, greedy reference and ask it anew each time. The node's incarnation stays the same over that change.
 */
@ProviderType
public interface Cluster {
    /** This node in its present life. Changes when it was excluded and comes back. */
    NodeId self();

    /** The view installed last; a lone node's has epoch 0 and this node. */
    View view();

    /**
     * Whether this node may serve now (the permit of CLUSTER 5). Cheap enough for every read batch and write. False:
     * neither read from clients nor write to them nor to the database, until it is true again or
     * {@link ClusterListener#excluded} comes.
     */
    boolean isServing();

    /** Messages to other nodes. */
    Peers peers();

    /**
     * Which other nodes may hold a session of an account: the current strategy's answer, made a superset of the truth by
     * the core (P3). Never this node itself.
     *
     * @param account bare
     */
    NodeSet locate(Jid account);

    /**
     * The last presence of an account's sessions on other nodes where the strategy in use keeps it, and which members are
     * to be asked for the rest; empty if it keeps none.
     *
     * @param account bare
     */
    Optional<ClusteringStrategy.Presences> presences(Jid account);

    /**
     * This node is about to hold a session.
     *
     * @return completes when every member knows, or counts this node as "unknown" and simply includes it (CLUSTER 18)
     */
    CompletionStage<Void> bound(Jid full);

    /** The session's presence changed; empty: no longer available. In the order of the changes of one session. */
    void presence(Jid full, Optional<Stanza> presence);

    /** The session is over. */
    void unbound(Jid full);
}
