package org.skein.session.internal;

/** Questions to the session manager of another node; the codes are on the wire. */
enum Question {
    /** A resource is about to be bound. */
    BIND,
    /** What of an account may still become an offline row is to be settled first. */
    SETTLE,
    /** Nothing: what was sent before has been taken. */
    ECHO,
    /** A session's marks. */
    MARKS,
    /** A session is to go on with a stream there. */
    MOVE,
    /** What a session that ended had sent is to be safe first. */
    SENT;

    static final int COUNT = values().length;
    private static final Question[] ALL = values();

    static Question of(int code) {
        if (code >= ALL.length) throw new IllegalArgumentException("no question: " + code);
        return ALL[code];
    }
}
