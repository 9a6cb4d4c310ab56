package org.skein.cluster.strategy.online.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.xmpp.Jid;

/**
 * This node's sessions with their presence, in buckets, of which the digests are kept up with every change. It is also
 * the lock of the {@link Feed}s: everything here is called with it held, so that what is told of a moment is true of it.
 */
final class Own {
    private final List<NavigableMap<Jid, byte[]>> buckets = new ArrayList<>(Buckets.COUNT);
    private final long[] digests = new long[Buckets.COUNT];
    private final SharedBytes shared = new SharedBytes();
    private int sessions;

    /** What events told while the snapshot is being read: they know better. */
    private Set<Jid> touched = new HashSet<>();

    Own() {
        for (int b = 0; b < Buckets.COUNT; b++) buckets.add(new TreeMap<>());
    }

    void bound(Jid session) {
        touch(session);
        put(session, PresenceXml.NONE);
    }

    /** @return whether anything changes by it */
    boolean presence(Jid session, byte[] presence) {
        boolean mayBeInSnapshot = touched != null && !touched.contains(session);
        byte[] before = of(session).get(session);
        if (before == null && !mayBeInSnapshot || Arrays.equals(before, presence)) return false;
        touch(session);
        put(session, presence);
        return true;
    }

    boolean unbound(Jid session) {
        touch(session);
        byte[] before = of(session).remove(session);
        if (before == null) return false;
        add(session, -hash(session, before));
        sessions--;
        return true;
    }

    /** A session of the snapshot. */
    void found(Jid session, byte[] presence) {
        if (!touched.contains(session)) put(session, presence);
    }

    /** The snapshot is read. */
    void complete() {
        touched = null;
    }

    private void touch(Jid session) {
        if (touched != null) touched.add(session);
    }

    private void put(Jid session, byte[] presence) {
        byte[] before = of(session).put(session, shared.of(presence));
        add(session, hash(session, presence) - (before == null ? 0 : hash(session, before)));
        if (before == null) sessions++;
    }

    private NavigableMap<Jid, byte[]> of(Jid session) {
        return buckets.get(Buckets.of(session.bare().toString()));
    }

    private void add(Jid session, long hash) {
        digests[Buckets.of(session.bare().toString())] += hash;
    }

    private static long hash(Jid session, byte[] presence) {
        return Buckets.hash(session.bare().toString(), session.resource(), presence);
    }

    int sessions() {
        return sessions;
    }

    /** What is the case with a session now. */
    Told told(Jid session) {
        return new Told(session, Optional.ofNullable(of(session).get(session)));
    }

    Digests digests(int first, int count) {
        return new Digests(first, Arrays.copyOfRange(digests, first, first + count));
    }

    /**
     * The sessions of a bucket as far as they fit.
     *
     * @param one whether it holds one session at least, even if that does not fit
     * @return empty if not even one fits
     */
    Optional<Chunk> chunk(int bucket, Optional<Jid> after, int maxBytes, boolean one) {
        NavigableMap<Jid, byte[]> all = buckets.get(bucket);
        List<Told> sessions = new ArrayList<>();
        int size = 0;
        for (Map.Entry<Jid, byte[]> e :
                after.map(jid -> all.tailMap(jid, false)).orElse(all).entrySet()) {
            Told told = new Told(e.getKey(), Optional.of(e.getValue()));
            size += Codec.size(told);
            if (size > maxBytes && !(one && sessions.isEmpty())) {
                return sessions.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Chunk(bucket, after, sessions, false, 0));
            }
            sessions.add(told);
        }
        return Optional.of(new Chunk(bucket, after, sessions, true, digests[bucket]));
    }
}
