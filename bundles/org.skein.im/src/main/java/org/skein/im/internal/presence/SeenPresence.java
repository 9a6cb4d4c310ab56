package org.skein.im.internal.presence;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Sessions;
import org.skein.api.storage.RosterItem;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.blocking.BlockList;
import org.skein.im.internal.roster.Roster;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which resources on other nodes the accounts here have seen available, and from which life of which node: when that is
 * lost, they see them go (CLUSTER 20). Kept while the account has a session here. Any thread.
 */
@Component(
        service = {
            SeenPresence.class,
            RemotePresenceListener.class,
            ClusterListener.class,
            SessionListener.class,
            SessionTransfer.class
        })
public final class SeenPresence implements RemotePresenceListener, ClusterListener, SessionListener, SessionTransfer {
    private static final Logger log = LoggerFactory.getLogger(SeenPresence.class);

    /** Of one account: more than the contacts of the largest roster, with a few resources each. */
    private static final int MAX_SEEN = 20_000;

    private final Sessions sessions;
    private final VirtualHosts hosts;
    private final OtherNodes others;
    private final Arrivals arrivals;

    /** By account: full JIDs and the origin of their presence. The inner map is guarded by itself. */
    private final ConcurrentHashMap<Jid, Map<Jid, String>> seen = new ConcurrentHashMap<>();

    @Activate
    public SeenPresence(
            @Reference Sessions sessions,
            @Reference VirtualHosts hosts,
            @Reference OtherNodes others,
            @Reference Arrivals arrivals) {
        this.sessions = sessions;
        this.hosts = hosts;
        this.others = others;
        this.arrivals = arrivals;
    }

    @Override
    public void arrived(String origin, Jid account, Stanza presence) {
        Jid from = presence.from().orElse(null);
        if (from == null || !isUser(from)) {
            return; // rooms and other servers' users do not go with the node that passed them on
        }
        arrivals.arrived(origin, account, presence); // first: who answers in its place then leaves the origin as it is
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
            put(all, from, origin);
        }
        if (sessions.account(account).isEmpty()) seen.remove(account); // it ended meanwhile
    }

    private static void put(Map<Jid, String> all, Jid from, String origin) {
        if (all.size() < MAX_SEEN || all.containsKey(from)) all.put(from, origin);
    }

    /** Shows a session what it is told in place of another node; not if that is gone, for who would take it back? */
    void show(String origin, Session session, Stanza presence) {
        Map<Jid, String> all = seen.computeIfAbsent(session.jid().bare(), a -> new HashMap<>());
        // Under the lock to the end: the loss is told either behind this, or has begun and the node is no member.
        synchronized (all) {
            if (!others.isMember(origin)) return;
            put(all, presence.from().orElseThrow(), origin);
            session.send(presence.withTo(session.jid()));
        }
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

    @Override
    public String name() {
        return "im.seen";
    }

    /** What the account has seen, of this node too: there, that is another one. */
    @Override
    public Optional<byte[]> save(Session session) {
        Map<String, List<Jid>> byOrigin = new HashMap<>();
        Map<Jid, String> all = seen.getOrDefault(session.jid().bare(), Map.of());
        synchronized (all) {
            all.forEach((from, origin) ->
                    byOrigin.computeIfAbsent(origin, o -> new ArrayList<>()).add(from));
        }
        byOrigin.put(others.self(), seenHere(session));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(byOrigin.size());
            for (Map.Entry<String, List<Jid>> entry : byOrigin.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().size());
                for (Jid from : entry.getValue()) out.writeUTF(from.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of bytes in memory: cannot be
        }
        return Optional.of(bytes.toByteArray());
    }

    private List<Jid> seenHere(Session session) {
        List<Jid> here = new ArrayList<>();
        Roster roster = session.account().state(Roster.class).orElse(null);
        if (roster != null) {
            for (RosterItem item : roster.items()) {
                if (item.subscription().hasTo()) {
                    sessions.account(item.contact()).ifPresent(contact -> addAvailable(contact, session, here));
                }
            }
        }
        addAvailable(session.account(), session, here);
        return here;
    }

    private static void addAvailable(OnlineAccount account, Session but, List<Jid> to) {
        for (Session s : account.sessions()) {
            if (s != but && s.isAvailable()) to.add(s.jid());
        }
    }

    @Override
    public void restore(Session session, byte[] saved) {
        Jid account = session.jid().bare();
        Map<Jid, String> all = seen.computeIfAbsent(account, a -> new HashMap<>());
        Set<String> lost = new HashSet<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved))) {
            for (int origins = in.readInt(); origins > 0; origins--) {
                String origin = in.readUTF();
                boolean here = origin.equals(others.self());
                if (!others.isMember(origin)) lost.add(origin); // it left meanwhile, and nobody else tells
                for (int n = in.readInt(); n > 0; n--) {
                    Jid from = Jid.of(in.readUTF());
                    synchronized (all) {
                        if (!here && !isBackHere(from) && all.size() < MAX_SEEN) all.putIfAbsent(from, origin);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cut short", e);
        }
        if (!lost.isEmpty()) lost(lost);
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
