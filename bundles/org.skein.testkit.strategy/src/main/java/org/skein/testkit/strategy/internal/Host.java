package org.skein.testkit.strategy.internal;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.core.internal.routing.Routing;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Jid;

/** A server process: the shipping routing over an in-memory node, as the core's cluster member wires it. */
public final class Host {
    static final String NAME = "tested";

    private final World world;
    private final ManualClockwork clockwork;
    final InMemoryNode node;
    final Routing routing;
    /** Accounts whose answer is late. */
    final Set<Jid> asked = new HashSet<>();

    private boolean member = true;
    private boolean outside; // and knows it

    /** The bundle's service, as long as the bundle runs. */
    private Observed service;

    Host(World world, String name) {
        this.world = world;
        node = world.cluster.node(name);
        clockwork = new ManualClockwork(world.time);
        routing = new Routing(node.self(), node, clockwork, new LongAdder());
        node.handler(Routing.CHANNEL, routing.handler());
        node.handler(Flow.CHANNEL, new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                ByteBuffer message = ByteBuffer.wrap(payload);
                world.flow(message.getInt()).arrive(Host.this, message.getInt());
            }
        });
        node.listener(new Listener());
        service = world.service();
    }

    private final class Listener implements ClusterListener {
        @Override
        public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
            routing.change(now);
            routing.announce();
        }

        @Override
        public void excluded() {
            routing.change(new View(0, 1, List.of(new Member(self(), NodeState.JOINING, 1))));
            routing.forgetSessions();
            outside = true;
        }
    }

    public NodeId self() {
        return node.self();
    }

    View view() {
        return node.view();
    }

    boolean isMember(NodeId life) {
        return member && self().equals(life);
    }

    /** It may be asked: it is a member, knows it, and takes clients. */
    public boolean isServing() {
        return member && node.isServing();
    }

    // what happens to it

    void killed() {
        member = false;
        clockwork.kill();
    }

    void excluded() {
        member = false;
    }

    /** Whether it knows by now that it was excluded, and who it is next. */
    public boolean isOutside() {
        return outside;
    }

    void reborn() {
        routing.reborn(node.self());
        node.holdViews(false);
        member = true;
        outside = false;
    }

    // its strategies

    public Observed service() {
        return service;
    }

    /** The strategy under test, as its bundle offers it. */
    public CompletionStage<Void> use() {
        return use(NAME, world.version, service);
    }

    /** Its bundle is updated: the old service goes, another instance comes. */
    public CompletionStage<Void> update() {
        routing.gone(service);
        service = world.service();
        return use();
    }

    /** The next version of it, which must not be taken for this one. */
    public CompletionStage<Void> useNextVersion() {
        return use(NAME, world.version + 1, world.service());
    }

    CompletionStage<Void> useEveryone() {
        return use("everyone", 1, new Everyone());
    }

    /** Its bundle is stopped; the same service may come back. */
    public CompletionStage<Void> gone() {
        return routing.gone(service);
    }

    private CompletionStage<Void> use(String name, int version, ClusteringStrategy strategy) {
        return routing.use(name, version, strategy, reason -> world.failed(this + " " + reason));
    }

    public Map<String, Long> figures() {
        return routing.figures(NAME);
    }

    /** Whether it uses the strategy under test and counts on what all members publish. */
    public boolean isInStep() {
        return routing.current().equals(Optional.of(NAME))
                && routing.warming().isEmpty()
                && routing.unknown().isEmpty();
    }

    @Override
    public String toString() {
        return self().toString();
    }
}
