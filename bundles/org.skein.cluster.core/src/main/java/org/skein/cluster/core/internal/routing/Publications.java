package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which strategies the members publish their sessions to, told by each of itself (CLUSTER 18): what a member has not said,
 * or has taken back, makes it unknown. Any thread.
 */
final class Publications {
    private static final Logger log = LoggerFactory.getLogger(Publications.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(500);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final Peers peers;
    private final String channel;
    private final Clockwork clockwork;

    // Guarded by this.
    private final Map<NodeId, Map<String, Long>> published = new HashMap<>(); // key to run
    private final Map<NodeId, Map<String, Long>> distrusted = new HashMap<>(); // the same
    private final Map<NodeId, Integer> confirmed = new HashMap<>(); // of what this node says
    private final Set<NodeId> told = new HashSet<>(); // that it publishes something, whether they confirmed it or not
    private List<NodeId> others = List.of();
    private Map<String, Long> mine = Map.of();
    private int announcement;
    private CompletableFuture<Void> allConfirmed = CompletableFuture.completedFuture(null);

    /** What a member's announcement changes, and what it publishes to then. */
    record Change(Set<String> ended, Set<String> begun, Map<String, Long> published) {}

    Publications(Peers peers, String channel, Clockwork clockwork) {
        this.peers = peers;
        this.channel = channel;
        this.clockwork = clockwork;
    }

    // what others say

    synchronized void members(List<NodeId> members) {
        others = members;
        published.keySet().retainAll(members);
        distrusted.keySet().retainAll(members);
        confirmed.keySet().retainAll(members);
        told.retainAll(members);
    }

    synchronized boolean publishes(NodeId member, String key) {
        return published.getOrDefault(member, Map.of()).containsKey(key);
    }

    synchronized Set<NodeId> publishing(String key) {
        Set<NodeId> nodes = new HashSet<>();
        published.forEach((id, keys) -> {
            if (keys.containsKey(key)) nodes.add(id);
        });
        return nodes;
    }

    /** What ended is over when this returns; what began counts after {@link #begin}. Empty: it is no member. */
    synchronized Optional<Change> heard(NodeId from, Map<String, Long> announced) {
        if (!others.contains(from)) return Optional.empty();
        Map<String, Long> said = new HashMap<>(announced);
        distrusted.getOrDefault(from, Map.of()).forEach(said::remove);
        Map<String, Long> before = published.getOrDefault(from, Map.of());
        Set<String> ended = new HashSet<>();
        Set<String> begun = new HashSet<>();
        before.forEach((key, run) -> {
            if (!run.equals(said.get(key))) ended.add(key);
        });
        said.forEach((key, run) -> {
            if (!run.equals(before.get(key))) begun.add(key);
        });
        Map<String, Long> rest = new HashMap<>(before);
        rest.keySet().removeAll(ended);
        published.put(from, rest);
        return Optional.of(new Change(ended, begun, said));
    }

    synchronized void begin(NodeId from, Change change) {
        if (others.contains(from)) published.put(from, change.published);
    }

    /** What a member sent cannot be taken: it is as if it did not publish, until it begins anew. False: it did not. */
    synchronized boolean distrust(NodeId member, String key) {
        Map<String, Long> rest = new HashMap<>(published.getOrDefault(member, Map.of()));
        Long run = rest.remove(key);
        if (run == null) return false;
        published.put(member, rest);
        distrusted.computeIfAbsent(member, m -> new HashMap<>()).put(key, run);
        return true;
    }

    /** This node goes on as another incarnation: what was said of the one before is void. */
    synchronized void forget() {
        published.clear();
        distrusted.clear();
        confirmed.clear();
        told.clear();
    }

    // what this node says

    /** Completes when no member believes more of this node than what it says now. */
    synchronized CompletionStage<Void> confirmed() {
        return allConfirmed.isDone() ? DONE : allConfirmed;
    }

    /** Tells members which have not confirmed it what this node publishes to. After they are admitted. */
    void announce(Map<String, Long> publishes) {
        int number;
        List<NodeId> to;
        synchronized (this) {
            if (!publishes.equals(mine)) {
                mine = Map.copyOf(publishes);
                announcement++;
            }
            number = announcement;
            to = others.stream()
                    .filter(id -> confirmed.getOrDefault(id, -1) != number)
                    .toList();
            if (!to.isEmpty() && number > 0 && allConfirmed.isDone()) {
                // Who was never told anything includes this node anyway; only a change of mind is waited for.
                boolean anyTold = to.stream().anyMatch(told::contains);
                if (anyTold) allConfirmed = new CompletableFuture<>();
            }
            if (!publishes.isEmpty()) told.addAll(to);
        }
        byte[] frame = StrategyFrame.announce(new TreeMap<>(publishes));
        to.forEach(id -> announce(id, number, frame));
        check();
    }

    private void announce(NodeId to, int number, byte[] frame) {
        peers.call(to, channel, frame, ANSWER_WITHIN).thenAccept(reply -> {
            synchronized (this) {
                if (number != announcement || !others.contains(to)) return;
                if (reply.isAnswered()) confirmed.put(to, number);
            }
            if (reply.isAnswered()) {
                check();
            } else if (reply.result() != Peers.Result.LEFT) {
                log.debug("what=strategy_not_announced to={} result={} error={}", to, reply.result(), reply.error());
                clockwork.after(AGAIN_AFTER, () -> again(to, number, frame));
            }
        });
    }

    private void again(NodeId to, int number, byte[] frame) {
        synchronized (this) {
            if (number != announcement || !others.contains(to)) return;
        }
        announce(to, number, frame);
    }

    /** After a confirmation, or when members left. */
    void check() {
        CompletableFuture<Void> done;
        synchronized (this) {
            boolean all = others.stream()
                    .allMatch(id -> !told.contains(id) || confirmed.getOrDefault(id, -1) == announcement);
            if (!all || allConfirmed.isDone()) return;
            done = allConfirmed;
        }
        done.complete(null);
    }

    synchronized void close() {
        allConfirmed.complete(null);
    }
}
