package org.skein.session.internal;

import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError;

/** Something sent to other nodes that each answer it once (DESIGN §5), by its number. */
interface Forwarded {
    /** What a node answers. The codes are on the wire. */
    enum Answer {
        DELIVERED,
        STORED,
        /** No such session there. */
        ABSENT,
        /** Not this resource, but others. */
        OTHER,
        REFUSED,
        /** The node left the view before it answered. */
        LEFT;

        private static final Answer[] ALL = values();

        static Answer of(int code) {
            if (code >= LEFT.ordinal()) throw new IllegalArgumentException("no answer: " + code);
            return ALL[code];
        }
    }

    Jid account();

    /**
     * Any thread, but for one pair of nodes in the order of the answers.
     *
     * @param refusal of REFUSED, else null
     */
    void answered(NodeId from, Answer answer, StanzaError refusal);

    /** True if it may still end in the offline store, whatever the nodes answer that have not yet. */
    boolean maybeOffline();

    /** True if it goes on only when the gate of its account at this node has opened. */
    default boolean waitsHere() {
        return false;
    }

    /** Runs a task when it is over; at once if it is. */
    void whenOver(Runnable task);
}
