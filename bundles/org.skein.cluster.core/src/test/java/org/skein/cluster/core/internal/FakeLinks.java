package org.skein.cluster.core.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;
import org.skein.cluster.api.transport.Peer;

/** Links between nodes of one test: what is sent waits until {@link #deliver}. Any thread may send. */
final class FakeLinks {
    private final Map<NodeId, End> ends = new HashMap<>();
    private final Queue<Runnable> underWay = new ArrayDeque<>();

    End open(NodeId self, ClusterTransport.Receiver receiver) {
        End end = new End(self, receiver);
        ends.put(self, end);
        return end;
    }

    /** Delivers all that waits, and what is sent because of it. */
    void deliver() {
        while (true) {
            Runnable next;
            synchronized (underWay) {
                next = underWay.poll();
            }
            if (next == null) return;
            next.run();
        }
    }

    final class End implements Endpoint {
        private final NodeId self;
        private final ClusterTransport.Receiver receiver;
        final List<String> log = new ArrayList<>();
        private Set<NodeId> admitted = Set.of();

        private End(NodeId self, ClusterTransport.Receiver receiver) {
            this.self = self;
            this.receiver = receiver;
        }

        @Override
        public int port() {
            return 5777;
        }

        @Override
        public Set<String> fingerprints() {
            return Set.of();
        }

        @Override
        public void onFingerprints(Runnable changed) {
            // they do not change
        }

        @Override
        public void published(Set<String> fingerprints) {
            // nothing to do
        }

        @Override
        public void self(NodeId id) {
            // one life
        }

        @Override
        public void peers(Collection<Peer> peers) {
            // all are known
        }

        @Override
        public void admit(Set<NodeId> members, long epoch) {
            admitted = members;
            log.add("admit " + members.stream().map(NodeId::name).sorted().toList() + " " + epoch);
        }

        @Override
        public LinkState link(NodeId peer) {
            return LinkState.NONE;
        }

        @Override
        public LinkStats stats(NodeId peer) {
            return new LinkStats(peer.name(), 0, 0, 0, 0, 0, 0, 0, "");
        }

        @Override
        public void send(NodeId to, int lane, byte[] message) {
            if (!admitted.contains(to)) return;
            synchronized (underWay) {
                underWay.add(() -> {
                    End peer = ends.get(to);
                    if (peer != null && peer.admitted.contains(self)) peer.receiver.received(self, lane, message);
                });
            }
        }

        @Override
        public boolean isWritable(NodeId to, int lane) {
            return true;
        }

        @Override
        public void whenWritable(NodeId to, int lane, Runnable task) {
            task.run();
        }

        @Override
        public void execute(NodeId peer, int lane, Runnable task) {
            synchronized (underWay) {
                underWay.add(task);
            }
        }

        @Override
        public void close() {
            ends.remove(self);
        }
    }
}
