package org.skein.adhoc.internal;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** The sessions of commands in several steps that this node holds; bounded in number and time. */
final class FormSessions {
    static final Duration LIFE = Duration.ofMinutes(10);
    static final int EACH = 20;
    static final int ALL = 1000;
    private static final int RANDOM_BYTES = 24;

    private final SecureRandom random = new SecureRandom();
    private final Clock clock;
    private final Map<String, FormSession> open = new LinkedHashMap<>(); // guarded by this
    private final Map<String, Jid> expired = new LinkedHashMap<>() { // guarded by this; to tell their owners why
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Jid> eldest) {
                    return size() > ALL;
                }
            };

    FormSessions(Clock clock) {
        this.clock = clock;
    }

    /** @param node that holds it: its name is in the id */
    synchronized FormSession begin(String node, Definition command, Jid owner) {
        expire();
        long own = open.values().stream().filter(s -> s.owner().equals(owner)).count();
        if (own >= EACH || open.size() >= ALL) {
            throw new StanzaException(
                    Condition.RESOURCE_CONSTRAINT, "too many commands are begun; finish or cancel some");
        }
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + '@' + node;
        FormSession session = new FormSession(id, command, owner);
        session.expires(clock.instant().plus(LIFE));
        open.put(id, session);
        return session;
    }

    /** The node whose name is in the id; empty if there is none. */
    static String nodeOf(String id) {
        return id.substring(id.indexOf('@') + 1);
    }

    synchronized boolean knows(String id) {
        return open.containsKey(id) || expired.containsKey(id);
    }

    /** The session, which lives on from now; someone else's is as unknown as a forged one. */
    synchronized FormSession use(String id, Definition command, Jid owner) {
        expire();
        if (owner.equals(expired.get(id))) throw expired();
        FormSession session = open.get(id);
        if (session == null || !session.owner().equals(owner)) {
            throw new StanzaException(Condition.BAD_REQUEST, "bad-sessionid: there is no such session");
        }
        if (session.command() != command) {
            throw session.command().name().equals(command.name())
                    ? expired() // the bundle was exchanged meanwhile
                    : new StanzaException(Condition.BAD_REQUEST, "bad-sessionid: it is of another command");
        }
        session.expires(clock.instant().plus(LIFE));
        return session;
    }

    /** XEP-0050 §4.4. */
    static StanzaException expired() {
        return new StanzaException(Condition.NOT_ALLOWED, "session-expired: begin anew");
    }

    private void expire() {
        Instant now = clock.instant();
        open.values().removeIf(s -> {
            if (s.expires().isAfter(now)) return false;
            expired.put(s.id(), s.owner());
            return true;
        });
    }

    synchronized void end(FormSession session) {
        open.remove(session.id());
    }

    synchronized int count() {
        return open.size();
    }
}
