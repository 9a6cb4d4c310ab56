package org.skein.session.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Presence to accounts of which a strategy has to ask where they are. Sent when it knows all, in one message a node. */
final class LatePresence {
    private final Forwarding forwarding;
    private final Stanza stanza;
    private final boolean quietly;
    private final Map<NodeId, List<Jid>> byNode = new LinkedHashMap<>(); // guarded by itself
    private final List<Gates<Jid>.Gate> gates = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger(1);

    LatePresence(Forwarding forwarding, Stanza stanza, boolean quietly) {
        this.forwarding = forwarding;
        this.stanza = stanza;
        this.quietly = quietly;
    }

    void add(Jid to, NodeSet nodes, Gates<Jid>.Gate gate) {
        gates.add(gate);
        waiting.incrementAndGet();
        nodes.then(found -> known(found, to), failure -> known(forwarding.others(), to));
    }

    void allAdded() {
        done();
    }

    private void known(List<NodeId> nodes, Jid to) {
        synchronized (byNode) {
            Forwarding.sort(byNode, nodes, to);
        }
        done();
    }

    private void done() {
        if (waiting.decrementAndGet() > 0) return;
        synchronized (byNode) {
            forwarding.presence(stanza, byNode, quietly);
        }
        gates.forEach(Gates<Jid>.Gate::release);
    }
}
