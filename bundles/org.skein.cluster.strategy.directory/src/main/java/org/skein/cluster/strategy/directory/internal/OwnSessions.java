package org.skein.cluster.strategy.directory.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;
import org.skein.xmpp.Jid;

/**
 * The accounts with sessions of this node, and what owner and replica of each have confirmed. Values never change, they
 * are exchanged; what follows from a change is told after it. Any thread.
 */
final class OwnSessions {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    /** What the sessions are told to. */
    interface Seats {
        /** Owner or replica is told, or told again, whether the account is held here. */
        void tell(Participant seat, Jid account, boolean soon);

        /** It may be neither any more by a new placement, of which others are told. */
        void left(Participant seat, Jid account);

        /** Completes when no member believes in an earlier placement than this. */
        CompletionStage<Void> acknowledged(Placement placement);
    }

    /** Owner or replica has yet to confirm; what was told by a placement before {@code since} does not count. */
    private record Missing(Participant seat, long since) {}

    /**
     * @param holding tells it from one that was there before
     * @param at the placement by which it is told
     * @param first completes when it can be found for the first time; null if it can
     * @param round waits until nothing is missing; null if none does
     */
    private record Account(
            long holding,
            List<Jid> sessions,
            Placement at,
            List<Missing> missing,
            CompletableFuture<Void> first,
            Round round) {
        private Account with(List<Jid> now) {
            return new Account(holding, now, at, missing, first, round);
        }

        private Account with(Placement now, List<Missing> stillMissing, Round next) {
            return new Account(holding, sessions, now, stillMissing, first, stillMissing.isEmpty() ? null : next);
        }

        private Account found() {
            return new Account(holding, sessions, at, missing, null, round);
        }
    }

    /** Telling all accounts by a new placement; done when all that changes has been confirmed. */
    static final class Round {
        private final AtomicInteger open = new AtomicInteger(1);
        private final Runnable done;

        Round(Runnable done) {
            this.done = done;
        }

        private void one() {
            open.incrementAndGet();
        }

        void oneLess() {
            if (open.decrementAndGet() == 0) done.run();
        }
    }

    private final ConcurrentHashMap<Jid, Account> accounts = new ConcurrentHashMap<>();
    private final Set<Jid> touched = ConcurrentHashMap.newKeySet();
    private final Supplier<Placement> placement;
    private final Seats seats;
    private final AtomicLong holdings = new AtomicLong();
    private final LongAdder moved = new LongAdder();
    private volatile boolean takesSnapshot = true;

    OwnSessions(Supplier<Placement> placement, Seats seats) {
        this.placement = placement;
        this.seats = seats;
    }

    /** A number for each time from the first session of an account to its last; 0 if there is none. */
    long holding(Jid account) {
        Account a = accounts.get(account);
        return a == null ? 0 : a.holding;
    }

    long moved() {
        return moved.sum();
    }

    // sessions

    /** Of the events meanwhile it is the event that counts. */
    void snapshot(Iterable<LocalSession> sessions) {
        for (LocalSession session : sessions) bind(session.full(), false);
        takesSnapshot = false;
        touched.clear();
    }

    CompletionStage<Void> bound(Jid full) {
        return bind(full, true);
    }

    private CompletionStage<Void> bind(Jid full, boolean isEvent) {
        boolean[] opened = new boolean[1];
        Account now = accounts.compute(full.bare(), (bare, old) -> {
            if (takesSnapshot && !touched.add(full) && !isEvent) return old;
            if (old == null) {
                opened[0] = true;
                return opened(full);
            }
            if (old.sessions.contains(full)) return old;
            List<Jid> more = new ArrayList<>(old.sessions);
            more.add(full);
            return old.with(List.copyOf(more));
        });
        if (now == null) return DONE;
        if (opened[0]) {
            now.missing.forEach(m -> seats.tell(m.seat, full.bare(), true));
            migrate(full.bare(), null);
        }
        return now.first == null ? DONE : now.first;
    }

    private Account opened(Jid full) {
        Placement at = placement.get();
        List<Missing> missing = at.seats(full.bare()).stream()
                .map(seat -> new Missing(seat, at.number))
                .toList();
        return new Account(holdings.incrementAndGet(), List.of(full), at, missing, new CompletableFuture<>(), null);
    }

