package org.skein.im.internal.presence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemotePresenceListener;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.im.internal.blocking.BlockList;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which resources on other nodes the accounts here have seen available, and from which life of which node: when that is
 * lost, they see them go (CLUSTER 20). Kept while the account has a session here. Any thread.
 */
@Component
public final class SeenPresence implements RemotePresenceListener, ClusterListener, SessionListener {
    private static final Logger log = LoggerFactory.getLogger(SeenPresence.class);

    /** Of one account: more than the contacts of the largest roster, with a few resources each. */
    private static final int MAX_SEEN = 20_000;

    private final Sessions sessions;
    private final VirtualHosts hosts;

    /** By account: full JIDs and the origin of their presence. The inner map is guarded by itself. */
    private final ConcurrentHashMap<Jid, Map<Jid, String>> seen = new ConcurrentHashMap<>();

    @Activate
    public SeenPresence(@Reference Sessions sessions, @Reference VirtualHosts hosts) {
        this.sessions = sessions;
        this.hosts = hosts;
    }

    @Override
    public void arrived(String origin, Jid account, Stanza presence) {
        Jid from = presence.from().orElse(null);
        if (from == null || !isUser(from)) {
            return; // rooms and other servers' users do not go with the node that passed them on
        }
        if (presence.type().isEmpty()) {
            available(origin, account, from);
        } else if (presence.hasType("unavailable")) {
            Map<Jid, String> all = seen.get(account);
            if (all != null) {
                synchronized (all) {
                    all.remove(from, origin);
                }
            }
        }
    }

    private boolean isUser(Jid from) {
        return from.isFull() && from.hasLocal() && hosts.isLocal(from.domain());
    }

    private void available(String origin, Jid account, Jid from) {
        Map<Jid, String> all = seen.computeIfAbsent(account, a -> new HashMap<>());
        synchronized (all) {
            if (all.size() < MAX_SEEN || all.containsKey(from)) all.put(from, origin);
        }
        if (sessions.account(account).isEmpty()) seen.remove(account); // it ended meanwhile
    }

    @Override
    public void closed(Session session) {
        Jid account = session.jid().bare();
        if (sessions.account(account).isEmpty()) seen.remove(account);
    }

    @Override
    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        if (!left.isEmpty()) lost(left.stream().map(NodeId::toString).collect(Collectors.toSet()));
    }

    /** Sessions here are void then, and so is what they saw. */
    @Override
    public void excluded() {
        seen.clear();
    }

    private void lost(Set<String> origins) {
        int told = 0;
        for (Map.Entry<Jid, Map<Jid, String>> entry : seen.entrySet()) {
            OnlineAccount account = sessions.account(entry.getKey()).orElse(null);
            Map<Jid, String> all = entry.getValue();
            // Under the lock to the end: who is seen again elsewhere is so either before, and stays, or behind this.
            synchronized (all) {
                for (Jid from : take(all, origins)) {
                    if (account == null || isBackHere(from)) continue;
                    tell(account, from);
                    told++;
                }
            }
        }
        log.info("what=lost_presence_taken_back nodes={} told={}", origins, told);
    }

    private static List<Jid> take(Map<Jid, String> all, Set<String> origins) {
        List<Jid> gone = new ArrayList<>();
        all.entrySet().removeIf(e -> origins.contains(e.getValue()) && gone.add(e.getKey()));
        return gone;
    }

    private boolean isBackHere(Jid full) {
        return sessions.session(full).filter(Session::isAvailable).isPresent();
    }

    private static void tell(OnlineAccount account, Jid from) {
        if (account.state(BlockList.class).filter(list -> list.blocks(from)).isPresent()) {
            return; // it was not seen
        }
        Stanza unavailable = PresenceSender.unavailable(from).withTo(account.jid());
        for (Session session : account.sessions()) {
            if (session.isAvailable()) session.send(unavailable);
        }
    }
}
