package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.xmpp.Jid;

/**
 * Asks owners, else replicas, about accounts. Identical questions under way are one. What comes too late, or from nodes
 * that do not know all, is made up for by naming more.
 */
final class LookUps {
    private final Participant self;
    private final Members members;
    private final Cache cache;
    private final Nodes.Pool pool;
    private final ConcurrentHashMap<Jid, LookUp> underWay = new ConcurrentHashMap<>(); // changed with the lock
    private final LongAdder misses = new LongAdder();

    /** An answer, for those who wait. */
    private record Due(CompletableFuture<List<NodeId>> waits, List<NodeId> answer) {}

    LookUps(Participant self, Members members, Cache cache, Nodes.Pool pool) {
        this.self = self;
        this.members = members;
        this.cache = cache;
        this.pool = pool;
    }

    long misses() {
        return misses.sum();
    }

    NodeSet ask(Jid account) {
        synchronized (members.lock) {
            LookUp lookUp = underWay.get(account);
            if (lookUp != null) return NodeSet.later(lookUp.join());
            misses.increment();
            // What cannot be used now must not be used later either: who is asked may not go on telling of changes.
            cache.remove(account);
            lookUp = new LookUp(account);
            Optional<Link> link = next(lookUp);
            if (link.isEmpty()) return members.standing().everyone();
            CompletableFuture<List<NodeId>> answer = new CompletableFuture<>();
            lookUp.before.add(answer);
            underWay.put(account, lookUp);
            ask(lookUp, link.get());
            return NodeSet.later(answer);
        }
    }

    private void ask(LookUp lookUp, Link link) {
        lookUp.ask(link);
        link.ask(lookUp);
    }

    /** Who can be asked, and was not: the owner before the replica. */
    private Optional<Link> next(LookUp lookUp) {
        Standing s = members.standing();
        for (Participant seat : s.placement().seats(lookUp.account)) {
            if (!s.agrees(seat.id()) || lookUp.tried.contains(seat.id())) continue;
            Optional<Link> link = members.link(seat);
            if (link.isPresent()) return link;
        }
        return Optional.empty();
    }

    /** Whether who answers an account, or is asked about it, has to tell of changes. Any thread. */
    boolean uses(Jid account, Link link) {
        LookUp lookUp = underWay.get(account);
        return lookUp != null && lookUp.link == link || cache.has(account, link);
    }

    // what comes back

    void found(Link link, List<LookUp> asked, Frames.Answer answer) {
        if (answer.outcome() != Frames.Outcome.FOUND || answer.found().size() != asked.size()) {
            failed(link, asked);
            return;
        }
        List<Due> due = new ArrayList<>();
        synchronized (members.lock) {
            for (int i = 0; i < asked.size(); i++) {
                LookUp lookUp = asked.get(i);
                if (lookUp.link != link || underWay.get(lookUp.account) != lookUp) continue;
                found(lookUp, answer.unknown(), answer.found().get(i), due);
            }
        }
        due.forEach(d -> d.waits.complete(d.answer));
    }

    private void found(LookUp lookUp, List<NodeId> unknown, Frames.Found found, List<Due> due) {
        Standing now = members.standing();
        boolean isNews = lookUp.change != null && !lookUp.change.isVoid() && lookUp.change.version() > found.version();
        List<NodeId> nodes = isNews ? lookUp.change.nodes() : found.nodes();
        long version = isNews ? lookUp.change.version() : found.version();
        boolean keeps = unknown.isEmpty() && mayKeep(lookUp, nodes, now);
        if (keeps) cache.put(lookUp.account, new Cache.Entry(pool.of(nodes), version, lookUp.link, now.placement()));
        underWay.remove(lookUp.account); // not before: who answered would be told that it is not used
        if (!found.nodes().isEmpty() && !cache.has(lookUp.account, lookUp.link)) lookUp.link.forget(lookUp.account);
        Set<NodeId> all = new TreeSet<>(nodes);
        all.addAll(unknown);
        all.addAll(lookUp.standing.behind());
        all.addAll(now.behind());
        now.publishing().stream()
                .filter(id -> !lookUp.standing.inStep().contains(id))
                .forEach(all::add);
        all.remove(self.id());
        List<NodeId> answer = List.copyOf(all);
        lookUp.before.forEach(waits -> due.add(new Due(waits, answer)));
        if (lookUp.since == null) return;
        if (keeps) due.add(new Due(lookUp.since, answer));
        else again(lookUp, due);
    }

