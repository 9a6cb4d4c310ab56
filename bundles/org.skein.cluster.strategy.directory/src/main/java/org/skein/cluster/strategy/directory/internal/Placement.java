package org.skein.cluster.strategy.directory.internal;

import java.util.Collection;
import java.util.List;
import org.skein.xmpp.Jid;

/**
 * Which of these participants keep the entry of an account: the first two in rendezvous order, owner and replica. Equal
 * for nodes that have the same participants; when one joins or leaves only its own accounts change places.
 */
final class Placement {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Own placements count up from 0; that of another node has -1. */
    final long number;

    private final List<Participant> participants;
    private final long[] names;
    private final long hash;

    Placement(long number, Collection<Participant> participants) {
        if (participants.isEmpty()) throw new IllegalArgumentException("no participants");
        this.number = number;
        this.participants = participants.stream().distinct().sorted().toList();
        names = this.participants.stream().mapToLong(p -> hash(p.id().name())).toArray();
        long h = 0;
        for (Participant p : this.participants) {
            h = mix(h ^ hash(p.id().name()));
            h = mix(h ^ p.id().incarnation());
            h = mix(h ^ p.life());
        }
        hash = h;
    }

    List<Participant> participants() {
        return participants;
    }

    boolean includes(Participant p) {
        return participants.contains(p);
    }

    /** Stable: part of what nodes say to each other. */
    long hash() {
        return hash;
    }

    /** Owner and replica; the owner alone where it is the only one. */
    List<Participant> seats(Jid account) {
        long top = top(account);
        Participant owner = participants.get((int) (top >>> 32));
        return participants.size() == 1 ? List.of(owner) : List.of(owner, participants.get((int) top));
    }

    Participant owner(Jid account) {
        return participants.get((int) (top(account) >>> 32));
    }

    /** Whether a participant is owner or replica of an account. */
    boolean seats(Participant p, Jid account) {
        long top = top(account);
        return participants.get((int) (top >>> 32)).equals(p)
                || participants.get((int) top).equals(p);
    }

    /** Indices of the two highest scores, in the upper and the lower half; of a lone participant twice its own. */
    private long top(Jid account) {
        long key = hash(account.toString());
        int first = 0;
        int second = 0;
        long firstScore = 0;
        long secondScore = 0;
        for (int i = 0; i < names.length; i++) {
            long score = mix(key ^ names[i]);
            if (i == 0 || Long.compareUnsigned(score, firstScore) > 0) {
                second = first;
                secondScore = firstScore;
                first = i;
                firstScore = score;
            } else if (second == first || Long.compareUnsigned(score, secondScore) > 0) {
                second = i;
                secondScore = score;
            }
        }
        return (long) first << 32 | second;
    }

    /** FNV-1a over UTF-16 units: the same on every node, whatever its JVM. */
    static long hash(String s) {
        long h = FNV_OFFSET;
        for (int i = 0; i < s.length(); i++) h = (h ^ s.charAt(i)) * FNV_PRIME;
        return mix(h);
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(long x) {
        long h = (x ^ x >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }

    @Override
    public boolean equals(Object o) {
        return this == o || o instanceof Placement p && hash == p.hash && participants.equals(p.participants);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    @Override
    public String toString() {
        return participants.toString();
    }
}
