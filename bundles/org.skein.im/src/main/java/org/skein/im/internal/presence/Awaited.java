package org.skein.im.internal.presence;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.skein.api.session.Session;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * What has arrived for an account while sessions of it wait. Who answers does it under the lock of this, from looking to
 * sending: what arrives later is shown behind it.
 */
final class Awaited {
    /** Of resources: between bind and initial presence few arrive. With more, contacts are asked. */
    static final int MAX = 200;

    /**
     * The last presence that arrived from a resource.
     *
     * @param number of all that arrived
     */
    record Arrival(String origin, Stanza presence, long number) {
        boolean isAvailable() {
            return presence.type().isEmpty();
        }
    }

    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final Map<Jid, Map<Jid, Arrival>> byContact = new HashMap<>(); // guarded by this
    private int resources; // guarded by this; MAX: too many, and none is kept
    private long number; // guarded by this

    /** Those that wait. */
    Set<Session> sessions() {
        return sessions;
    }

    synchronized void arrived(String origin, Stanza presence) {
        number++;
        if (isTooMany()) return;
        Jid from = presence.from().orElseThrow();
        Map<Jid, Arrival> contact = byContact.computeIfAbsent(from.bare(), c -> new HashMap<>(2));
        if (contact.put(from, new Arrival(origin, presence, number)) == null && ++resources == MAX) byContact.clear();
    }

    /** How many have arrived: what has a higher {@link Arrival#number} came after this call. */
    synchronized long count() {
        return number;
    }

    synchronized boolean isTooMany() {
        return resources == MAX;
    }

    /** From the resources of an account. With the lock held. */
    Map<Jid, Arrival> from(Jid contact) {
        return byContact.getOrDefault(contact, Map.of());
    }
}
