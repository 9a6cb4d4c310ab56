package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.RosterRepository;
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
