package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.directory.internal.Wire.Writer;
import org.skein.xmpp.Jid;

/**
 * What is to be said to a node in one life of its directory, in order; what it said of itself.
 *
 * <p>Accounts wait, not messages: what is said of an account is looked up when its message is made. So the last state is
 * what counts, and what waits is never more than there are accounts. Placements go first, one after the other: what
 * follows is meant by the one told last.
 */
final class Link {
    private static final int MESSAGE_BYTES = 60 * 1024; // where one ends; an address more fits into 64 KiB
    private static final byte[] NOTHING = {};

    /** What is said of an account; read while a message is made. */
    interface Source {
        /** 0 if it is not held. */
        long holding(Jid account);

        /** Empty if the asker has forgotten it. */
        Optional<Frames.Change> change(Jid account, Link asker);

        boolean uses(Jid account, Link from);

        Standing standing();
    }

    final NodeId id;
    private final long self;
    private final Source source;
    private final Consumer<Boolean> wake; // soon, or late

    // Written under the directory's lock.
    private volatile long life; // 0: not known to run
    private volatile Placement placement; // null: not told
    private volatile boolean complete;
    private volatile long acknowledged;

    // Guarded by this.
    private final Deque<Placement> placements = new ArrayDeque<>();
    private Placement told;
    private boolean tellsComplete;
    private boolean asksNext = true;
    private final Set<Jid> holdings = new LinkedHashSet<>();
    private final Set<Jid> forgotten = new LinkedHashSet<>();
    private final Map<Jid, CompletableFuture<Void>> changes = new LinkedHashMap<>();
    private Set<LookUp> asks = new LinkedHashSet<>();
    private volatile boolean closed;
    private boolean ended;

    /**
     * @param self this node's life
     * @param acknowledged the number of a placement: of an earlier one the other node cannot know
     */
    Link(NodeId id, long self, long acknowledged, Source source, Consumer<Boolean> wake) {
        this.id = id;
        this.self = self;
        this.acknowledged = acknowledged;
        this.source = source;
        this.wake = wake;
    }

    // what it said of itself

    long life() {
        return life;
    }

    void life(long now) {
        life = now;
    }

    boolean isRunning() {
        return life != 0;
    }

    /** Only of one that runs. */
    Participant participant() {
        return new Participant(id, life);
    }

    /** By which it places its accounts. */
    Optional<Placement> placement() {
        return Optional.ofNullable(placement);
    }

    void placement(Placement now) {
        placement = now;
        complete = false;
    }

    void complete() {
        complete = true;
    }

    boolean agrees(Placement mine) {
        return mine.equals(placement);
    }

    boolean isInStep(Placement mine) {
        return complete && agrees(mine);
    }

    long acknowledged() {
        return acknowledged;
    }

    void acknowledged(long number) {
        acknowledged = Math.max(acknowledged, number);
    }

    boolean isClosed() {
        return closed;
    }

    // what is to be said to it

    synchronized void place(Placement next) {
        if (closed || placements.peekLast() == next) return;
        if (next != told) tellsComplete = false;
        placements.add(next);
        wake.accept(true);
    }

    /** All that is held here is told and confirmed, by the placement told last. */
    synchronized void tellComplete() {
        if (closed) return;
        tellsComplete = true;
        wake.accept(true);
    }

    synchronized void hold(Jid account, boolean soon) {
        if (!closed && holdings.add(account)) wake.accept(soon);
        else if (soon) wake.accept(true);
    }

    synchronized void forget(Jid account) {
        if (!closed && forgotten.add(account)) wake.accept(false);
    }

    synchronized void ask(LookUp lookUp) {
        asks.add(lookUp);
        wake.accept(true);
    }

    /** @return completes when it knows, or need not: what another life has asked for is void */
    synchronized CompletableFuture<Void> change(Jid account, boolean soon) {
        if (ended) return CompletableFuture.failedFuture(new IllegalStateException("stopped"));
        if (closed || life == 0) return CompletableFuture.completedFuture(null);
        wake.accept(soon);
        return changes.computeIfAbsent(account, a -> new CompletableFuture<>());
    }

    /** Look-ups do not wait until it can be written to. */
    synchronized List<LookUp> takeAsks() {
        List<LookUp> taken = List.copyOf(asks);
        asks = new LinkedHashSet<>();
        return taken;
    }

    /** Nothing is said here any more, and nothing confirmed: it is this node's life that is over. */
    synchronized Left end() {
        ended = true;
        return close();
    }

    /** Nothing is said here any more. */
    synchronized Left close() {
        closed = true;
        Left left = new Left(List.copyOf(changes.values()), takeAsks());
        changes.clear();
        placements.clear();
        holdings.clear();
        forgotten.clear();
        return left;
    }

