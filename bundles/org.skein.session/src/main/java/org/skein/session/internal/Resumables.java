package org.skein.session.internal;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.xmpp.Jid;

/** Sessions by the identifier their stream may be resumed with, and what was handled of those that have ended. */
final class Resumables {
    private static final int MAX_REMEMBERED = 10_000;

    /** What a session had handled when it ended, for {@code <failed h=''/>} (XEP-0198 §5). */
    record Ended(Jid account, int handled) {}

    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, UserSession> sessions = new ConcurrentHashMap<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** A fresh identifier nobody can guess. */
    String register(UserSession session) {
        byte[] bytes = new byte[18];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        sessions.put(id, session);
        return id;
    }

    /** The session came here with its identifier. */
    void moved(String id, UserSession session) {
        sessions.put(id, session);
    }

    /** The session went to another node. */
    void gone(String id) {
        sessions.remove(id);
    }

    /** The live session of an identifier, or null. Only its own user may have it. */
    UserSession find(String id, Jid account) {
        UserSession session = sessions.get(id);
        return session != null && session.account().jid().equals(account) ? session : null;
    }

    void ended(String id, Jid account, int handled) {
        sessions.remove(id);
        synchronized (ended) {
            ended.put(id, new Ended(account, handled));
        }
    }

    /** What an ended session had handled, or null. */
    Ended ended(String id, Jid account) {
        synchronized (ended) {
            Ended e = ended.get(id);
            return e != null && e.account.equals(account) ? e : null;
        }
    }
}
