package org.skein.cluster.strategy.online.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skein.cluster.strategy.online.internal.Frame.Answer;
import org.skein.cluster.strategy.online.internal.Frame.Chunk;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Jid;

/**
 * What is still to be told to one node, and who waits for that: changed sessions, each once, whatever happened to it
 * meanwhile; buckets the node wants; digests to be compared. With the lock of {@link Own} held.
 */
final class Backlog {
    private final Own own;
    private final Limits limits;

    // By session, who waits for it to be known.
    private Map<Jid, List<Confirmation>> changed = new LinkedHashMap<>();
    private Map<Jid, List<Confirmation>> underWay = Map.of(); // in the frame that is not answered yet
    private boolean due; // changes were collected for long enough
    private List<Integer> wants = List.of();
    private Optional<Jid> after = Optional.empty();
    private int firstToCheck;
    private int toCheck;

    Backlog(Own own, Limits limits) {
        this.own = own;
        this.limits = limits;
    }

    void add(Jid session, Optional<Confirmation> waits) {
        waits.ifPresent(Confirmation::await);
        changed.merge(session, waits.map(List::of).orElse(List.of()), Backlog::both);
    }

    private static List<Confirmation> both(List<Confirmation> a, List<Confirmation> b) {
        if (a.isEmpty() || b.isEmpty()) return a.isEmpty() ? b : a;
        List<Confirmation> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    /** Changes are not collected any longer. */
    void flush() {
        due = !changed.isEmpty();
    }

    void check(int first, int count) {
        firstToCheck = first;
        toCheck = count;
    }

    boolean isDue() {
        return due || !wants.isEmpty() || toCheck > 0;
    }

    // frames

    /** Its digests have all that was to be told in them. */
    Frame hello(long run, long hears) {
        underWay = changed;
        changed = new LinkedHashMap<>();
        forgetTheRest();
        return new Hello(run, hears, own.digests(0, Buckets.COUNT));
    }

    Frame update(long run, long to) {
        List<Told> changes = takeChanges();
        due = !changed.isEmpty();
        if (due) return new Update(run, to, changes, List.of(), Digests.NONE);
        Digests digests = toCheck > 0 ? own.digests(firstToCheck, toCheck) : Digests.NONE;
        toCheck = 0;
        return new Update(run, to, changes, chunks(), digests);
    }

    private List<Told> takeChanges() {
        underWay = new LinkedHashMap<>();
        List<Told> changes = new ArrayList<>();
        int size = 0;
        Iterator<Map.Entry<Jid, List<Confirmation>>> i = changed.entrySet().iterator();
        while (i.hasNext() && size < limits.changeBytes()) {
            Map.Entry<Jid, List<Confirmation>> e = i.next();
            Told told = own.told(e.getKey());
            size += Codec.size(told);
            changes.add(told);
            underWay.put(e.getKey(), e.getValue());
            i.remove();
        }
        return changes;
    }

    private List<Chunk> chunks() {
        List<Chunk> chunks = new ArrayList<>();
        int room = limits.chunkBytes();
        Optional<Jid> from = after;
        for (int bucket : wants) {
            Chunk chunk = own.chunk(bucket, from, room, chunks.isEmpty()).orElse(null);
            if (chunk == null) break;
            chunks.add(chunk);
            if (!chunk.last()) break;
            from = Optional.empty();
            room -= Codec.size(chunk);
        }
        return chunks;
    }

    // what became of the frame

    void applied(Answer answer, Collection<Confirmation> over) {
        confirm(underWay, over);
        underWay = Map.of();
        wants = answer.wants();
        after = answer.after();
    }

    /** It is not known whether it was taken. If it was, taking it again changes nothing. */
    void sayAgain() {
        underWay.forEach((session, waiting) -> changed.merge(session, waiting, Backlog::both));
        underWay = Map.of();
        flush();
    }

    /** Nothing is to be told any more, until a hello. */
    void drop(Collection<Confirmation> over) {
        confirm(underWay, over);
        confirm(changed, over);
        underWay = Map.of();
        changed = new LinkedHashMap<>();
        forgetTheRest();
    }

    private void forgetTheRest() {
        due = false;
        wants = List.of();
        toCheck = 0;
    }

    private static void confirm(Map<Jid, List<Confirmation>> told, Collection<Confirmation> over) {
        told.values().forEach(waiting -> waiting.forEach(c -> c.confirmed(over)));
    }

    /** All who wait. */
    List<Confirmation> waiting() {
        List<Confirmation> waiting = new ArrayList<>();
        underWay.values().forEach(waiting::addAll);
        changed.values().forEach(waiting::addAll);
        return waiting;
    }
}
