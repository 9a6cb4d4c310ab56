package org.skein.im.internal.carbons;

import java.util.Arrays;
import org.skein.api.session.Session;

/** The sessions of an account that want carbons. Any thread; what reads it takes one look at the array. */
final class CarbonsOn {
    static final Session[] NONE = {};

    private volatile Session[] sessions = NONE;

    Session[] sessions() {
        return sessions;
    }

    synchronized void add(Session session) {
        if (!Arrays.asList(sessions).contains(session)) {
            Session[] more = Arrays.copyOf(sessions, sessions.length + 1);
            more[sessions.length] = session;
            sessions = more;
        }
    }

    synchronized void remove(Session session) {
        Session[] fewer = Arrays.stream(sessions).filter(s -> s != session).toArray(Session[]::new);
        sessions = fewer.length == 0 ? NONE : fewer;
    }
}
