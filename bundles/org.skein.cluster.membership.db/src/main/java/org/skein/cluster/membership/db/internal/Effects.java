package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.Peer;

/**
 * What the machine does: calls on the endpoint, the database, the permit, and what it tells. What is told, the endpoint
 * included, happens in this order, one by one; permit and questions at once.
 */
interface Effects extends Membership.Listener {
    void ask(Operation operation, long number);

    /** This life of the node may serve until then, by the monotonic clock, once it is told of its first view. */
    void permit(NodeId life, long untilNanos);

    /** It may not serve from now on. */
    void noPermit();

    void self(NodeId self);

    void peers(Collection<Peer> peers);

    void published(Set<String> fingerprints);

    void complete(CompletableFuture<Void> future, String failure);
}
