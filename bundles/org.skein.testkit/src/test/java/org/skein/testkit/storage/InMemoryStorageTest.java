package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.RosterRepository;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.Spool;
import org.skein.api.storage.StorageException;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Jid;

final class InMemoryStorageTest implements AllStorageContracts {
    private final InMemoryStorage storage = new InMemoryStorage(LIMITS);

    @Override
    public AccountRepository accounts() {
        return storage.accounts();
    }

    @Override
    public RosterRepository rosters() {
        return storage.rosters();
    }

    @Override
    public BlockListRepository blockLists() {
        return storage.blockLists();
    }

    @Override
    public XmlStore xml() {
        return storage.xml();
    }

    @Override
    public LastActivityRepository lastActivity() {
        return storage.lastActivity();
    }

    @Override
    public Spool spool() {
        return storage.spool();
    }

    @Override
    public SharedFiles sharedFiles() {
        return storage.sharedFiles();
    }

    /** What a storage of a third party has that does not know of {@code loadAll}. */
    private record OneByOne(BlockListRepository lists) implements BlockListRepository {
        @Override
        public CompletionStage<Set<Jid>> load(Jid owner) {
            return lists.load(owner);
        }

        @Override
        public CompletionStage<Void> add(Jid owner, Collection<Jid> blocked) {
            return lists.add(owner, blocked);
        }

        @Override
        public CompletionStage<Void> remove(Jid owner, Collection<Jid> unblocked) {
            return lists.remove(owner, unblocked);
        }

        @Override
        public CompletionStage<Void> clear(Jid owner) {
            return lists.clear(owner);
        }
    }

    @Test
    void blockListsAreLoadedOneByOneWhereTheStorageCannotDoBetter() {
        BlockListRepository lists = new OneByOne(blockLists());
        Jid owner = Jid.of("user@example.org");
        Jid other = Jid.of("other@example.org");
        Answers.of(lists.add(owner, List.of(other)));
        assertEquals(
                Map.of(owner, Set.of(other), other, Set.of()), Answers.of(lists.loadAll(List.of(owner, other, owner))));
        storage.available(false);
        assertThrows(StorageException.class, () -> Answers.of(lists.loadAll(List.of(owner, other))));
    }

    @Test
    void takenDownItRefusesAndChangesNothing() {
        Jid jid = Jid.of("user@example.org");
        storage.available(false);
        assertFalse(storage.isAvailable());
        assertThrows(StorageException.class, () -> Answers.of(accounts().create(jid, List.of())));
        storage.available(true);
        assertTrue(Answers.of(accounts().find(jid)).equals(Optional.empty()));
    }
}