    void unbound(Jid full) {
        Account[] closed = new Account[1];
        accounts.compute(full.bare(), (bare, old) -> {
            if (takesSnapshot) touched.add(full);
            if (old == null || !old.sessions.contains(full)) return old;
            List<Jid> left = old.sessions.stream().filter(s -> !s.equals(full)).toList();
            if (!left.isEmpty()) return old.with(left);
            closed[0] = old;
            return null;
        });
        if (closed[0] == null) return;
        if (closed[0].round != null) closed[0].round.oneLess();
        if (closed[0].first != null) closed[0].first.complete(null);
        // Read after the account is gone: who places accounts anew from now on does not see it.
        placement.get().seats(full.bare()).forEach(seat -> seats.tell(seat, full.bare(), false));
        closed[0].at.seats(full.bare()).forEach(seat -> seats.left(seat, full.bare()));
    }

    /** When an account can be found; at once if it is not held here. */
    CompletionStage<Void> found(Jid account) {
        Account a = accounts.get(account);
        return a == null || a.first == null ? DONE : a.first;
    }

    /** Who waits here waits for another. */
    void handOver(Function<Jid, CompletionStage<Void>> other) {
        accounts.forEach((account, a) -> {
            if (a.first != null) other.apply(account).thenRun(() -> a.first.complete(null));
        });
    }

    /** Nobody waits any more, but who was handed over. */
    void close() {
        accounts.values().forEach(a -> {
            if (a.first != null) a.first.complete(null);
        });
        accounts.clear();
    }

    // confirmations

    /**
     * @param holding what was told: if it was dropped since, that comes after it
     * @param by the number of the placement by which it was told
     * @return false if it was told before the placement that counts: it is to be told again
     */
    boolean confirmed(Jid account, long holding, Participant seat, long by) {
        Account[] done = new Account[1];
        boolean[] early = new boolean[1];
        accounts.computeIfPresent(account, (bare, old) -> {
            if (old.holding != holding) return old;
            List<Missing> left = old.missing.stream()
                    .filter(m -> !m.seat.equals(seat) || by < m.since)
                    .toList();
            early[0] = left.stream().anyMatch(m -> m.seat.equals(seat));
            if (left.size() == old.missing.size()) return old;
            if (left.isEmpty()) done[0] = old;
            return old.with(old.at, left, old.round);
        });
        if (done[0] != null) settled(account, done[0]);
        return !early[0];
    }

    /** @param was when something was missing yet */
    private void settled(Jid account, Account was) {
        if (was.round != null) was.round.oneLess();
        if (was.first == null) return;
        seats.acknowledged(was.at).thenRun(() -> {
            accounts.computeIfPresent(account, (bare, now) -> now.first == was.first ? now.found() : now);
            was.first.complete(null);
        });
    }

    // placements

    /** The accounts there are, for {@link #migrate}; those that come meanwhile are told by the new placement anyway. */
    Iterator<Jid> accounts() {
        return accounts.keySet().iterator();
    }

    /**
     * Tells an account by the placement in force: to whom is owner or replica since. Who is no longer finds that out by
     * the placement it has been told.
     *
     * @param round waits for it; may be null
     */
    void migrate(Jid account, Round round) {
        Account[] change = new Account[2];
        accounts.computeIfPresent(account, (bare, old) -> {
            Placement now = placement.get();
            if (old.at == now || old.at.number > now.number) return old;
            change[0] = old;
            change[1] = old.with(now, missing(bare, old, now), round);
            if (change[1].round != null) round.one();
            return change[1];
        });
        if (change[0] != null) migrated(account, change[0], change[1]);
    }

    private static List<Missing> missing(Jid account, Account old, Placement now) {
        List<Participant> before = old.at.seats(account);
        List<Missing> missing = new ArrayList<>();
        for (Participant seat : now.seats(account)) {
            if (!before.contains(seat)) missing.add(new Missing(seat, now.number));
            else old.missing.stream().filter(m -> m.seat.equals(seat)).forEach(missing::add);
        }
        return List.copyOf(missing);
    }

    private void migrated(Jid account, Account old, Account now) {
        List<Participant> seated = now.at.seats(account);
        for (Participant seat : old.at.seats(account)) {
            if (!seated.contains(seat)) seats.left(seat, account);
        }
        for (Missing m : now.missing) {
            if (m.since < now.at.number) continue;
            seats.tell(m.seat, account, true);
            if (now.first == null) moved.increment();
        }
        if (!old.missing.isEmpty() && now.missing.isEmpty()) {
            settled(account, new Account(old.holding, old.sessions, now.at, List.of(), old.first, null));
        }
    }
}
