package org.skein.api.storage;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;

/**
 * Rosters. A roster has a version that grows by one with each change, and remembers at which version each item changed
 * or was removed, so that a client gets only what it missed (RFC 6121 §2.6).
 */
@ConsumerType
public interface RosterRepository {
    /** @param version 0 where nothing was ever stored */
    record StoredRoster(long version, List<RosterItem> items) {}

    /**
     * A change of one contact after a version.
     *
     * @param item empty where it was removed
     */
    record Change(long version, Jid contact, Optional<RosterItem> item) {}

    CompletionStage<StoredRoster> load(Jid owner);

    CompletionStage<Optional<RosterItem>> find(Jid owner, Jid contact);

    /**
     * Stores an item, in place of what was there for the contact.
     *
     * @return the roster's new version
     */
    CompletionStage<Long> put(Jid owner, RosterItem item);

    /**
     * Stores an item if the roster is still of the version the change was decided on; else fails with
     * {@link ConflictException}. So of two nodes that change one roster at the same moment one decides again.
     *
     * @param expected the version loaded; 0 where nothing was ever stored
     * @return the roster's new version, which is the next
     */
    CompletionStage<Long> put(Jid owner, RosterItem item, long expected);

    /** @return the roster's new version, or empty if there was no such item */
    CompletionStage<Optional<Long>> remove(Jid owner, Jid contact);

    /**
     * Removes an item if the roster is still of the version the change was decided on; else fails with
     * {@link ConflictException}.
     *
     * @return the roster's new version, or empty if there was no such item in that version
     */
    CompletionStage<Optional<Long>> remove(Jid owner, Jid contact, long expected);

    /**
     * What changed after {@code version}, oldest first, each contact once; empty if that is no longer known and the
     * client has to be given the whole roster.
     */
    CompletionStage<Optional<Collection<Change>>> changesSince(Jid owner, long version);
}
