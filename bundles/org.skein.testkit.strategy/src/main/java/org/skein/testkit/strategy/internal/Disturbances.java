package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.skein.cluster.api.Peers;
import org.skein.cluster.core.internal.routing.Routing;
import org.skein.testkit.cluster.InMemoryNode;

/** Links that hold what is sent, lanes that are full, nodes that are slow to hear of a view: all of it passes. */
final class Disturbances {
    /** What a strategy has to bring about takes at most so long, if nothing disturbs it. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final int LANE = Peers.lane(Routing.CHANNEL);

    private final World world;
    private final Random random;
    private final List<Runnable> cures = new ArrayList<>();
    private long curedAt;

    Disturbances(World world, Random random) {
        this.world = world;
        this.random = random;
    }

    /** Nothing was wrong for a while. */
    boolean isCalm() {
        return cures.isEmpty() && world.time.nanos() - curedAt > GRACE.toNanos();
    }

    /** Something outside of a strategy's hands happened. */
    void shaken() {
        curedAt = world.time.nanos();
    }

    String hold(Host a, Host b) {
        boolean both = random.nextInt(3) > 0;
        world.cluster.hold(a.node, b.node);
        if (both) world.cluster.hold(b.node, a.node);
        cures.add(() -> {
            world.cluster.release(a.node, b.node);
            if (both) world.cluster.release(b.node, a.node);
        });
        return "hold " + a + (both ? " <-> " : " -> ") + b;
    }

    String slowView(Host host) {
        InMemoryNode node = host.node;
        node.holdViews(true);
        cures.add(() -> node.holdViews(false));
        return "hold views at " + host;
    }

    String fullLane(Host from, Host to) {
        InMemoryNode node = from.node;
        var peer = to.self();
        node.full(peer, LANE, true);
        cures.add(() -> node.full(peer, LANE, false));
        return "lane full at " + from + " to " + to;
    }

    String cureOne() {
        if (cures.isEmpty()) return "";
        cures.remove(random.nextInt(cures.size())).run();
        shaken();
        return "one disturbance ends";
    }

    void cureAll() {
        cures.forEach(Runnable::run);
        cures.clear();
        shaken();
    }
}
