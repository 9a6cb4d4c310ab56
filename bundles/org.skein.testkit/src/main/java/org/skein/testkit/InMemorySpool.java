package org.skein.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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
    public CompletionStage<Void> delete(Jid owner, Collection<MessageNumber> numbers) {
        Set<MessageNumber> gone = new HashSet<>(numbers);
        return later(() -> {
            rows.removeIf(e -> e.owner().equals(owner) && gone.contains(e.number()));
            return null;
        });
    }

    @Override
    public CompletionStage<Integer> release(Jid owner, String session) {
        return later(() -> {
            int released = 0;
            for (int i = 0; i < rows.size(); i++) {
                Entry e = rows.get(i);
                if (e.owner().equals(owner) && e.session().equals(session)) {
                    rows.set(i, withSession(e, ""));
                    released++;
                }
            }
            return released;
        });
    }

    @Override
    public CompletionStage<Integer> releaseAll() {
        return later(() -> {
            int released = 0;
            for (int i = 0; i < rows.size(); i++) {
                if (!rows.get(i).session().isEmpty()) {
                    rows.set(i, withSession(rows.get(i), ""));
                    released++;
                }
            }
            return released;
        });
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
