package org.skein.testkit.strategy.internal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.xmpp.Jid;

/**
 * Messages of one session to one account. The core's way of sending, in little: a late answer holds what follows in the
 * same flow, and nothing else (CLUSTER 11).
 */
final class Flow {
    static final String CHANNEL = "sessions";
    private static final int LANE = 0;

    private final World world;
    private final int id;
    private final Session sender;
    private final Jid to;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private int numbers;
    private boolean asking;

    Flow(World world, int id, Session sender, Jid to) {
        this.world = world;
        this.id = id;
        this.sender = sender;
        this.to = to;
    }

    /** What was under way from a node that died may be lost. */
    boolean isOver() {
        return !sender.host.isMember(sender.life);
    }

    boolean isWaiting() {
        return asking && !isOver();
    }

    void send() {
        int number = numbers++;
        for (Session s : world.sessions(to)) {
            boolean owed = s.isBound() && sender.host.view().contains(s.life);
            if (owed) s.owes(this, number);
        }
        waiting.add(number);
        if (!asking) next();
    }

    private void next() {
        while (!asking && !waiting.isEmpty() && !isOver()) {
            List<Session> owed = world.owed(sender.host, to);
            NodeSet answer = sender.host.routing.locate(to);
            if (answer.isKnown()) {
                world.check(sender.host, to, owed, answer.now());
                transmit(waiting.poll(), answer.now());
            } else {
                asking = true;
                answer.then(nodes -> late(owed, nodes), failure -> world.violated("locate failed: " + failure));
            }
        }
    }

    private void late(List<Session> owed, List<NodeId> nodes) {
        asking = false;
        if (isOver()) return;
        world.check(sender.host, to, owed, nodes);
        transmit(waiting.poll(), nodes);
        next();
    }

    private void transmit(int number, List<NodeId> nodes) {
        arrive(sender.host, number);
        byte[] message = ByteBuffer.allocate(8).putInt(id).putInt(number).array();
        nodes.forEach(node -> sender.host.node.send(node, LANE, CHANNEL, message));
    }

    void arrive(Host at, int number) {
        for (Session s : world.sessions(to)) {
            if (s.host == at) s.take(this, number).ifPresent(world::violated);
        }
    }

    @Override
    public String toString() {
        return sender.full + " to " + to;
    }
}
