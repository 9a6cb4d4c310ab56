package org.skein.testkit.storage;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.xmpp.Jid;

final class InMemoryRosterRepository implements RosterRepository {
    private static final class Roster {
        private long version;
        private long forgottenUpTo;
        private final Map<Jid, Change> changes = new HashMap<>();
    }

    private static final Comparator<Change> OLDEST_FIRST = Comparator.comparingLong(Change::version);

    private final InMemoryStorage storage;
    private final Map<Jid, Roster> rosters = new HashMap<>();

    InMemoryRosterRepository(InMemoryStorage storage) {
        this.storage = storage;
    }

    void forget(Jid owner) {
        rosters.remove(owner);
    }

    private Roster of(Jid owner) {
        return rosters.computeIfAbsent(owner, o -> new Roster());
    }

    @Override
    public CompletionStage<StoredRoster> load(Jid owner) {
        return storage.call(() -> {
            Roster roster = of(owner);
            List<RosterItem> items = roster.changes.values().stream()
                    .flatMap(c -> c.item().stream())
                    .toList();
            return new StoredRoster(roster.version, items);
        });
    }

    @Override
    public CompletionStage<Optional<RosterItem>> find(Jid owner, Jid contact) {
        return storage.call(
                () -> Optional.ofNullable(of(owner).changes.get(contact)).flatMap(Change::item));
    }

    @Override
    public CompletionStage<Long> put(Jid owner, RosterItem item) {
        return storage.call(() -> put(of(owner), item));
    }

    @Override
    public CompletionStage<Long> put(Jid owner, RosterItem item, long expected) {
        return storage.call(() -> put(of(owner, expected), item));
    }

    private Roster of(Jid owner, long expected) {
        Roster roster = of(owner);
        if (roster.version == expected) return roster;
        throw new ConflictException("roster of " + owner + " is of version " + roster.version + ", not " + expected);
    }

    private static long put(Roster roster, RosterItem item) {
        roster.changes.put(item.contact(), new Change(++roster.version, item.contact(), Optional.of(item)));
        return roster.version;
    }

    @Override
    public CompletionStage<Optional<Long>> remove(Jid owner, Jid contact) {
        return storage.call(() -> remove(of(owner), contact));
    }

    @Override
    public CompletionStage<Optional<Long>> remove(Jid owner, Jid contact, long expected) {
        return storage.call(() -> remove(of(owner, expected), contact));
    }

    private Optional<Long> remove(Roster roster, Jid contact) {
        Change old = roster.changes.get(contact);
        if (old == null || old.item().isEmpty()) return Optional.empty();
        roster.changes.put(contact, new Change(++roster.version, contact, Optional.empty()));
        forgetOldest(roster);
        return Optional.of(roster.version);
    }

    private void forgetOldest(Roster roster) {
        List<Change> removed = roster.changes.values().stream()
                .filter(c -> c.item().isEmpty())
                .sorted(OLDEST_FIRST)
                .toList();
        int keep = storage.limits().removedKept();
        if (keep == 0 || removed.size() <= keep) return;
        for (Change change : removed.subList(0, removed.size() - keep)) {
            roster.changes.remove(change.contact());
            roster.forgottenUpTo = change.version();
        }
    }

    @Override
    public CompletionStage<Optional<Collection<Change>>> changesSince(Jid owner, long version) {
        return storage.call(() -> {
            Roster roster = of(owner);
            if (version < roster.forgottenUpTo || version > roster.version) return Optional.empty();
            Collection<Change> since = roster.changes.values().stream()
                    .filter(c -> c.version() > version)
                    .sorted(OLDEST_FIRST)
                    .toList();
            return Optional.of(since);
        });
    }
}
