package org.skein.im.internal.account;

import java.util.Set;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;

/**
 * When copies in memory may be older than the database: a node that joins, or comes back after it was excluded, was not
 * told of changes before. Called by a {@link org.skein.cluster.api.ClusterListener}, on its one thread.
 */
public final class Refresh {
    private final Runnable refresh;
    private boolean isDue = true; // guarded by this

    /** @param refresh reads anew all that is in memory */
    public Refresh(Runnable refresh) {
        this.refresh = refresh;
    }

    public synchronized void changed(View now, Set<NodeId> joined) {
        if (isDue && now.epoch() > 0 && !joined.isEmpty()) refresh.run();
    }

    /** Only when a node serves, all others have it in their view and so tell it of changes (CLUSTER 5). */
    public synchronized void serving(boolean serving) {
        if (serving && isDue) {
            isDue = false;
            refresh.run();
        }
    }

    public synchronized void excluded() {
        isDue = true;
    }
}