    /** Only if who answered has told all that changed meanwhile, and this node knows those who are named. */
    private boolean mayKeep(LookUp lookUp, List<NodeId> nodes, Standing now) {
        boolean isVoid = lookUp.change != null && lookUp.change.isVoid();
        return !isVoid
                && !nodes.isEmpty()
                && now.placement() == lookUp.standing.placement()
                && now.agrees(lookUp.link.id)
                && !lookUp.link.isClosed()
                && isPlaced(nodes, now);
    }

    private static boolean isPlaced(List<NodeId> nodes, Standing now) {
        return nodes.stream()
                .allMatch(id -> now.placement().participants().stream().anyMatch(p -> p.id().equals(id)));
    }

    /** Who asked after the request was made is asked for anew. */
    private void again(LookUp lookUp, List<Due> due) {
        LookUp next = new LookUp(lookUp.account);
        next.before.add(lookUp.since);
        Optional<Link> link = next(next);
        if (link.isEmpty()) {
            due.add(new Due(lookUp.since, members.standing().everyone().now()));
            return;
        }
        underWay.put(next.account, next);
        ask(next, link.get());
    }

    /** There is no answer of these: the replica is asked, or all members are named. */
    void failed(Link link, List<LookUp> lookUps) {
        List<Due> due = new ArrayList<>();
        synchronized (members.lock) {
            for (LookUp lookUp : lookUps) {
                if (lookUp.link != link || underWay.get(lookUp.account) != lookUp) continue;
                Optional<Link> next = next(lookUp);
                if (next.isPresent()) {
                    ask(lookUp, next.get());
                } else {
                    underWay.remove(lookUp.account);
                    everyone(lookUp, due);
                }
                link.forget(lookUp.account); // it may have taken the question, and remember who asked
            }
        }
        due.forEach(d -> d.waits.complete(d.answer));
    }

    private void everyone(LookUp lookUp, List<Due> due) {
        List<NodeId> all = members.standing().everyone().now();
        lookUp.before.forEach(waits -> due.add(new Due(waits, all)));
        if (lookUp.since != null) due.add(new Due(lookUp.since, all));
    }

    /** Who keeps entries tells of a change, and waits until this node will not miss it. */
    void changed(Link link, Frames.Change change) {
        synchronized (members.lock) {
            Standing s = members.standing();
            boolean isUseful =
                    !change.isVoid() && !change.nodes().isEmpty() && s.agrees(link.id) && isPlaced(change.nodes(), s);
            Optional<Nodes> nodes = isUseful ? Optional.of(pool.of(change.nodes())) : Optional.empty();
            boolean isKept = cache.change(change.account(), link, change.version(), nodes);
            LookUp lookUp = underWay.get(change.account());
            if (lookUp != null && lookUp.link == link) note(lookUp, change);
            else if (!isKept) link.forget(change.account());
        }
    }

    private static void note(LookUp lookUp, Frames.Change change) {
        Frames.Change before = lookUp.change;
        if (before == null || change.isVoid() || !before.isVoid() && change.version() > before.version()) {
            lookUp.change = change;
        }
    }

    void close() {
        List<Due> due = new ArrayList<>();
        synchronized (members.lock) {
            underWay.values().forEach(lookUp -> everyone(lookUp, due));
            underWay.clear();
        }
        due.forEach(d -> d.waits.complete(d.answer));
    }
}
