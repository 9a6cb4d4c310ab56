package org.skein.adhoc.internal;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that other nodes have and this one has not: its bundle is not installed here. Each node tells the others
 * what it has when they meet, and when that changes.
 */
@Component(
        service = {Abroad.class, PeerHandler.class, ClusterListener.class},
        property = PeerHandler.CHANNEL + "=" + Abroad.CHANNEL)
public final class Abroad implements PeerHandler, ClusterListener, Registry.Listener {
    static final String CHANNEL = "adhoc.known";
    private static final Logger log = LoggerFactory.getLogger(Abroad.class);
    private static final int MOST = 10_000;

    /** A bundle brings its commands one after the other: that is told once. */
    private static final Duration TOGETHER = Duration.ofMillis(100);

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** A command, and the first of the nodes that have it. */
    record Found(Listed command, NodeId at) {}

    private record Known(long version, List<Listed> commands) {}

    private final Registry registry;
    private final Delays delays;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<NodeId, Known> known = new HashMap<>(); // guarded by this
    private long version =
            System.currentTimeMillis(); // guarded by this; a bundle started anew goes on with larger ones
    private boolean isDue; // guarded by this; the others will be told
    private boolean isOver; // guarded by this
    private volatile Map<String, Found> found = Map.of();

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Abroad(@Reference Registry registry, @Reference Runs runs) {
        this.registry = registry;
        this.delays = runs.workers().delays();
    }

    /** For tests. */
    Abroad(Registry registry, Runs runs, Cluster cluster) {
        this(registry, runs);
        this.cluster = cluster;
    }

    @Activate
    void activate() {
        registry.listen(this);
        tellLater();
    }

    /** With this bundle the node's commands go: the others are told it has none. */
    @Deactivate
    void deactivate() {
        synchronized (this) {
            isOver = true;
            version++;
        }
        registry.ignore(this);
        others().forEach(this::tell);
    }

    Optional<Found> named(String name) {
        return Optional.ofNullable(found.get(name));
    }

    /** By the node of XEP-0050. */
    Optional<Found> atNode(String node) {
        return all().stream().filter(f -> f.command().node().equals(node)).findFirst();
    }

    /** By name. */
    Collection<Found> all() {
        return found.values();
    }

    /** Runs it when {@link #all()} has changed; and now. */
    void listen(Runnable listener) {
        listeners.add(listener);
        listener.run();
    }

    void ignore(Runnable listener) {
        listeners.remove(listener);
    }

    // what this node has

    @Override
    public void added(Definition command) {
        changed();
    }

    @Override
    public void removed(Definition command) {
        changed();
    }

    private void changed() {
        synchronized (this) {
            version++;
        }
        update();
        tellLater();
    }

    private void tellLater() {
        synchronized (this) {
            if (isDue || isOver) return;
            isDue = true;
        }
        delays.schedule(this::tellAll, TOGETHER);
    }

    private void tellAll() {
        synchronized (this) {
            isDue = false;
            if (isOver) return;
        }
        others().forEach(this::tell);
    }

    private List<NodeId> others() {
        Cluster now = cluster;
        return now.view().ids().stream()
                .filter(node -> !node.equals(now.self()))
                .toList();
    }

    /** Both tell each other; who does not answer is told again as long as it is a member. */
    private void tell(NodeId node) {
        cluster.peers().call(node, CHANNEL, mine(), DEADLINE).thenAccept(reply -> {
            if (reply.result() == Peers.Result.ANSWERED) take(node, reply.payload());
            // one that failed has no commands yet, and tells us when it has
            if (reply.result() == Peers.Result.TIMEOUT && cluster.view().contains(node)) tellLater();
        });
    }

    private byte[] mine() {
        Packer to = new Packer(1);
        Collection<Definition> all;
        synchronized (this) {
            to.number(version);
            all = isOver ? List.of() : registry.all();
        }
        to.number(all.size());
        all.forEach(c -> c.listed().pack(to));
        return to.toBytes();
    }

    // what others have

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        take(from, request);
        return CompletableFuture.completedFuture(mine());
    }

    private void take(NodeId from, byte[] bytes) {
        try {
            Unpacker list = new Unpacker(bytes, 1);
            long theirs = list.number();
            Listed[] commands = new Listed[list.count(MOST)];
            for (int i = 0; i < commands.length; i++) commands[i] = Listed.of(list);
            synchronized (this) {
                Known before = known.get(from);
                if (before != null && before.version() >= theirs
                        || !cluster.view().contains(from)) return;
                known.put(from, new Known(theirs, List.of(commands)));
            }
            update();
        } catch (IOException e) {
            log.warn("what=commands_of_node_unreadable node={} reason=\"{}\"", from, e.getMessage());
        }
    }

    @Override
    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        synchronized (this) {
            known.keySet().removeAll(left);
        }
        update();
        if (!joined.isEmpty()) tellLater();
    }

    @Override
    public void excluded() {
        synchronized (this) {
            known.clear();
        }
        update();
    }

    private void update() {
        synchronized (this) {
            Map<String, Found> all = new TreeMap<>();
            new TreeMap<>(known)
                    .forEach((node, has) -> has.commands().stream()
                            .filter(c -> registry.named(c.name()).isEmpty()
                                    && registry.atNode(c.node()).isEmpty())
                            .forEach(c -> all.putIfAbsent(c.name(), new Found(c, node))));
            if (all.equals(found)) return;
            found = all;
        }
        listeners.forEach(Runnable::run);
    }
}
