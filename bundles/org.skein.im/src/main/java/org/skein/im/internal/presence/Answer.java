package org.skein.im.internal.presence;

import java.util.HashMap;
import java.util.Map;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.cluster.api.strategy.ClusteringStrategy.RemotePresence;
import org.skein.im.internal.blocking.BlockList;
import org.skein.im.internal.presence.Awaited.Arrival;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** What one session is told of its contacts when it becomes available, from what is kept and what arrived. Event loop. */
final class Answer {
    private final Session session;
    private final Awaited awaited;
    private final Sessions sessions;
    private final SeenPresence seen;
    private final long since; // what arrived later was shown to the session as it arrived
    private final Map<NodeId, String> origins = new HashMap<>(); // one text for each

    Answer(Session session, Awaited awaited, Sessions sessions, SeenPresence seen) {
        this.session = session;
        this.awaited = awaited;
        this.sessions = sessions;
        this.seen = seen;
        this.since = awaited.count();
    }

    Session session() {
        return session;
    }

    boolean isOwn(Jid contact) {
        return contact.equals(session.jid().bare());
    }

    /**
     * Shows the presence of a contact's resources.
     *
     * @param theirs the contact's block list; null for the own account
     * @return false, and nothing is shown, if the contact has to be asked
     */
    boolean give(Jid contact, Presences kept, BlockList theirs) {
        if (theirs != null && theirs.blocks(session.jid())) return true; // who is blocked gets no answer
        synchronized (awaited) {
            Map<Jid, Arrival> arrived = awaited.from(contact);
            if (awaited.isTooMany() || !agree(kept, arrived)) return false;
            for (RemotePresence resource : kept.known()) {
                show(resource, arrived.get(full(resource)));
            }
        }
        return true;
    }

    /**
     * True if what arrived is of the same lives of the same resources, and so no older than what is kept: where a resource
     * was at two nodes, nobody here knows which was the last.
     */
    private boolean agree(Presences kept, Map<Jid, Arrival> arrived) {
        if (arrived.isEmpty()) return true;
        Map<Jid, String> lives = new HashMap<>();
        for (RemotePresence resource : kept.known()) lives.put(full(resource), origin(resource));
        return arrived.entrySet().stream().allMatch(e -> {
            String life = lives.get(e.getKey());
            return life == null
                    ? !e.getValue().isAvailable()
                    : life.equals(e.getValue().origin());
        });
    }

    private void show(RemotePresence resource, Arrival newer) {
        if (newer != null && (!newer.isAvailable() || newer.number() > since)) return;
        Jid from = full(resource);
        if (sessions.session(from).isPresent() || isBlocked(from)) return; // it has come here, and is shown as such
        Stanza presence = newer == null ? resource.presence() : newer.presence();
        seen.show(origin(resource), session, presence);
    }

    private boolean isBlocked(Jid from) {
        return session.account()
                .state(BlockList.class)
                .filter(list -> list.blocks(from))
                .isPresent();
    }

    private String origin(RemotePresence resource) {
        return origins.computeIfAbsent(resource.node(), NodeId::toString);
    }

    private static Jid full(RemotePresence resource) {
        return resource.presence().from().orElseThrow();
    }
}
