package org.skein.api.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Messages that wait for a user: offline ones (XEP-0160), and ones parked for a session whose client does not confirm
 * (DESIGN §5). One owner's rows are committed in the order of the calls and read back in that order. Where several nodes
 * store for one owner, what was committed before a call began comes before it; what they store at the same moment
 * mixes, but rows of one origin that one node stores keep their order. Writes of many owners are committed together, a
 * few milliseconds late.
 *
 * <p>A session's token is unique for ever and names its node's incarnation: see {@link #holder}. Who holds a row may
 * change without the holder knowing, for it may be taken for dead: a row is deleted, released or moved only as one of
 * the session that is named, and 0 or nothing done is no error.
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

    /** A page of rows ends behind the one that makes it as large as this, in bytes of their payload. */
    int PAGE_BYTES = 1 << 20;

    /** The first rows of these that are one page. @param max not more than so many */
    static List<Entry> page(List<Entry> rows, int max) {
        long bytes = 0;
        int size = 0;
        while (size < Math.min(max, rows.size()) && bytes < PAGE_BYTES) {
            bytes += rows.get(size++).stanza().payloadXml().length;
        }
        return List.copyOf(rows.subList(0, size));
    }

    /** False if a page that was asked for with this {@code max} cannot have been cut short: it was the last. */
    static boolean mayBeMore(List<Entry> page, int max) {
        return page.size() >= max
                || page.stream().mapToLong(e -> e.stanza().payloadXml().length).sum() >= PAGE_BYTES;
    }

    /**
     * Gives the first of the owner's offline rows to a session, and answers them in order: at most {@code max}, and not
     * more than a {@link #page}, for rows may be large.
     */
    CompletionStage<List<Entry>> claim(Jid owner, String session, int max);

    /** The rows parked for a session, in order. */
    CompletionStage<List<Entry>> parked(Jid owner, String session);

    /** The first of the rows parked for a session, in order, at most {@code max} and not more than a {@link #page}. */
    default CompletionStage<List<Entry>> parked(Jid owner, String session, int max) {
        return parked(owner, session).thenApply(rows -> page(rows, max));
    }

    /**
     * Deletes those of the rows that are parked for this session. Rows that are offline or another session's stay, and
     * so do those that are not there.
     */
    CompletionStage<Void> delete(Jid owner, String session, Collection<MessageNumber> numbers);

    /**
     * Makes a session's parked rows offline ones.
     *
     * @return how many
     */
    CompletionStage<Integer> release(Jid owner, String session);

    /**
     * Makes rows parked for one session those of another, in their old place: its stream goes on there.
     *
     * @return how many
     */
    CompletionStage<Integer> move(Jid owner, String fromSession, String toSession);

    /** At start of a lone node: every parked row becomes an offline one, for no session of before lives. */
    CompletionStage<Integer> releaseAll();

    /**
     * Rows parked for sessions of nodes that are gone become offline ones: of each session whose token names an
     * incarnation that is neither among those given nor, by the database, in the view (for a node that is alone: and
     * seen a moment ago); or names none. In parts, each committed on its own; the stage completes when none is left. What is parked meanwhile may be found or not.
     *
     * @return the owners of these rows, to be looked for: one may be online (CLUSTER 14). After a failure some rows may
     *     be offline whose owners nobody was told
     */
    CompletionStage<Set<Jid>> releaseHoldersOutside(Collection<Long> liveIncarnations);

    /** Offline rows of an owner. */
    CompletionStage<Integer> count(Jid owner);

    /** The token of a node's n-th session: {@code base36(incarnation)-base36(n)}. */
    static String token(long incarnation, long n) {
        return Long.toString(incarnation, 36) + '-' + Long.toString(n, 36);
    }

    /** The incarnation of the node whose session a token is of; empty if it is not of the form of {@link #token}. */
    static OptionalLong holder(String session) {
        int end = session.indexOf('-', 1);
        if (end < 0) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(session, 0, end, 36));
        } catch (NumberFormatException other) {
            return OptionalLong.empty();
        }
    }
}
