package org.skein.session.internal;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.skein.cluster.api.Cluster;
import org.skein.xmpp.Jid;

/**
 * Which full JIDs this node is known to hold: from before the first of them is bound until the last session, or bind under
 * way, of it is over. A session that is replaced here by another of the same full JID takes nothing back.
 */
final class Published {
    private final Supplier<Cluster> cluster;
    private final ConcurrentHashMap<Jid, Integer> holders = new ConcurrentHashMap<>();

    Published(Supplier<Cluster> cluster) {
        this.cluster = cluster;
    }

    /** @return completes when all nodes know, or include this one anyway */
    CompletionStage<Void> publish(Jid full) {
        AtomicReference<CompletionStage<Void>> known = new AtomicReference<>();
        holders.compute(full, (jid, n) -> {
            known.set(cluster.get().bound(full)); // under the entry's lock, so in order with what takes it back
            return n == null ? 1 : n + 1;
        });
        return known.get();
    }

    /** Another holder of what is published already. */
    void hold(Jid full) {
        holders.merge(full, 1, Integer::sum);
    }

    void release(Jid full) {
        holders.computeIfPresent(full, (jid, n) -> {
            if (n > 1) return n - 1;
            cluster.get().unbound(full);
            return null;
        });
    }
}
