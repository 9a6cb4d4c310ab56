package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/**
 * The entries this node keeps as owner or replica: who holds sessions of an account, and who asked for it and so has it
 * cached. Entries never change, they are exchanged; so a holder and the askers to tell of it are read in one.
 */
final class Share {
    /** Roughly, of the map, an entry and an address. */
    private static final int ENTRY_BYTES = 300;

    private static final int SAMPLE = 50_000;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    /** @param version higher with each change of the holders of any account here */
    record Entry(Nodes holders, Nodes askers, long version) {
        private boolean isEmpty() {
            return holders.isEmpty() && askers.isEmpty();
        }
    }

    /** Tells askers. */
    interface Changes {
        /**
         * What is known of an account by then goes to a node that asked for it.
         *
         * @param soon somebody waits for it
         * @return completes when it has confirmed or is gone
         */
        CompletionStage<Void> tell(NodeId asker, Jid account, boolean soon);
    }

    private final ConcurrentHashMap<Jid, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong versions = new AtomicLong();
    private final Nodes.Pool pool;
    private final Changes changes;

    Share(Nodes.Pool pool, Changes changes) {
        this.pool = pool;
        this.changes = changes;
    }

    /** An entry without holders if there is none. */
    Entry entry(Jid account) {
        long version = versions.get();
        Entry e = entries.get(account);
        return e != null ? e : new Entry(pool.none(), pool.none(), version);
    }

    Nodes holders(Jid account) {
        Entry e = entries.get(account);
        return e != null ? e.holders : pool.none();
    }

    // what holders say

    /** @return completes when all who asked for the account know */
    CompletionStage<Void> hold(Jid account, NodeId holder) {
        return set(account, holder, () -> true);
    }

    /** Those who asked learn of it late. */
    void drop(Jid account, NodeId holder) {
        set(account, holder, () -> false);
    }

    /** @param holds asked while nobody else changes this entry: of several calls the last to ask decides */
    CompletionStage<Void> set(Jid account, NodeId holder, BooleanSupplier holds) {
        boolean[] held = new boolean[2]; // before, now
        Entry entry = entries.compute(account, (a, old) -> {
            Entry was = old != null ? old : new Entry(pool.none(), pool.none(), 0);
            held[0] = was.holders.contains(holder);
            held[1] = holds.getAsBoolean();
            return changed(old, was, held[1] ? was.holders.plus(holder) : was.holders.minus(holder), was.askers);
        });
        if (entry == null || !held[0] && !held[1]) return DONE;
        // Told also where nothing changed: an earlier call may still be on its way to them.
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (NodeId asker : entry.askers.ids) {
            if (held[1] && asker.equals(holder)) continue; // itself it does not look for
            told.add(changes.tell(asker, account, held[1]).toCompletableFuture());
        }
        if (!held[1] || told.isEmpty()) return DONE;
        return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new));
    }

    private Entry changed(Entry old, Entry was, Nodes holders, Nodes askers) {
        if (old != null && holders == was.holders && askers == was.askers) return old;
        long version = holders == was.holders ? was.version : versions.incrementAndGet();
        Entry now = new Entry(holders, askers, version);
        return now.isEmpty() ? null : now;
    }

    // what askers say

    /**
     * Answers an asker, who is remembered where the account has holders and it may cache the answer. Absence is not
     * cached.
     */
    Entry ask(Jid account, NodeId asker, boolean mayCache) {
        Entry entry = entries.computeIfPresent(account, (a, old) -> {
            boolean remember = mayCache && !old.holders.isEmpty();
            return changed(old, old, old.holders, remember ? old.askers.plus(asker) : old.askers.minus(asker));
        });
        return entry != null ? entry : entry(account);
    }

    void forget(Jid account, NodeId asker) {
        entries.computeIfPresent(account, (a, old) -> changed(old, old, old.holders, old.askers.minus(asker)));
    }

    // what becomes of nodes

    /** A node places its accounts anew: it holds here, and has asked here for, only what is to stay. */
    void retain(NodeId node, Predicate<Jid> stays) {
        entries.forEach((account, entry) -> {
            boolean concerned = entry.holders.contains(node) || entry.askers.contains(node);
            if (!concerned || stays.test(account)) return;
            Entry left = entries.computeIfPresent(
                    account, (a, old) -> changed(old, old, old.holders.minus(node), old.askers.minus(node)));
            if (left == null || !entry.holders.contains(node)) return;
            left.askers.ids.forEach(asker -> changes.tell(asker, account, false));
        });
    }

    /** What it told is void. Others find that out by themselves. */
    void remove(NodeId node) {
        entries.forEach((account, entry) -> {
            if (!entry.holders.contains(node) && !entry.askers.contains(node)) return;
            entries.computeIfPresent(
                    account, (a, old) -> changed(old, old, old.holders.minus(node), old.askers.minus(node)));
        });
    }

    void clear() {
        entries.clear();
    }

    // figures

    long size() {
        return entries.mappingCount();
    }

    /** How many of the entries are of accounts of which this holds; of many entries judged by a part. */
    long estimate(Predicate<Jid> what) {
        long looked = 0;
        long found = 0;
        for (Jid account : entries.keySet()) {
            if (looked++ == SAMPLE) return found * size() / SAMPLE;
            if (what.test(account)) found++;
        }
        return found;
    }

    long bytes() {
        return size() * ENTRY_BYTES;
    }
}
