package org.skein.api.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Messages that wait for a user: offline ones (XEP-0160), and ones parked for a session whose client does not confirm
 * (DESIGN §5). One owner's rows are committed in the order of the calls and read back in that order. Writes of many
 * owners are committed together, a few milliseconds late.
 */
@ConsumerType
public interface Spool {
    /**
     * @param session the token of the session it is parked for; empty for offline
     * @param storedAt when it was first taken; becomes the delay stamp (XEP-0203)
     */
    record Entry(Jid owner, String session, MessageNumber number, Instant storedAt, Stanza stanza) {
        public Entry {
            Objects.requireNonNull(owner, "owner");
            Objects.requireNonNull(session, "session");
            Objects.requireNonNull(number, "number");
            Objects.requireNonNull(storedAt, "storedAt");
            Objects.requireNonNull(stanza, "stanza");
        }
    }

    /**
     * Appends a row; a second time with the same owner and number changes nothing.
     *
     * @return completes once committed; fails with {@link QuotaException} if the owner has as many as allowed
     */
    CompletionStage<Void> store(Entry entry);

    /** Gives the owner's offline rows to a session, and answers them in order, at most {@code max}. */
    CompletionStage<List<Entry>> claim(Jid owner, String session, int max);

    /** The rows parked for a session, in order. */
    CompletionStage<List<Entry>> parked(Jid owner, String session);

    /** The first of the rows parked for a session, in order, at most {@code max}. */
    default CompletionStage<List<Entry>> parked(Jid owner, String session, int max) {
        return parked(owner, session).thenApply(rows -> rows.size() <= max ? rows : List.copyOf(rows.subList(0, max)));
    }

    CompletionStage<Void> delete(Jid owner, Collection<MessageNumber> numbers);

    /**
     * Makes a session's parked rows offline ones.
     *
     * @return how many
     */
    CompletionStage<Integer> release(Jid owner, String session);

    /** At start of a lone node: every parked row becomes an offline one, for no session of before lives. */
    CompletionStage<Integer> releaseAll();

    /** Offline rows of an owner. */
    CompletionStage<Integer> count(Jid owner);
}
