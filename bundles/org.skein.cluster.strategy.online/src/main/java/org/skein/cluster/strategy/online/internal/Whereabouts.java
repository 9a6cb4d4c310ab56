package org.skein.cluster.strategy.online.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.cluster.api.strategy.ClusteringStrategy.RemotePresence;
import org.skein.cluster.strategy.online.internal.Holders.Session;
import org.skein.xmpp.Jid;

/**
 * Which other nodes hold which account, as far as they told, and what is not known of them. Keyed by the text of the
 * bare JID: a string is a third of what a {@link Jid} and its parts take, and there is one for each user of the cluster.
 *
 * <p>Any thread. A look-up reads what is known between two looks at the gaps: had these changed meanwhile, it might have
 * seen neither a session nor that its bucket was not in step.
 */
final class Whereabouts {
    /** Rough bytes of an account (map node, key, holders) and of a session, without their texts. */
    private static final int ACCOUNT_BYTES = 150;

    private static final int SESSION_BYTES = 85;

    private final Map<String, Holders> accounts = new ConcurrentHashMap<>();
    private final Map<NodeId, NodeSet> single = new ConcurrentHashMap<>();
    private final Function<NodeId, NodeSet> alone = id -> single.computeIfAbsent(id, i -> NodeSet.of(List.of(i)));
    private final SortedMap<NodeId, BitSet> open = new TreeMap<>(); // guarded by this
    private boolean ended; // guarded by this
    private volatile Gaps gaps = new Gaps(open);
    private final LongAdder sessions = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    NodeSet locate(String account) {
        while (true) {
            Gaps before = gaps;
            Holders holders = accounts.get(account);
            if (gaps == before) return before.and(holders == null ? NodeSet.none() : holders.nodes(), account);
        }
    }

    Presences presences(Jid account) {
        String key = account.toString();
        while (true) {
            Gaps before = gaps;
            Holders holders = accounts.get(key);
            if (gaps == before) return presences(account, holders, before.of(key));
        }
    }

    private static Presences presences(Jid account, Holders holders, List<NodeId> unsure) {
        if (holders == null) return new Presences(List.of(), unsure);
        Set<NodeId> ask = new LinkedHashSet<>(unsure);
        List<RemotePresence> readable = new ArrayList<>();
        for (Session s : holders.sessions()) {
            if (s.presence().length == 0 || ask.contains(s.node())) continue;
            PresenceXml.read(s.presence(), account.withResource(s.resource()))
                    .ifPresentOrElse(p -> readable.add(new RemotePresence(s.node(), p)), () -> ask.add(s.node()));
        }
        readable.removeIf(p -> ask.contains(p.node()));
        return new Presences(readable, List.copyOf(ask));
    }

    /** @return whether it is the first session of its node for the account */
    boolean put(String account, Session s) {
        boolean[] first = {false};
        accounts.compute(account, (a, before) -> {
            first[0] = before == null || !before.holds(s.node());
            return counted(a, before, Holders.with(before, s, alone));
        });
        return first[0];
    }

    /** @return whether it was the last session of its node for the account */
    boolean remove(String account, NodeId node, String resource) {
        boolean[] last = {false};
        accounts.computeIfPresent(account, (a, before) -> {
            Holders after = before.without(node, resource, alone);
            last[0] = after != before && (after == null || !after.holds(node));
            return counted(a, before, after);
        });
        return last[0];
    }

    void removeAll(String account, NodeId node) {
        accounts.computeIfPresent(account, (a, before) -> counted(a, before, before.without(node, alone)));
    }

    List<Session> sessions(String account, NodeId node) {
        Holders holders = accounts.get(account);
        if (holders == null) return List.of();
        List<Session> of = new ArrayList<>(1);
        for (Session s : holders.sessions()) {
            if (s.node().equals(node)) of.add(s);
        }
        return of;
    }

    /** What a node's sessions of an account add to the digest of their bucket. */
    long digest(String account, NodeId node) {
        Holders holders = accounts.get(account);
        if (holders == null) return 0;
        long sum = 0;
        for (Session s : holders.sessions()) {
            if (s.node().equals(node)) sum += Buckets.hash(account, s.resource(), s.presence());
        }
        return sum;
    }

    private Holders counted(String account, Holders before, Holders after) {
        if (after == before) return after;
        sessions.add(count(after) - count(before));
        bytes.add(bytes(account, after) - bytes(account, before));
        return after;
    }

    private static int count(Holders h) {
        return h == null ? 0 : h.sessions().length;
    }

    private static long bytes(String account, Holders h) {
        if (h == null) return 0;
        long n = ACCOUNT_BYTES + account.length();
        for (Session s : h.sessions()) n += SESSION_BYTES + s.resource().length() + s.presence().length;
        return n;
    }

    /** A member, and the buckets in which what is known of it is not in step. After what was learnt, before what is forgotten. */
    synchronized void gap(NodeId node, BitSet buckets) {
        if (ended) return;
        open.put(node, (BitSet) buckets.clone());
        gaps = new Gaps(open);
    }

    /** A member that is none any more. */
    synchronized void left(NodeId node) {
        if (ended) return;
        open.remove(node);
        single.remove(node);
        gaps = new Gaps(open);
    }

    /** Nothing is known of anybody from now on. */
    synchronized void end() {
        ended = true;
        open.values().forEach(buckets -> buckets.set(0, Buckets.COUNT));
        gaps = new Gaps(open);
        accounts.clear();
    }

    int users() {
        return accounts.size();
    }

    long heldSessions() {
        return sessions.sum();
    }

    /** An estimate, too high where equal presences share their bytes. */
    long bytes() {
        return bytes.sum();
    }

    int notInStep() {
        return gaps.members();
    }
}
