package org.skein.im.internal.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.account.PeerMessage;
import org.skein.im.internal.blocking.BlockList;
import org.skein.im.internal.roster.Roster;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Sends the presence of our users to those who may see it. Each node sends that of its own sessions, so where all of an
 * account's are meant, the other nodes that may hold some are asked to do the same. Any thread.
 */
@Component(
        service = {PresenceSender.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + PresenceSender.CHANNEL)
public final class PresenceSender implements PeerHandler {
    static final String CHANNEL = "im.presence";

    /** An account's available presence to an address. */
    private static final int AVAILABLE_TO = 1;

    private static final int UNAVAILABLE_TO = 2;

    /** Whether the account has an available session: one byte, not 0 for yes. */
    private static final int IS_AVAILABLE = 3;

    private final Router router;
    private final Sessions sessions;
    private final VirtualHosts hosts;
    private final OtherNodes others;
    private final AnswersHere answers;

    @Activate
    public PresenceSender(
            @Reference Router router,
            @Reference Sessions sessions,
            @Reference VirtualHosts hosts,
            @Reference OtherNodes others,
            @Reference AnswersHere answers) {
        this.router = router;
        this.sessions = sessions;
        this.hosts = hosts;
        this.others = others;
        this.answers = answers;
    }

    /** A stanza, as it is. */
    public void route(Stanza stanza) {
        router.route(stanza);
    }

    /** The same; {@code then} runs when it is on its way, so that what it sends stays behind. */
    public void route(Stanza stanza, Runnable then) {
        router.route(stanza, outcome -> then.run());
    }

    /**
     * To every contact with a subscription to the session's user, and to all the user's resources, this one included (RFC
     * 6121 §4.2.2, §4.4.2, §4.5.2).
     */
    void broadcast(Session session, Stanza presence) {
        List<Jid> to = contacts(session, true);
        to.add(session.jid().bare());
        router.route(presence, to);
    }

    /**
     * For the presence of each contact the user has a subscription to (RFC 6121 §4.3.1), and of own resources: asks those
     * of whom it is not known here. Event loop.
     */
    void probeContacts(Session session) {
        List<Jid> to = contacts(session, false);
        Jid own = session.jid().bare();
        if (others.mayHold(own)) to.add(own);
        answers.answer(session, to, asked -> router.route(probe(session.jid()), asked));
    }

    /** Those with a subscription from (or to) the user that can be reached. */
    private List<Jid> contacts(Session session, boolean from) {
        Roster roster = session.account().state(Roster.class).orElse(null);
        List<Jid> to = new ArrayList<>();
        if (roster == null) {
            return to;
        }
        for (RosterItem item : roster.items()) {
            if ((from ? item.subscription().hasFrom() : item.subscription().hasTo())
                    && maySend(session.account(), item.contact())) {
                to.add(item.contact());
            }
        }
        return to;
    }

    /** To each, unless it is blocked or cannot be reached. */
    void toContacts(OnlineAccount account, Stanza presence, Collection<Jid> contacts) {
        List<Jid> to =
                contacts.stream().filter(contact -> maySend(account, contact)).toList();
        if (!to.isEmpty()) router.route(presence, to);
    }

    private void toContact(OnlineAccount account, Stanza presence, Jid contact) {
        if (maySend(account, contact)) {
            router.route(presence.withTo(contact));
        }
    }

    private boolean maySend(OnlineAccount account, Jid contact) {
        return isReachable(contact) && !isBlocked(account, contact);
    }

    /** False for one of ours who is offline: to know that costs look-ups in memory and no more. */
    private boolean isReachable(Jid contact) {
        return !contact.hasLocal()
                || !hosts.isLocal(contact.domain())
                || sessions.account(contact.bare()).isPresent()
                || others.mayHold(contact);
    }

    private static boolean isBlocked(OnlineAccount account, Jid contact) {
        return account.state(BlockList.class)
                .filter(list -> list.blocks(contact))
                .isPresent();
    }

    /** The last presence of each of the account's available resources, to one address. */
    public void allAvailable(Jid account, Jid to) {
        availableHere(account, to);
        others.tell(account, CHANNEL, new PeerMessage(AVAILABLE_TO, account, List.of(to)).toBytes());
    }

    /** The same for the resources on this node. */
    public void availableHere(Jid account, Jid to) {
        sessions.account(account)
                .ifPresent(online -> online.sessions()
                        // On its own loop, so that no older presence is sent behind a newer one.
                        .forEach(session -> session.execute(
                                () -> session.presence().ifPresent(presence -> toContact(online, presence, to)))));
    }

    /** Unavailable from each of the account's available resources, to one address; a block list is not asked. */
    public void allUnavailable(Jid account, Jid to) {
        unavailableHere(account, to);
        others.tell(account, CHANNEL, new PeerMessage(UNAVAILABLE_TO, account, List.of(to)).toBytes());
    }

    /** The same for the resources on this node. */
    public void unavailableHere(Jid account, Jid to) {
        if (!isReachable(to)) {
            return;
        }
        sessions.account(account)
                .ifPresent(online -> online.sessions().stream()
                        .filter(Session::isAvailable)
                        .forEach(session ->
                                router.route(unavailable(session.jid()).withTo(to))));
    }

    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        PeerMessage message = PeerMessage.of(payload);
        for (Jid to : message.addresses()) {
            switch (message.operation()) {
                case AVAILABLE_TO -> availableHere(message.account(), to);
                case UNAVAILABLE_TO -> unavailableHere(message.account(), to);
                default -> {} // of a later version
            }
        }
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        PeerMessage message = PeerMessage.of(request);
        if (message.operation() != IS_AVAILABLE) return PeerHandler.super.called(from, request);
        return CompletableFuture.completedFuture(new byte[] {(byte) (isAvailableHere(message.account()) ? 1 : 0)});
    }

    private boolean isAvailableHere(Jid account) {
        return sessions.account(account)
                .filter(online -> online.sessions().stream().anyMatch(Session::isAvailable))
                .isPresent();
    }

    /** Whether some resource of the account is available, on any node. Never fails. */
    public CompletionStage<Boolean> isAvailable(Jid account) {
        return isAvailableHere(account)
                ? CompletableFuture.completedFuture(true)
                : others.any(
                        account,
                        CHANNEL,
                        new PeerMessage(IS_AVAILABLE, account, List.of()).toBytes(),
                        reply -> reply.length > 0 && reply[0] != 0);
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

    /** Asks one contact on behalf of every available resource on this node. */
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

    /** Whether the account has sessions on this node. */
    public boolean isOnline(Jid account) {
        return sessions.account(account).isPresent();
    }

    /** Whether the account may have sessions on other nodes. */
    boolean isElsewhere(Jid account) {
        return others.mayHold(account);
    }

    public Optional<OnlineAccount> online(Jid account) {
        return sessions.account(account);
    }
}
