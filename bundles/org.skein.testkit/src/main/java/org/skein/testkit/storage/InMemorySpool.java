package org.skein.testkit.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Jid;

/**
 * A {@link Spool} in memory: that of an {@link InMemoryStorage}, or one by itself. What it is asked happens in turn on the
 * executor, so a test decides when.
 */
public final class InMemorySpool implements Spool {
    private static final String OFFLINE = "";

    private final Calls calls;
    private final List<Entry> rows = new ArrayList<>();
    private int quota;

    /** By itself, without a quota. */
    public InMemorySpool(Executor executor) {
        this(new Calls(executor), 0);
    }

    InMemorySpool(Calls calls, int quota) {
        this.calls = calls;
        this.quota = quota;
    }

    /** While down, everything fails with {@link StorageException}, and so do the other repositories of its storage. */
    public void down(boolean down) {
        calls.available(!down);
    }

    /** What is asked is done, but fails with {@link StorageException}: as if the connection broke at the commit. */
    public void answersLost(boolean lost) {
        calls.answersLost(lost);
    }

    /** At most that many rows for an owner; 0 = no limit. */
    public void quota(int rows) {
        synchronized (calls) {
            this.quota = rows;
        }
    }

    /** All rows now, in order. */
    public List<Entry> rows() {
        synchronized (calls) {
            return List.copyOf(rows);
        }
    }

    void forget(Jid owner) {
        rows.removeIf(ownedBy(owner));
    }

    private static Predicate<Entry> ownedBy(Jid owner) {
        return row -> row.owner().equals(owner);
    }

    private static Predicate<Entry> isParkedFor(Jid owner, String session) {
        return row -> !session.equals(OFFLINE)
                && row.session().equals(session)
                && row.owner().equals(owner);
    }

    @Override
    public CompletionStage<Void> store(Entry entry) {
        return calls.run(() -> {
            int owned = 0;
            for (Entry row : rows) {
                if (!row.owner().equals(entry.owner())) continue;
                if (row.number().equals(entry.number())) return;
                owned++;
            }
            if (quota > 0 && owned >= quota) {
                throw new QuotaException(entry.owner() + " has " + quota + " messages waiting, as many as allowed");
            }
            rows.add(entry);
        });
    }

    @Override
    public CompletionStage<List<Entry>> claim(Jid owner, String session, int max) {
        return calls.call(() -> {
            List<Entry> offline = rows.stream()
                    .filter(row -> row.session().equals(OFFLINE) && row.owner().equals(owner))
                    .toList();
            Set<Entry> page = new LinkedHashSet<>(Spool.page(offline, max));
            rows.replaceAll(row -> page.contains(row) ? of(row, session) : row);
            return page.stream().map(row -> of(row, session)).toList();
        });
    }

    private static Entry of(Entry row, String session) {
        return new Entry(row.owner(), session, row.number(), row.storedAt(), row.stanza());
    }

    @Override
    public CompletionStage<List<Entry>> parked(Jid owner, String session) {
        return calls.call(() -> rows.stream()
                .filter(row -> row.owner().equals(owner) && row.session().equals(session))
                .toList());
    }

    @Override
    public CompletionStage<Void> delete(Jid owner, String session, Collection<MessageNumber> numbers) {
        Set<MessageNumber> gone = Set.copyOf(numbers);
        return calls.run(() -> rows.removeIf(isParkedFor(owner, session).and(row -> gone.contains(row.number()))));
    }

    @Override
    public CompletionStage<Integer> release(Jid owner, String session) {
        return move(owner, session, OFFLINE);
    }

    @Override
    public CompletionStage<Integer> move(Jid owner, String fromSession, String toSession) {
        return calls.call(() -> give(isParkedFor(owner, fromSession), toSession).size());
    }

    /** @return the rows that matched, as they were */
    private List<Entry> give(Predicate<Entry> which, String session) {
        List<Entry> given = new ArrayList<>();
        rows.replaceAll(row -> {
            if (!which.test(row)) return row;
            given.add(row);
            return of(row, session);
        });
        return given;
    }

    @Override
    public CompletionStage<Integer> releaseAll() {
        return calls.call(
                () -> give(row -> !row.session().equals(OFFLINE), OFFLINE).size());
    }

    @Override
    public CompletionStage<Set<Jid>> releaseHoldersOutside(Collection<Long> liveIncarnations) {
        Set<Long> live = Set.copyOf(liveIncarnations);
        return calls.call(() -> {
            Set<Jid> owners = new LinkedHashSet<>();
            give(row -> isOutside(row.session(), live), OFFLINE).forEach(row -> owners.add(row.owner()));
            return owners;
        });
    }

    private static boolean isOutside(String session, Set<Long> live) {
        OptionalLong holder = Spool.holder(session);
        return !session.equals(OFFLINE) && (holder.isEmpty() || !live.contains(holder.getAsLong()));
    }

    @Override
    public CompletionStage<Integer> count(Jid owner) {
        return calls.call(() -> (int) rows.stream()
                .filter(row -> row.owner().equals(owner) && row.session().equals(OFFLINE))
                .count());
    }
}
