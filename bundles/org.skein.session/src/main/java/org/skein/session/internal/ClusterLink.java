package org.skein.session.internal;

import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.View;

/** What the cluster tells this bundle. A component of its own, because it depends on {@link SessionService}. */
@Component(
        service = {PeerHandler.class, ClusterListener.class},
        immediate = true,
        property = PeerHandler.CHANNEL + "=" + Forwarding.CHANNEL)
public final class ClusterLink implements PeerHandler, ClusterListener {
    private final ClusterPart part;

    @Activate
    public ClusterLink(@Reference SessionService sessions) {
        this(sessions.node());
    }

    ClusterLink(ServerNode node) {
        part = node.clusterPart;
    }

    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        part.received(from, payload);
    }

    @Override
    public void leaving(Set<NodeId> nodes) {
        part.leaving(nodes);
    }

    @Override
    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        part.changed(now, left, joined);
    }

    @Override
    public void excluded() {
        part.excluded();
    }
}
