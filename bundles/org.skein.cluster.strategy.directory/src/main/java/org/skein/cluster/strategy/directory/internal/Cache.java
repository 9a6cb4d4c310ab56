package org.skein.cluster.strategy.directory.internal;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/**
 * Answers of other nodes. Each keeps this node up to date about what it answered, as long as the account is placed there.
 * Reading takes no lock; all else is called with the directory's, except where said.
 */
final class Cache {
    /** Roughly, of the map, an entry and an address. */
    private static final int ENTRY_BYTES = 300;

    /** Entries looked at for one that was not used lately, before any will do. */
    private static final int LOOKS = 32;

    /** One account's. */
    static final class Entry {
        final Nodes nodes;
        final long version;
        final Link from;
        private volatile Placement checked;
        private boolean used = true; // races do no harm

        Entry(Nodes nodes, long version, Link from, Placement checked) {
            this.nodes = nodes;
            this.version = version;
            this.from = from;
            this.checked = checked;
        }

        /** Whether who answered tells of changes, as things stand. */
        private boolean isGood(Jid account, Standing s) {
            if (!s.agrees(from.id) || from.isClosed()) return false;
            if (checked != s.placement()) {
                if (!s.placement().seats(from.participant(), account)) return false;
                checked = s.placement();
            }
            return true;
        }
    }

    private final ConcurrentHashMap<Jid, Entry> entries = new ConcurrentHashMap<>();
    private volatile int limit;
    private Iterator<Map.Entry<Jid, Entry>> hand = entries.entrySet().iterator();

    Cache(int limit) {
        this.limit = limit;
    }

    /** What may be used as things stand, or null. Any thread. */
    Nodes get(Jid account, Standing s) {
        Entry e = entries.get(account);
        if (e == null || !e.isGood(account, s)) return null;
        if (!e.used) e.used = true;
        return e.nodes;
    }

    /** Whether there is an answer of this link's. Any thread. */
    boolean has(Jid account, Link from) {
        Entry e = entries.get(account);
        return e != null && e.from == from;
    }

    void limit(int now) {
        limit = now;
        shrink();
    }

    /** Only of an account that has no entry. */
    void put(Jid account, Entry entry) {
        entries.put(account, entry);
        shrink();
    }

    /**
     * News of an entry.
     *
     * @param nodes who holds the account now; empty if the entry is of no use any more
     * @return false if there is no entry of this link's
     */
    boolean change(Jid account, Link from, long version, Optional<Nodes> nodes) {
        boolean[] there = new boolean[1];
        update(account, e -> {
            there[0] = e.from == from;
            if (!there[0] || nodes.isPresent() && version <= e.version) return e;
            return nodes.map(n -> new Entry(n, version, from, e.checked)).orElse(null);
        });
        return there[0];
    }

    /** Who answered is told that an entry is gone, when it is: as long as it is {@link #has there} nothing is told. */
    private void update(Jid account, UnaryOperator<Entry> change) {
        Entry[] gone = new Entry[1];
        entries.computeIfPresent(account, (a, e) -> {
            Entry now = change.apply(e);
            gone[0] = now == null ? e : null;
            return now;
        });
        if (gone[0] != null) gone[0].from.forget(account);
    }

    /** Who answered will be told, unless it is asked again first. */
    void remove(Jid account) {
        Entry e = entries.remove(account);
        if (e != null) e.from.forget(account);
    }

    /** Second chance: what was used since the hand passed stays for another round. */
    private void shrink() {
        int looks = 0;
        while (entries.mappingCount() > limit) {
            if (!hand.hasNext()) hand = entries.entrySet().iterator();
            if (!hand.hasNext()) return;
            Map.Entry<Jid, Entry> e = hand.next();
            if (e.getValue().used && looks++ < LOOKS) {
                e.getValue().used = false;
            } else {
                remove(e.getKey());
                looks = 0;
            }
        }
    }

    // nodes come and go; any thread, without the lock

    /** What is not asked of the same node any more goes. Those who answered do the same when they hear of the placement. */
    void place(Placement now, Participant self) {
        for (Jid account : entries.keySet()) {
            entries.computeIfPresent(account, (a, e) -> now.seats(e.from.participant(), a) ? e : null);
            if (now.seats(self, account)) update(account, e -> null);
        }
    }

    /** A node is gone, and with it what it answered and what it held. */
    void remove(Link gone, NodeId id) {
        for (Jid account : entries.keySet()) {
            update(account, e -> {
                Nodes left = e.nodes.minus(id);
                if (e.from == gone || left.isEmpty()) return null;
                return left == e.nodes ? e : new Entry(left, e.version, e.from, e.checked);
            });
        }
    }

    void clear() {
        entries.clear();
    }

    long size() {
        return entries.mappingCount();
    }

    long bytes() {
        return size() * ENTRY_BYTES;
    }
}
