package org.skein.im.internal.presence;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.auth.Accounts;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Verdict;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.im.internal.account.PeerMessage;
import org.skein.im.internal.roster.Roster;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exchanging presence (RFC 6121 §4): broadcast, probes, directed presence. */
@Component(
        configurationPid = "org.skein.im.presence",
        service = {ClientProcessor.class, AccountProcessor.class, SessionTransfer.class})
@Designate(ocd = PresenceProcessor.Config.class)
public final class PresenceProcessor implements ClientProcessor, AccountProcessor, SessionTransfer {
    /** Limits of presence. */
    @ObjectClassDefinition(name = "Skein presence")
    public @interface Config {
        @AttributeDefinition(description = "Addresses one session may send directed presence to; 0 = no limit")
        int maxDirectedPresence() default 1000;
    }

    private static final Logger log = LoggerFactory.getLogger(PresenceProcessor.class);

    private final PresenceSender sender;
    private final Rosters rosters;
    private final Accounts accounts;
    private final LastActivityRepository lastActivity;
    private final Clock clock;
    private volatile Config config;

    @Activate
    public PresenceProcessor(
            Config config,
            @Reference PresenceSender sender,
            @Reference Rosters rosters,
            @Reference Accounts accounts,
            @Reference LastActivityRepository lastActivity) {
        this(config, sender, rosters, accounts, lastActivity, Clock.systemUTC());
    }

    PresenceProcessor(
            Config config,
            PresenceSender sender,
            Rosters rosters,
            Accounts accounts,
            LastActivityRepository lastActivity,
            Clock clock) {
        this.config = config;
        this.sender = sender;
        this.rosters = rosters;
        this.accounts = accounts;
        this.lastActivity = lastActivity;
        this.clock = clock;
    }

    @Modified
    void modified(Config config) {
        this.config = config;
    }

