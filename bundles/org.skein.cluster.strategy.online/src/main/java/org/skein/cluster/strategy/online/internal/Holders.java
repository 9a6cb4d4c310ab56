package org.skein.cluster.strategy.online.internal;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;

/**
 * The sessions of one account on other nodes, with the answer to a look-up already made. Immutable.
 *
 * @param sessions never empty
 */
record Holders(NodeSet nodes, Session[] sessions) {
    /** @param presence its {@link PresenceXml}, which must not be changed */
    record Session(NodeId node, String resource, byte[] presence) {
        private boolean is(Session other) {
            return node.equals(other.node) && resource.equals(other.resource);
        }
    }

    /**
     * @param holders null for none
     * @param alone makes the answer "this node only"
     */
    static Holders with(Holders holders, Session s, Function<NodeId, NodeSet> alone) {
        if (holders == null) return new Holders(alone.apply(s.node), new Session[] {s});
        Session[] before = holders.sessions;
        for (int i = 0; i < before.length; i++) {
            if (!before[i].is(s)) continue;
            Session[] after = before.clone();
            after[i] = s;
            return new Holders(holders.nodes, after);
        }
        Session[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = s;
        return new Holders(holders.holds(s.node) ? holders.nodes : nodes(after, alone), after);
    }

    /** @return null if nobody is left */
    Holders without(NodeId node, String resource, Function<NodeId, NodeSet> alone) {
        return left(s -> s.node.equals(node) && s.resource.equals(resource), alone);
    }

    Holders without(NodeId node, Function<NodeId, NodeSet> alone) {
        return left(s -> s.node.equals(node), alone);
    }

    private Holders left(Predicate<Session> gone, Function<NodeId, NodeSet> alone) {
        Session[] left = Arrays.stream(sessions).filter(gone.negate()).toArray(Session[]::new);
        if (left.length == sessions.length) return this;
        return left.length == 0 ? null : new Holders(nodes(left, alone), left);
    }

    boolean holds(NodeId node) {
        for (Session s : sessions) {
            if (s.node.equals(node)) return true;
        }
        return false;
    }

    private static NodeSet nodes(Session[] sessions, Function<NodeId, NodeSet> alone) {
        TreeSet<NodeId> nodes = new TreeSet<>();
        for (Session s : sessions) nodes.add(s.node);
        return nodes.size() == 1 ? alone.apply(nodes.first()) : NodeSet.of(List.copyOf(nodes));
    }
}
