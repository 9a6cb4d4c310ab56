package org.skein.testkit.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.LinkState;
import org.skein.cluster.api.transport.LinkStats;
import org.skein.cluster.api.transport.Peer;

/**
 * Links between nodes without a network: pings, echoes and their epochs, refused dials, and ways to break all of it. No
 * messages. Thread-safe, so it also serves nodes that run in real time.
 */
public final class VirtualNetwork {
    private static final long MS = 1_000_000;
    private static final long PING = 250 * MS;
    private static final long SILENCE = 2_500 * MS;

    private final Timeline time;
    private final Random random;
    private final Map<String, End> listening = new HashMap<>(); // by host:port
    private final Set<String> cut = new HashSet<>(); // "from>to" of hosts
    private final Set<String> dark = new HashSet<>(); // machines without power: host:port answers nothing

    public VirtualNetwork(Timeline time, Random random) {
        this.time = time;
        this.random = random;
    }

    /** A process opens its port. What it is told of a link comes to {@code linkChanged}. */
    public synchronized End open(NodeId self, String host, int port, Consumer<NodeId> linkChanged) {
        End end = new End(self, host, port, linkChanged);
        listening.put(end.address, end);
        dark.remove(end.address);
        end.pings();
        return end;
    }

    /** Nothing goes from one host to another any more, in this direction. */
    public synchronized void cut(String fromHost, String toHost) {
        cut.add(fromHost + '>' + toHost);
    }

    public synchronized void mend(String fromHost, String toHost) {
        cut.remove(fromHost + '>' + toHost);
    }

    public synchronized void mendAll() {
        cut.clear();
    }

    public synchronized boolean isCut(String fromHost, String toHost) {
        return cut.contains(fromHost + '>' + toHost);
    }

    private boolean passes(End from, String toHost) {
        return !cut.contains(from.host + '>' + toHost);
    }

    private long latency() {
        return (200 + random.nextInt(random.nextInt(50) == 0 ? 60_000 : 3_000)) * 1_000L;
    }

    private final class Link {
        private boolean linked;
        private long heard;
        private long echoed;
        private long epoch = -1;
        private boolean dead;
    }

    /** One process's end of all links. */
    public final class End implements Endpoint {
        private final String host;
        private final int port;
        private final String address;
        private final Consumer<NodeId> linkChanged;
        // Monotonic clocks begin anywhere; in real time all have the JVM's.
        private final long offset = time instanceof VirtualTime ? random.nextInt(1_000_000) * MS : 0;
        private final Map<NodeId, Link> links = new HashMap<>();
        private final List<Runnable> whilePaused = new ArrayList<>();
        private Map<NodeId, Peer> peers = Map.of();
        private NodeId self;
        private long epoch;
        private boolean paused;
        private boolean closed;

        private End(NodeId self, String host, int port, Consumer<NodeId> linkChanged) {
            this.self = self;
            this.host = host;
            this.port = port;
            this.address = host + ':' + port;
            this.linkChanged = linkChanged;
        }

        /** This process's own monotonic clock. */
        public long nanos() {
            return time.nanos() + offset;
        }

        public String host() {
            return host;
        }

        /** The process is stopped: what comes to it waits. */
        public void pause() {
            synchronized (VirtualNetwork.this) {
                paused = true;
            }
        }

        public void resume() {
            List<Runnable> waiting;
            synchronized (VirtualNetwork.this) {
                paused = false;
                waiting = List.copyOf(whilePaused);
                whilePaused.clear();
            }
            waiting.forEach(Runnable::run);
        }

        /** The process is gone; its machine resets what comes, or is without power and answers nothing. */
        public void crash(boolean powerOff) {
            synchronized (VirtualNetwork.this) {
                closed = true;
                listening.remove(address, this);
                if (powerOff) dark.add(address);
                if (powerOff) return;
                for (End other : List.copyOf(listening.values())) {
                    if (other.links.containsKey(self)) other.ping(self); // a reset, and the dial that follows
                }
            }
        }

        private void pings() {
            if (closed) return;
            if (!paused) {
                for (NodeId id : peers.keySet()) ping(id);
            }
            time.after(PING + random.nextInt(5) * MS, () -> {
                synchronized (VirtualNetwork.this) {
                    pings();
                }
            });
        }

