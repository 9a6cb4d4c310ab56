package org.skein.session.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions do when the cluster changes. Called on the cluster's one thread. */
final class ClusterPart {
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final Duration LOOK_AFTER = Duration.ofSeconds(1);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(50);
    private static final int LOOKS_AT_ONCE = 100;
    private static final Logger log = LoggerFactory.getLogger(ClusterPart.class);

    private final ServerNode node;
    private Runnable goOn; // between leaving and changed
    private boolean sweeping;

    ClusterPart(ServerNode node) {
        this.node = node;
    }

    void received(NodeId from, byte[] payload) {
        try {
            node.forwarding.received(from, payload);
        } catch (IllegalArgumentException unreadable) {
            log.error("what=message_unreadable node={} bytes={}", from, payload.length, unreadable);
        }
    }

    void leaving(Set<NodeId> nodes) {
        if (goOn != null) goOn.run();
        goOn = node.forwarding.leaving(nodes);
    }

    void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        left.forEach(node.registry::nodeLeft);
        node.forwarding.changed(now);
        if (goOn != null) goOn.run();
        goOn = null;
        if (!joined.isEmpty()) node.binds.introduce(joined);
        if (!left.isEmpty()) {
            releaseRows(now);
            node.delays.schedule(() -> lookAgain(waiting()), LOOK_AFTER);
        }
        if (!sweeping) {
            sweeping = true;
            node.delays.schedule(this::sweep, SWEEP);
        }
    }

    private void sweep() {
        if (node.stopping) return;
        releaseRows(node.cluster().view());
        node.delays.schedule(this::sweep, SWEEP);
    }

    private Deque<UserSession> waiting() {
        Deque<UserSession> all = new ArrayDeque<>();
        for (UserSession session : node.registry.snapshot()) {
            if (session.account().accepting() == session) all.add(session);
        }
        return all;
    }

    /** A node that is gone may have made rows offline ones and not lived to tell: users who are here look for theirs. */
    private void lookAgain(Deque<UserSession> sessions) {
        for (int i = 0; i < LOOKS_AT_ONCE && !sessions.isEmpty(); i++) {
            UserSession session = sessions.poll();
            if (session.accepts()) node.offline.flush(session);
        }
        if (!sessions.isEmpty() && !node.stopping) node.delays.schedule(() -> lookAgain(sessions), LOOK_PAUSE);
    }

    /** Rows of sessions on nodes that are gone: one member makes them offline ones, and looks for their users. */
    private void releaseRows(View view) {
        NodeId self = node.cluster().self();
        List<NodeId> members = view.ids();
        if (members.isEmpty() || !members.get(0).equals(self)) return;
        List<Long> live = members.stream().map(NodeId::incarnation).toList();
        node.spool().releaseHoldersOutside(live).whenComplete((owners, failure) -> {
            if (failure != null) log.warn("what=rows_not_released reason={}", failure.toString());
            else owners.forEach(this::found);
        });
    }

    private void found(Jid owner) {
        node.offline.becameOffline(owner);
    }

    /** This life of the node is over: nobody is served, and what its clients had is theirs at other nodes. */
    void excluded() {
        Set<NodeId> all = new HashSet<>(node.forwarding.others());
        List<UserSession> sessions = node.registry.snapshot();
        log.warn("what=sessions_ended reason=excluded sessions={}", sessions.size());
        sessions.forEach(UserSession::forsake);
        leave(all);
    }

    private void leave(Collection<NodeId> nodes) {
        if (goOn != null) goOn.run();
        goOn = null;
        List<NodeId> gone = new ArrayList<>(nodes);
        Runnable rest = node.forwarding.leaving(gone);
        gone.forEach(node.registry::nodeLeft);
        rest.run();
    }

    static StreamError shutdown() {
        return StreamError.Condition.SYSTEM_SHUTDOWN.error();
    }
}