    @Override
    public int order() {
        return ProcessorOrder.PRESENCE;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.PRESENCE);
    }

    @Override
    public String name() {
        return "im.directed";
    }

    /** Whom it sent directed presence to. */
    @Override
    public Optional<byte[]> save(Session session) {
        return session.get(DirectedPresence.class)
                .filter(directed -> !directed.targets().isEmpty())
                .map(directed -> new PeerMessage(0, session.jid().bare(), directed.targets()).toBytes());
    }

    @Override
    public void restore(Session session, byte[] saved) {
        DirectedPresence directed = new DirectedPresence();
        directed.targets().addAll(PeerMessage.of(saved).addresses());
        session.put(DirectedPresence.class, directed);
        // Again: for those who see it, it is this node now whose loss makes it void (CLUSTER 20).
        Stanza presence = session.presence().orElseGet(() -> Stanza.presence().build());
        sender.toContacts(session.account(), presence.withFrom(session.jid()), directed.targets());
    }

    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        Jid to = stanza.to().orElse(null);
        return switch (stanza.type()) {
            case "" -> {
                if (!Priority.isValid(stanza)) {
                    yield Verdict.refuse(Condition.BAD_REQUEST.error("priority is a number from -128 to 127"));
                }
                yield to == null ? available(session, stanza) : directed(session, stanza, to);
            }
            case "unavailable" -> to == null ? unavailable(session, stanza) : directedUnavailable(session, to);
            case "subscribe", "subscribed", "unsubscribe", "unsubscribed" ->
                to == null ? Verdict.refuse(Condition.BAD_REQUEST.error("to whom?")) : Verdict.next();
            case "probe" -> {
                if (to != null && to.equals(session.jid().bare())) ownOthers(session); // those on other nodes answer
                yield to == null ? Verdict.handled() : Verdict.next();
            }
            case "error" -> to == null ? Verdict.handled() : Verdict.next();
            default -> Verdict.refuse(Condition.BAD_REQUEST.error("unknown type of presence")); // §4.7.1
        };
    }

    /** Initial presence (§4.2) or a change of it (§4.4). */
    private Verdict available(Session session, Stanza presence) {
        boolean initial = !session.isAvailable();
        session.presence(Optional.of(presence));
        sender.broadcast(session, presence);
        if (initial) {
            ownOthers(session);
            sender.probeContacts(session);
        }
        return Verdict.handled();
    }

    /** What the user's other resources on this node are, to the one that is new. */
    private static void ownOthers(Session session) {
        for (Session other : session.account().sessions()) {
            if (other != session) {
                other.presence().ifPresent(presence -> session.send(presence.withTo(session.jid())));
            }
        }
    }

    /** §4.5.2, also when the session ended without the client saying so. */
    private Verdict unavailable(Session session, Stanza presence) {
        boolean was = session.isAvailable();
        session.presence(Optional.empty());
        if (was) {
            sender.broadcast(session, presence);
            if (session.isConnected()) session.send(presence.withTo(session.jid()));
            rememberLastActivity(session, presence);
        }
        endDirected(session, presence, was);
        return Verdict.handled();
    }

    /** Those that got presence by themselves, and are not told as subscribers (§4.6.3). */
    private void endDirected(Session session, Stanza presence, boolean subscribersKnow) {
        Optional<DirectedPresence> directed = session.get(DirectedPresence.class);
        if (directed.isEmpty()) {
            return;
        }
        session.put(DirectedPresence.class, null);
        Optional<Roster> roster = session.account().state(Roster.class);
        List<Jid> targets = directed.get().targets().stream()
                .filter(target -> !subscribersKnow
                        || roster.filter(r -> r.letsSee(target.bare())).isEmpty())
                .toList();
        sender.toContacts(session.account(), presence, targets);
    }

    private void rememberLastActivity(Session session, Stanza presence) {
        if (session.transport().equals(Session.WARM_UP)) {
            return; // there is no such account
        }
        for (Session other : session.account().sessions()) {
            if (other != session && other.isAvailable()) {
                return;
            }
        }
        for (RemoteSession other : session.account().remoteSessions()) {
            if (other.has(Session.AVAILABLE)) {
                return;
            }
        }
        String status = presence.child("status", Ns.CLIENT)
                .map(e -> e.text().length() > 1000 ? "" : e.text())
                .orElse("");
        lastActivity
                .put(session.jid().bare(), new LastActivity(clock.instant(), status))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("what=last_activity_not_stored jid={}", session.jid(), failure);
                    }
                });
    }

    private Verdict directed(Session session, Stanza presence, Jid to) {
        if (to.bare().equals(session.jid().bare())) {
            return Verdict.next();
        }
        DirectedPresence directed = session.get(DirectedPresence.class).orElse(null);
        if (directed == null) {
            directed = new DirectedPresence();
            session.put(DirectedPresence.class, directed);
        }
        int max = config.maxDirectedPresence();
        if (max > 0 && directed.targets().size() >= max && !directed.targets().contains(to)) {
            return Verdict.refuse(Condition.RESOURCE_CONSTRAINT.error("directed presence to too many addresses"));
        }
        directed.targets().add(to);
        return Verdict.next();
    }

    private static Verdict directedUnavailable(Session session, Jid to) {
        session.get(DirectedPresence.class)
                .ifPresent(directed -> directed.targets().remove(to));
        return Verdict.next();
    }

    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        if (stanza.isError() && stanza.to().orElseThrow().isBare()) {
            sender.online(account)
                    .ifPresent(online -> online.sessions().stream()
                            .filter(Session::isAvailable)
                            .forEach(session ->
                                    session.send(stanza))); // a subscription request that could not be delivered
            return Verdict.handled();
        }
        if (!stanza.hasType("probe")) {
            return Verdict.next();
        }
        OnlineAccount online = sender.online(account).orElse(null);
        if (online != null && isAnswered(online, stanza)) {
            return Verdict.handled();
        }
        if (sender.isElsewhere(account)) {
            return Verdict.next();
        }
        unanswered(account, stanza);
        return Verdict.handled();
    }

    /**
     * §4.3.2, for the sessions on this node: each node answers for its own. Where none of them is available on any node,
     * {@link #unanswered} is called once for all.
     */
    private boolean isAnswered(OnlineAccount online, Stanza probe) {
        Jid asker = probe.from().orElseThrow();
        Jid asked = probe.to().orElseThrow();
        boolean own = asker.bare().equals(online.jid());
        Roster roster = online.state(Roster.class).orElse(null);
        if (own && online.sessions().stream().anyMatch(s -> s.jid().equals(asker))) {
            return true; // was told as it asked; this is for the other nodes
        }
        boolean answered = false;
        for (Session session : online.sessions()) {
            Optional<Stanza> presence = session.presence();
            if (presence.isEmpty() || asked.isFull() && !asked.equals(session.jid())) {
                continue;
            }
            if (!own && (roster == null || !roster.letsSee(asker.bare()))) {
                refuseProbe(online.jid(), asker);
                return true;
            }
            sender.route(presence.get().withTo(asker));
            answered = true;
        }
        return answered;
    }

    /** §4.3.2: nobody is there, which only those may know who have a subscription. */
    @Override
    public void unanswered(Jid account, Stanza probe) {
        Jid asker = probe.from().orElseThrow();
        if (asker.bare().equals(account)) {
            return;
        }
        accounts.exists(account)
                .thenCompose(there -> there
                        ? rosters.roster(account).thenApply(roster -> roster.letsSee(asker.bare()))
                        : CompletableFuture.completedFuture(false))
                .whenComplete((maySee, failure) -> {
                    if (failure != null) {
                        log.debug("what=probe_not_answered account={} asker={}", account, asker, failure);
                    } else if (maySee) {
                        Jid asked = probe.to().orElse(account);
                        sender.route(PresenceSender.unavailable(asked).withTo(asker));
                    } else {
                        refuseProbe(account, asker);
                    }
                });
    }

    private void refuseProbe(Jid account, Jid asker) {
        sender.route(Stanza.presence()
                .type("unsubscribed")
                .from(account)
                .to(asker.bare())
                .build());
    }
}
