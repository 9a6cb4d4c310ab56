package org.skein.api.component;

/** What became of a message handed on (DESIGN §5). All but {@link #ABSENT} make it safe. */
public enum Outcome {
    /** Confirmed by the recipient's client, or its socket took the bytes, or a component handled it. */
    DELIVERED,
    /** Committed to the database. */
    STORED,
    /** No session here accepts it. */
    ABSENT,
    /** Answered with an error to its sender. */
    REFUSED
}
