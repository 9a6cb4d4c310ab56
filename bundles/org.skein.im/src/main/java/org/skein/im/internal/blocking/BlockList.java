package org.skein.im.internal.blocking;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skein.api.session.Session;
import org.skein.xmpp.Jid;

/** An account's block list in memory (XEP-0191). Any thread. */
public final class BlockList {
    private final Jid owner;
    private volatile Set<Jid> blocked;
    private volatile List<Session> interested = List.of();

    BlockList(Jid owner, Set<Jid> blocked) {
        this.owner = owner.bare();
        this.blocked = Set.copyOf(blocked);
    }

    public boolean isEmpty() {
        return blocked.isEmpty();
    }

    /** True if {@code address} matches an entry (XEP-0191 §4). The own account and its server cannot be blocked. */
    public boolean blocks(Jid address) {
        Set<Jid> entries = blocked;
        if (entries.isEmpty() || address.bare().equals(owner)) {
            return false;
        }
        if (entries.contains(address) || entries.contains(address.bare())) {
            return !isOwnServer(address);
        }
        if (address.hasLocal() && entries.contains(address.domainJid())) {
            return true;
        }
        return address.hasLocal()
                && address.isFull()
                && entries.contains(Jid.of("", address.domain(), address.resource()));
    }

    private boolean isOwnServer(Jid address) {
        return !address.hasLocal() && address.domain().equals(owner.domain());
    }

    Jid owner() {
        return owner;
    }

    synchronized void replace(Set<Jid> entries) {
        blocked = Set.copyOf(entries);
    }

    Set<Jid> entries() {
        return blocked;
    }

    synchronized void add(Collection<Jid> more) {
        Set<Jid> all = new HashSet<>(blocked);
        all.addAll(more);
        blocked = Set.copyOf(all);
    }

    synchronized void remove(Collection<Jid> fewer) {
        Set<Jid> all = new HashSet<>(blocked);
        all.removeAll(fewer);
        blocked = Set.copyOf(all);
    }

    boolean isInterested(Session session) {
        return interested.contains(session);
    }

    /** Sessions that asked for the list, and so get the pushes (XEP-0191 §3.3). */
    List<Session> interested() {
        return interested;
    }

    synchronized void interest(Session session) {
        if (!interested.contains(session)) {
            interested = java.util.stream.Stream.concat(interested.stream(), java.util.stream.Stream.of(session))
                    .toList();
        }
    }

    synchronized void disinterest(Session session) {
        interested = interested.stream().filter(s -> s != session).toList();
    }
}