    /** Who waited when it was closed. */
    record Left(List<CompletableFuture<Void>> changes, List<LookUp> asks) {}

    // messages

    /** The next message. */
    synchronized Optional<Batch> next() {
        if (closed) return Optional.empty();
        if (!placements.isEmpty()) {
            told = placements.poll();
            return Optional.of(new Batch.Placed(Frames.placed(self, told), told));
        }
        if (life == 0 || told == null) return Optional.empty();
        boolean tells = !holdings.isEmpty() || !forgotten.isEmpty() || tellsComplete;
        asksNext |= !tells && changes.isEmpty(); // neither holds up the other
        if (asksNext && !asks.isEmpty()) {
            asksNext = false;
            return Optional.of(asked());
        }
        asksNext = true;
        if (!changes.isEmpty()) return Optional.of(changed());
        return tells ? Optional.of(told()) : Optional.empty();
    }

    private Batch told() {
        Writer w = Frames.tell(self);
        List<Jid> accounts = new ArrayList<>();
        Map<Jid, Long> held = new LinkedHashMap<>();
        List<Jid> dropped = new ArrayList<>();
        for (Iterator<Jid> i = forgotten.iterator(); i.hasNext() && w.size() < MESSAGE_BYTES; i.remove()) {
            Jid account = i.next();
            if (source.uses(account, this)) continue;
            Frames.forget(w, account);
            dropped.add(account);
        }
        Participant seat = participant();
        for (Iterator<Jid> i = holdings.iterator(); i.hasNext() && w.size() < MESSAGE_BYTES; i.remove()) {
            Jid account = i.next();
            long holding = source.holding(account);
            boolean isHeld = holding != 0 && told.seats(seat, account);
            Frames.held(w, account, isHeld);
            accounts.add(account);
            if (isHeld) held.put(account, holding);
        }
        boolean completes = tellsComplete;
        if (completes) Frames.complete(w, told);
        tellsComplete = false;
        boolean isEmpty = accounts.isEmpty() && dropped.isEmpty() && !completes;
        return new Batch.Told(isEmpty ? NOTHING : w.toBytes(), accounts, held, told.number, dropped, completes);
    }

    private Batch changed() {
        Writer w = Frames.changes(self);
        Map<Jid, CompletableFuture<Void>> waiting = new LinkedHashMap<>();
        List<CompletableFuture<Void>> unneeded = new ArrayList<>();
        var i = changes.entrySet().iterator();
        while (i.hasNext() && w.size() < MESSAGE_BYTES) {
            var next = i.next();
            i.remove();
            Optional<Frames.Change> change = source.change(next.getKey(), this);
            change.ifPresent(c -> Frames.change(w, c));
            if (change.isPresent()) waiting.put(next.getKey(), next.getValue());
            else unneeded.add(next.getValue());
        }
        return new Batch.Changed(waiting.isEmpty() ? NOTHING : w.toBytes(), waiting, unneeded);
    }

    private Batch asked() {
        Writer w = Frames.ask(self, told);
        List<LookUp> asked = new ArrayList<>();
        List<LookUp> refused = new ArrayList<>();
        for (Iterator<LookUp> i = asks.iterator(); i.hasNext() && w.size() < MESSAGE_BYTES; i.remove()) {
            LookUp lookUp = i.next();
            lookUp.sent = true; // who asks from now on may know of more than the standing read next
            Standing s = source.standing();
            lookUp.standing = s;
            boolean isRight = s.agrees(id) && s.placement().equals(told) && told.seats(participant(), lookUp.account);
            (isRight ? asked : refused).add(lookUp);
            if (isRight) Frames.ask(w, lookUp.account);
        }
        return new Batch.Asked(asked.isEmpty() ? NOTHING : w.toBytes(), asked, refused);
    }

    /** It did not get through: once more, with what is true by then. Look-ups are not repeated here. */
    void again(Batch batch) {
        if (batch instanceof Batch.Changed c) {
            c.waiting()
                    .forEach((account, waits) -> change(account, true).whenComplete((done, failure) -> {
                        if (failure == null) waits.complete(null);
                        else waits.completeExceptionally(failure);
                    }));
        }
        if (batch instanceof Batch.Placed p) again(p);
        if (batch instanceof Batch.Told t) again(t);
    }

    private synchronized void again(Batch.Placed placed) {
        if (placements.isEmpty() && told == placed.placement()) place(told);
    }

    private synchronized void again(Batch.Told batch) {
        batch.accounts().forEach(account -> hold(account, true));
        batch.forgotten().forEach(this::forget);
        if (batch.complete() && told.number == batch.by()) tellComplete();
    }
}
