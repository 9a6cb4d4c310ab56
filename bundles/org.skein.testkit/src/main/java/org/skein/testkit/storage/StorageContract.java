package org.skein.testkit.storage;

import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.BlockListRepository;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.RosterRepository;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.Spool;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Jid;

/**
 * What the contracts need. Each method answers the same repository for the whole of a test; tests use addresses of their
 * own, so the storage may be shared by them. Limits are those of {@link #LIMITS}.
 */
public interface StorageContract {
    /** Small, so that they are met in a test. */
    InMemoryStorage.Limits LIMITS = new InMemoryStorage.Limits(10, 5, 4, 2000, 3);

    /** As long as a bare address may be: 1023 bytes in each part. */
    Jid LONGEST = Jid.of("\u4E2D".repeat(341), "domain-1.".repeat(113) + "domain", "");

    AccountRepository accounts();

    RosterRepository rosters();

    BlockListRepository blockLists();

    XmlStore xml();

    LastActivityRepository lastActivity();

    Spool spool();

    SharedFiles sharedFiles();
}
