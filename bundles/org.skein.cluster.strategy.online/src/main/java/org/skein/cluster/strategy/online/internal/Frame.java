package org.skein.cluster.strategy.online.internal;

import java.util.List;
import java.util.Optional;
import org.skein.xmpp.Jid;

/**
 * What the owner of sessions tells another node; always a request, and one at a time: the next follows the {@link Answer}.
 * So an answer confirms what its frame told, and everything told is newer than what was told before.
 */
sealed interface Frame {
    /** The run of the owner's strategy. */
    long run();

    /**
     * The owner's stream begins, or begins anew.
     *
     * @param hears the run of the receiver that need not say hello to the owner; 0 for none
     * @param digests of all buckets
     */
    record Hello(long run, long hears, Digests digests) implements Frame {}

    /**
     * Goes on. It is true as a whole: digests and chunks are of the moment after the changes.
     *
     * @param to the run of the receiver it is for
     * @param digests of some buckets, to be compared
     */
    record Update(long run, long to, List<Told> changes, List<Chunk> chunks, Digests digests) implements Frame {
        public Update {
            changes = List.copyOf(changes);
            chunks = List.copyOf(chunks);
        }
    }

    /**
     * What is the case with a session.
     *
     * @param presence its {@link PresenceXml}; empty if there is no such session any more
     */
    record Told(Jid session, Optional<byte[]> presence) {}

    /**
     * All sessions of a bucket, or of a range of it in the order of their addresses.
     *
     * @param after where the range begins; empty for the first session
     * @param last whether it goes to the end of the bucket, else to the last session in it
     * @param digest of the bucket, if {@code last}
     */
    record Chunk(int bucket, Optional<Jid> after, List<Told> sessions, boolean last, long digest) {
        public Chunk {
            sessions = List.copyOf(sessions);
        }
    }

    /** The digests of buckets from {@code first} on. */
    record Digests(int first, long[] values) {
        static final Digests NONE = new Digests(0, new long[0]);
    }

    /**
     * How the receiver takes a frame.
     *
     * @param run that of the receiver
     * @param wants buckets to be told in chunks, in this order
     * @param after where to go on in the first of them
     */
    record Answer(Kind kind, long run, List<Integer> wants, Optional<Jid> after) {
        /** The codes are on the wire. */
        enum Kind {
            APPLIED,
            /** The receiver is not attached to this stream; it includes the owner until a hello. */
            HELLO_FIRST,
            /** The receiver takes nothing of this run, and includes the owner. */
            NOT_NOW;

            static final Kind[] ALL = values();
        }

        public Answer {
            wants = List.copyOf(wants);
        }

        static Answer of(Kind kind, long run) {
            return new Answer(kind, run, List.of(), Optional.empty());
        }
    }
}
