package org.skein.im.internal.presence;

import java.util.Optional;
import java.util.function.Predicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.api.storage.RosterItem;
import org.skein.im.internal.blocking.BlockList;
import org.skein.im.internal.roster.Roster;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Sends the presence of our users to those who may see it. Any thread. */
@Component(service = PresenceSender.class)
public final class PresenceSender {
    private final Router router;
    private final Sessions sessions;
    private final VirtualHosts hosts;

    @Activate
    public PresenceSender(@Reference Router router, @Reference Sessions sessions, @Reference VirtualHosts hosts) {
        this.router = router;
        this.sessions = sessions;
        this.hosts = hosts;
    }

    /** A stanza, as it is. */
    public void route(Stanza stanza) {
        router.route(stanza);
    }

    /** To every contact with a subscription to the session's user (RFC 6121 §4.2.2, §4.4.2, §4.5.2). */
    void toSubscribers(Session session, Stanza presence) {
        Roster roster = session.account().state(Roster.class).orElse(null);
        if (roster == null) {
            return;
        }
        presence.payloadXml(); // encoded before it is copied, so that all copies share the bytes
        for (RosterItem item : roster.items()) {
            if (item.subscription().hasFrom()) {
                toContact(session.account(), presence, item.contact());
            }
        }
    }

    /** To one contact, unless it is blocked, or one of ours and offline: that costs a look-up in memory and no more. */
    void toContact(OnlineAccount account, Stanza presence, Jid contact) {
        if (isReachable(contact) && !isBlocked(account, contact)) {
            router.route(presence.withTo(contact));
        }
    }

    private boolean isReachable(Jid contact) {
        return !contact.hasLocal()
                || !hosts.isLocal(contact.domain())
                || sessions.account(contact.bare()).isPresent();
    }

    private static boolean isBlocked(OnlineAccount account, Jid contact) {
        return account.state(BlockList.class)
                .filter(list -> list.blocks(contact))
                .isPresent();
    }

    /** The last presence of each of the account's available resources, to one address. */
    public void allAvailable(Jid account, Jid to) {
        sessions.account(account)
                .ifPresent(online -> online.sessions()
                        .forEach(session -> session.presence().ifPresent(presence -> toContact(online, presence, to))));
    }

    /** Unavailable from each of the account's available resources, to one address; a block list is not asked. */
    public void allUnavailable(Jid account, Jid to) {
        if (!isReachable(to)) {
            return;
        }
        sessions.account(account)
                .ifPresent(online -> online.sessions().stream()
                        .filter(Session::isAvailable)
                        .forEach(session ->
                                router.route(unavailable(session.jid()).withTo(to))));
    }

    /**
     * Unavailable to those a session sent directed presence to, where {@code which} says so, and who are not told as
     * subscribers. Any thread.
     */
    public void directedUnavailable(Session session, Predicate<Jid> which) {
        session.execute(() -> session.get(DirectedPresence.class)
                .ifPresent(directed -> directed.targets().removeIf(target -> {
                    boolean ends = which.test(target);
                    if (ends && !isToldAsSubscriber(session, target)) {
                        router.route(unavailable(session.jid()).withTo(target));
                    }
                    return ends;
                })));
    }

    private static boolean isToldAsSubscriber(Session session, Jid target) {
        return session.isAvailable()
                && session.account()
                        .state(Roster.class)
                        .filter(roster -> roster.letsSee(target.bare()))
                        .isPresent();
    }

    /** Asks for the presence of each contact the user has a subscription to (RFC 6121 §4.3.1). */
    void probeContacts(Session session) {
        Roster roster = session.account().state(Roster.class).orElse(null);
        if (roster == null) {
            return;
        }
        Stanza probe = probe(session.jid());
        for (RosterItem item : roster.items()) {
            if (item.subscription().hasTo()) {
                toContact(session.account(), probe, item.contact());
            }
        }
    }

    /** Asks one contact on behalf of every available resource. */
    public void probe(OnlineAccount account, Jid contact) {
        account.sessions().stream()
                .filter(Session::isAvailable)
                .forEach(session -> toContact(account, probe(session.jid()), contact));
    }

    private static Stanza probe(Jid from) {
        return Stanza.presence().type("probe").from(from).build();
    }

    static Stanza unavailable(Jid from) {
        return Stanza.presence().type("unavailable").from(from).build();
    }

    public boolean isOnline(Jid account) {
        return sessions.account(account).isPresent();
    }

    public Optional<OnlineAccount> online(Jid account) {
        return sessions.account(account);
    }
}
