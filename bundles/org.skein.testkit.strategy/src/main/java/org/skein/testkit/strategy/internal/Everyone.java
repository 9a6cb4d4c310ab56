package org.skein.testkit.strategy.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/** What some node uses while others use the strategy under test: it names every member, and publishes nothing. */
final class Everyone implements ClusteringStrategy {
    private volatile Context context;

    @Override
    public CompletionStage<Void> start(Context begun) {
        context = begun;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public NodeSet locate(Jid account) {
        return NodeSet.of(context.view().ids());
    }
}
