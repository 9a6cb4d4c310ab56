package org.skein.im.internal.presence;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.im.internal.account.OtherNodes;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * What arrives for accounts with a session here that is not shown it, because it is not available yet: so that an answer
 * from what the strategy keeps is not older than that. From when a session is bound until it was told of its contacts. A
 * session that becomes available again is not waited for: what arrived before it went is not here. Any thread.
 */
@Component(service = {Arrivals.class, SessionListener.class})
public final class Arrivals implements SessionListener {
    private final OtherNodes others;
    private final ConcurrentHashMap<Jid, Awaited> accounts = new ConcurrentHashMap<>();

    @Activate
    public Arrivals(@Reference OtherNodes others) {
        this.others = others;
    }

    @Override
    public void bound(Session session) {
        Jid account = session.jid().bare();
        if (session.isAvailable()) return; // it was so on another node, and has been told there
        if (others.presences(account).isEmpty()) return; // contacts are asked
        accounts.compute(account, (jid, there) -> {
            Awaited awaited = there == null ? new Awaited() : there;
            awaited.sessions().add(session);
            return awaited;
        });
    }

    @Override
    public void presenceChanged(Session session, Optional<Stanza> before, Optional<Stanza> now) {
        if (now.isEmpty()) told(session);
    }

    @Override
    public void closed(Session session) {
        told(session);
    }

    /** Nothing is kept for this session any more. */
    void told(Session session) {
        accounts.computeIfPresent(session.jid().bare(), (jid, awaited) -> {
            awaited.sessions().remove(session);
            return awaited.sessions().isEmpty() ? null : awaited;
        });
    }

    /** What has arrived since the session was bound; empty if it is not, or no longer, waited for. */
    Optional<Awaited> since(Session session) {
        Awaited awaited = accounts.get(session.jid().bare());
        return awaited == null || !awaited.sessions().contains(session) ? Optional.empty() : Optional.of(awaited);
    }

    /** Presence of a user on another node, before it is shown to anybody. */
    void arrived(String origin, Jid account, Stanza presence) {
        Awaited awaited = accounts.get(account);
        // What is for one address is shown to that alone.
        if (awaited != null && presence.to().filter(Jid::isBare).isPresent()) {
            awaited.arrived(origin, presence);
        }
    }

    /** The accounts something is kept for. */
    int size() {
        return accounts.size();
    }
}
