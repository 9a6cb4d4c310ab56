package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.Peer;

/** What the machine does: calls on the endpoint, the database, the permit, and what it tells. In this order, one by one. */
interface Effects extends Membership.Listener {
    void ask(Operation operation, long number);

    /** The node may serve until then, by the monotonic clock. */
    void permit(long untilNanos);

    /** It may not serve from now on. */
    void noPermit();

    void self(NodeId self);

    void peers(Collection<Peer> peers);

    void published(Set<String> fingerprints);

    void complete(CompletableFuture<Void> future, String failure);
}
