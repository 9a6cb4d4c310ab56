package org.skein.storage.jdbc.internal;

import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.RosterRepository;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.Spool;
import org.skein.api.storage.XmlStore;
import org.skein.testkit.storage.AllStorageContracts;

/** The contracts, met by the repositories of one {@link TestStorage}. */
interface JdbcContracts extends AllStorageContracts, FenceContract {
    @Override
    TestStorage storage();

    @Override
    default AccountRepository accounts() {
        return storage().accounts;
    }

    @Override
    default RosterRepository rosters() {
        return storage().rosters;
    }

    @Override
    default BlockListRepository blockLists() {
        return storage().blockLists;
    }

    @Override
    default XmlStore xml() {
        return storage().xml;
    }

    @Override
    default LastActivityRepository lastActivity() {
        return storage().lastActivity;
    }

    @Override
    default Spool spool() {
        return storage().spool;
    }

    @Override
    default SharedFiles sharedFiles() {
        return storage().sharedFiles;
    }
}
