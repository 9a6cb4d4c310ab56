package org.skein.cluster.strategy.broadcast.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Component;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

/** Knows nothing, tells nobody, names every other member. */
@Component(property = ClusteringStrategy.NAME + "=broadcast")
public final class BroadcastStrategy implements ClusteringStrategy {
    private volatile NodeId self;
    private volatile NodeSet others = NodeSet.none();

    @Override
    public CompletionStage<Void> start(Context context) {
        self = context.self();
        changed(context.view());
        return CompletableFuture.completedFuture(null);
    }

    /** The answer is made here once, not for each stanza. */
    @Override
    public void changed(View view) {
        List<NodeId> ids = view.ids().stream().filter(id -> !id.equals(self)).toList();
        others = NodeSet.of(ids);
    }

    @Override
    public NodeSet locate(Jid account) {
        return others;
    }
}
