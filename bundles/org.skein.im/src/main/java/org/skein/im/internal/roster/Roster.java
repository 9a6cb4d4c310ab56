package org.skein.im.internal.roster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skein.api.session.Session;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository.StoredRoster;
import org.skein.xmpp.Jid;

/**
 * An account's roster in memory: an unchanging snapshot behind one reference, exchanged by {@link Rosters} when a change
 * is committed. Any thread.
 */
public final class Roster {
    /** What the roster was at one version. */
    record Contents(long version, Map<Jid, RosterItem> items) {}

    private final Jid owner;
    private volatile Contents contents;
    private volatile List<Session> interested = List.of();

    Roster(Jid owner, StoredRoster stored) {
        this.owner = owner;
        this.contents = contents(stored);
    }

    /** Bare. */
    public Jid owner() {
        return owner;
    }

    /** All items, also those that only remember a request. */
    public Collection<RosterItem> items() {
        return contents.items().values();
    }

    public Optional<RosterItem> item(Jid contact) {
        return Optional.ofNullable(contents.items().get(contact));
    }

    /** True if {@code contact} (bare) may see the owner's presence: subscription from or both. */
    public boolean letsSee(Jid contact) {
        RosterItem item = contents.items().get(contact);
        return item != null && item.subscription().hasFrom();
    }

    Contents contents() {
        return contents;
    }

    /** Only {@link Rosters} calls this, in the account's turn. */
    void put(long version, RosterItem item) {
        Map<Jid, RosterItem> items = new HashMap<>(contents.items());
        items.put(item.contact(), item);
        contents = new Contents(version, Map.copyOf(items));
    }

    /** What another node stored; told apart from what was there by the caller. */
    void replace(StoredRoster stored) {
        contents = contents(stored);
    }

    private static Contents contents(StoredRoster stored) {
        Map<Jid, RosterItem> items = new HashMap<>(stored.items().size() * 2);
        stored.items().forEach(item -> items.put(item.contact(), item));
        return new Contents(stored.version(), Map.copyOf(items));
    }

    void remove(long version, Jid contact) {
        Map<Jid, RosterItem> items = new HashMap<>(contents.items());
        items.remove(contact);
        contents = new Contents(version, Map.copyOf(items));
    }

    /** Sessions that asked for the roster, and so get the pushes (RFC 6121 §2.1.6). */
    List<Session> interested() {
        return interested;
    }

    /** True if the session asked for the roster. */
    public boolean isInterested(Session session) {
        return interested.contains(session);
    }

    synchronized void interest(Session session) {
        if (!interested.contains(session)) {
            List<Session> more = new ArrayList<>(interested);
            more.add(session);
            interested = List.copyOf(more);
        }
    }

    synchronized void disinterest(Session session) {
        if (interested.contains(session)) {
            interested = interested.stream().filter(s -> s != session).toList();
        }
    }
}
