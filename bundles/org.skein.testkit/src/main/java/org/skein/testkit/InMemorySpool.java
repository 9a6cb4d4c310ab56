package org.skein.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Jid;

/** A {@link Spool} in memory. What it is asked happens in turn on the executor given, so a test decides when. */
public final class InMemorySpool implements Spool {
    private final Executor executor;
    private final List<Entry> rows = new ArrayList<>();
    private boolean down;
    private boolean answersLost;
    private int quota = Integer.MAX_VALUE;

    public InMemorySpool() {
        this(Runnable::run);
    }

    public InMemorySpool(Executor executor) {
        this.executor = executor;
    }

    /** While down, everything fails with {@link StorageException}. */
    public synchronized void down(boolean down) {
        this.down = down;
    }

    /** What is asked is done, but fails with {@link StorageException}: as if the connection broke at the commit. */
    public synchronized void answersLost(boolean lost) {
        this.answersLost = lost;
    }

    /** At most that many rows for an owner. */
    public synchronized void quota(int rows) {
        this.quota = rows;
    }

    /** All rows now, in order. */
    public synchronized List<Entry> rows() {
        return List.copyOf(rows);
    }

    private <T> CompletionStage<T> later(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        executor.execute(() -> {
            T result;
            try {
                synchronized (this) {
                    if (down) throw new StorageException("the test says the database is down");
                    result = work.get();
                    if (answersLost) throw new StorageException("the test says the connection broke");
                }
            } catch (StorageException | QuotaException e) {
                done.completeExceptionally(e);
                return;
            }
            done.complete(result);
        });
        return done;
    }

    @Override
    public CompletionStage<Void> store(Entry entry) {
        return later(() -> {
            int owned = 0;
            for (Entry e : rows) {
                if (!e.owner().equals(entry.owner())) continue;
                if (e.number().equals(entry.number())) return null;
                owned++;
            }
            if (owned >= quota) throw new QuotaException("offline messages: " + quota);
            rows.add(entry);
            return null;
        });
    }

    @Override
    public CompletionStage<List<Entry>> claim(Jid owner, String session, int max) {
        return later(() -> {
            List<Entry> claimed = new ArrayList<>();
            for (int i = 0; i < rows.size() && claimed.size() < max; i++) {
                Entry e = rows.get(i);
                if (e.owner().equals(owner) && e.session().isEmpty()) {
                    Entry mine = withSession(e, session);
                    rows.set(i, mine);
                    claimed.add(mine);
                }
            }
            return claimed;
        });
    }

    @Override
    public CompletionStage<List<Entry>> parked(Jid owner, String session) {
        return later(() -> rows.stream()
                .filter(e -> e.owner().equals(owner) && e.session().equals(session))
                .toList());
    }

    @Override
    public CompletionStage<Void> delete(Jid owner, String session, Collection<MessageNumber> numbers) {
        Set<MessageNumber> gone = new HashSet<>(numbers);
        return later(() -> {
            rows.removeIf(e -> !session.isEmpty()
                    && e.session().equals(session)
                    && e.owner().equals(owner)
                    && gone.contains(e.number()));
            return null;
        });
    }

    @Override
    public CompletionStage<Integer> release(Jid owner, String session) {
        return move(owner, session, "");
    }

    @Override
    public CompletionStage<Integer> move(Jid owner, String fromSession, String toSession) {
        return later(() -> give(isParkedFor(owner, fromSession), toSession).size());
    }

    private static Predicate<Entry> isParkedFor(Jid owner, String session) {
        return e ->
                !session.isEmpty() && e.session().equals(session) && e.owner().equals(owner);
    }

    /** @return the rows that matched, as they were */
    private List<Entry> give(Predicate<Entry> which, String session) {
        List<Entry> given = new ArrayList<>();
        rows.replaceAll(e -> {
            if (!which.test(e)) return e;
            given.add(e);
            return withSession(e, session);
        });
        return given;
    }

    @Override
    public CompletionStage<Integer> releaseAll() {
        return later(() -> give(e -> !e.session().isEmpty(), "").size());
    }

    @Override
    public CompletionStage<Set<Jid>> releaseHoldersOutside(Collection<Long> liveIncarnations) {
        Set<Long> live = Set.copyOf(liveIncarnations);
        return later(() -> {
            Set<Jid> owners = new LinkedHashSet<>();
            give(e -> isOutside(e.session(), live), "").forEach(e -> owners.add(e.owner()));
            return owners;
        });
    }

    private static boolean isOutside(String session, Set<Long> live) {
        OptionalLong holder = Spool.holder(session);
        return !session.isEmpty() && (holder.isEmpty() || !live.contains(holder.getAsLong()));
    }

    @Override
    public CompletionStage<Integer> count(Jid owner) {
        return later(() -> (int) rows.stream()
                .filter(e -> e.owner().equals(owner) && e.session().isEmpty())
                .count());
    }

    private static Entry withSession(Entry e, String session) {
        return new Entry(e.owner(), session, e.number(), e.storedAt(), e.stanza());
    }
}