        private void ping(NodeId to) {
            Peer peer = peers.get(to);
            if (peer == null || closed) return;
            Link link = links.computeIfAbsent(to, i -> new Link());
            if (link.linked && nanos() - link.heard > SILENCE) unlink(to, link, link.dead);
            if (!passes(this, peer.host())) return;
            long sent = nanos();
            NodeId from = self;
            time.after(latency(), () -> arrive(from, to, peer, sent));
        }

        /** At the other side. */
        private void arrive(NodeId from, NodeId to, Peer peer, long sent) {
            synchronized (VirtualNetwork.this) {
                String where = peer.host() + ':' + peer.port();
                End other = listening.get(where);
                if (other == null) {
                    boolean silent = dark.contains(where) || cut.contains(peer.host() + '>' + host);
                    if (!silent) time.after(latency(), () -> inProcess(() -> refused(from, to)));
                    return;
                }
                other.inProcess(() -> {
                    if (!passes(other, host)) return;
                    if (!other.self.equals(to)) {
                        if (other.self.name().equals(to.name())) {
                            time.after(latency(), () -> inProcess(() -> refused(from, to)));
                        }
                        return;
                    }
                    if (!other.peers.containsKey(from)) return;
                    other.links.computeIfAbsent(from, i -> new Link()).heard = other.nanos();
                    long theirs = other.epoch;
                    time.after(latency(), () -> inProcess(() -> echo(from, to, sent, theirs)));
                });
            }
        }

        /** Runs in this process: now, when it goes on, or never. */
        private void inProcess(Runnable task) {
            synchronized (VirtualNetwork.this) {
                if (closed) return;
                if (paused) {
                    whilePaused.add(() -> inProcess(task));
                    return;
                }
                task.run();
            }
        }

        private void echo(NodeId from, NodeId to, long sent, long theirEpoch) {
            if (!from.equals(self) || !peers.containsKey(to)) return;
            Link link = links.computeIfAbsent(to, i -> new Link());
            boolean news = !link.linked || link.epoch != theirEpoch;
            link.heard = nanos();
            if (sent > link.echoed) {
                link.echoed = sent;
                link.epoch = theirEpoch;
            }
            link.linked = true;
            link.dead = false;
            if (news) tell(to);
        }

        private void refused(NodeId from, NodeId to) {
            Link link = links.get(to);
            if (link == null || !from.equals(self) || link.dead && !link.linked) return;
            unlink(to, link, true);
        }

        private void unlink(NodeId to, Link link, boolean dead) {
            link.linked = false;
            link.dead = dead;
            tell(to);
        }

        private void tell(NodeId peer) {
            time.after(0, () -> inProcess(() -> linkChanged.accept(peer)));
        }

        @Override
        public int port() {
            return port;
        }

        @Override
        public Set<String> fingerprints() {
            return Set.of(String.format("%064x", address.hashCode() & 0xffffffffL));
        }

        @Override
        public void onFingerprints(Runnable changed) {
            // they never change
        }

        @Override
        public void published(Set<String> fingerprints) {
            // they never change
        }

        @Override
        public void self(NodeId now) {
            synchronized (VirtualNetwork.this) {
                self = now;
                links.clear();
                epoch = 0;
            }
        }

        @Override
        public void peers(Collection<Peer> now) {
            synchronized (VirtualNetwork.this) {
                Map<NodeId, Peer> map = new HashMap<>();
                for (Peer p : now) map.put(p.id(), p);
                Set<NodeId> fresh = new HashSet<>(map.keySet());
                fresh.removeAll(peers.keySet());
                peers = map;
                links.keySet().retainAll(map.keySet());
                fresh.forEach(this::ping);
            }
        }

        @Override
        public void admit(Set<NodeId> members, long now) {
            synchronized (VirtualNetwork.this) {
                epoch = now;
            }
        }

        @Override
        public LinkState link(NodeId peer) {
            synchronized (VirtualNetwork.this) {
                Link l = links.get(peer);
                return l == null ? LinkState.NONE : new LinkState(l.linked, l.heard, l.echoed, l.epoch, l.dead);
            }
        }

        @Override
        public LinkStats stats(NodeId peer) {
            return new LinkStats(peer.name(), 0, 0, 0, 0, 0, 0, 0, "none");
        }

        @Override
        public void send(NodeId to, int lane, byte[] message) {
            throw new UnsupportedOperationException("carries no messages");
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
            task.run();
        }

        @Override
        public void close() {
            crash(false);
        }
    }
}
