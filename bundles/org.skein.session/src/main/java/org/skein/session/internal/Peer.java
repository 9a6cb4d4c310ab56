package org.skein.session.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.skein.cluster.api.NodeId;

/** One other member, and what is open between it and this node. Any thread. */
final class Peer {
    final NodeId id;
    final String token;
    /** What it has not answered for, by number. */
    final ConcurrentSkipListMap<Long, Forwarded> outstanding = new ConcurrentSkipListMap<>();
    /** What is stored here until it says what became of it elsewhere. */
    final ConcurrentHashMap<Long, Arrival> kept = new ConcurrentHashMap<>();
    /** Questions it has not answered; empty for one that never will be. */
    final ConcurrentHashMap<Long, CompletableFuture<Optional<byte[]>>> asked = new ConcurrentHashMap<>();

    final Outgoing out;
    final AnswerBatch answers;

    Peer(NodeId id, ServerNode node) {
        this.id = id;
        this.token = id.toString();
        out = new Outgoing(
                id, () -> node.cluster().peers(), () -> node.counters.dropped().increment());
        answers = new AnswerBatch(node, out, task -> node.cluster().peers().execute(id, Forwarding.LANE, task));
    }
}
