package org.skein.testkit.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.skein.api.storage.MessageNumber;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.Spool;
import org.skein.xmpp.Jid;

final class InMemorySpool implements Spool {
    private static final String OFFLINE = "";

    private final InMemoryStorage storage;
    private final Map<Jid, List<Entry>> rows = new HashMap<>();

    InMemorySpool(InMemoryStorage storage) {
        this.storage = storage;
    }

    void forget(Jid owner) {
        rows.remove(owner);
    }

    @Override
    public CompletionStage<Void> store(Entry entry) {
        return storage.run(() -> {
            List<Entry> own = rows.computeIfAbsent(entry.owner(), o -> new ArrayList<>());
            if (own.stream().anyMatch(e -> e.number().equals(entry.number()))) return;
            int most = storage.limits().spoolRowsPerOwner();
            if (most > 0 && own.size() >= most) {
                throw new QuotaException(entry.owner() + " has " + most + " messages waiting, as many as allowed");
            }
            own.add(entry);
        });
    }

    @Override
    public CompletionStage<List<Entry>> claim(Jid owner, String session, int max) {
        return storage.call(() -> {
            List<Entry> claimed = new ArrayList<>();
            rows.getOrDefault(owner, new ArrayList<>()).replaceAll(row -> {
                if (!row.session().equals(OFFLINE) || claimed.size() == max) return row;
                claimed.add(of(row, session));
                return of(row, session);
            });
            return claimed;
        });
    }

    private static Entry of(Entry row, String session) {
        return new Entry(row.owner(), session, row.number(), row.storedAt(), row.stanza());
    }

    @Override
    public CompletionStage<List<Entry>> parked(Jid owner, String session) {
        return storage.call(() -> rows.getOrDefault(owner, List.of()).stream()
                .filter(row -> row.session().equals(session))
                .toList());
    }

    @Override
    public CompletionStage<Void> delete(Jid owner, String session, Collection<MessageNumber> numbers) {
        Set<MessageNumber> gone = Set.copyOf(numbers);
        return storage.run(() -> rows.getOrDefault(owner, new ArrayList<>())
                .removeIf(row -> isParkedFor(row, session) && gone.contains(row.number())));
    }

    private static boolean isParkedFor(Entry row, String session) {
        return !row.session().equals(OFFLINE) && row.session().equals(session);
    }

    @Override
    public CompletionStage<Integer> release(Jid owner, String session) {
        return move(owner, session, OFFLINE);
    }

    @Override
    public CompletionStage<Integer> move(Jid owner, String fromSession, String toSession) {
        return storage.call(() -> give(owner, row -> isParkedFor(row, fromSession), toSession));
    }

    private int give(Jid owner, Predicate<Entry> which, String session) {
        List<Entry> own = rows.getOrDefault(owner, new ArrayList<>());
        int given = (int) own.stream().filter(which).count();
        own.replaceAll(row -> which.test(row) ? of(row, session) : row);
        return given;
    }

    @Override
    public CompletionStage<Integer> releaseAll() {
        return storage.call(() -> rows.keySet().stream()
                .mapToInt(owner -> give(owner, row -> !row.session().equals(OFFLINE), OFFLINE))
                .sum());
    }

    @Override
    public CompletionStage<Set<Jid>> releaseHoldersOutside(Collection<Long> liveIncarnations) {
        Set<Long> live = Set.copyOf(liveIncarnations);
        return storage.call(() -> rows.keySet().stream()
                .filter(owner -> give(owner, row -> isOutside(row.session(), live), OFFLINE) > 0)
                .collect(Collectors.toSet()));
    }

    private static boolean isOutside(String session, Set<Long> live) {
        OptionalLong holder = Spool.holder(session);
        return !session.equals(OFFLINE) && (holder.isEmpty() || !live.contains(holder.getAsLong()));
    }

    @Override
    public CompletionStage<Integer> count(Jid owner) {
        return storage.call(() -> offline(rows.getOrDefault(owner, List.of())));
    }

    private static int offline(List<Entry> own) {
        return (int) own.stream().filter(row -> row.session().equals(OFFLINE)).count();
    }
}
