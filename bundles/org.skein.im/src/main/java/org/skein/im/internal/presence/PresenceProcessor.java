package org.skein.im.internal.presence;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.api.storage.LastActivityRepository;
import org.skein.api.storage.LastActivityRepository.LastActivity;
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
        service = {ClientProcessor.class, AccountProcessor.class})
@Designate(ocd = PresenceProcessor.Config.class)
public final class PresenceProcessor implements ClientProcessor, AccountProcessor {
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
            case "probe", "error" -> to == null ? Verdict.handled() : Verdict.next();
            default -> Verdict.refuse(Condition.BAD_REQUEST.error("unknown type of presence")); // §4.7.1
        };
    }

    /** Initial presence (§4.2) or a change of it (§4.4). */
    private Verdict available(Session session, Stanza presence) {
        boolean initial = !session.isAvailable();
        session.presence(Optional.of(presence));
        sender.toSubscribers(session, presence);
        sender.route(presence.withTo(session.jid().bare())); // §4.2.2: all own resources, this one included
        if (initial) {
            ownOthers(session);
            sender.probeContacts(session);
        }
        return Verdict.handled();
    }

    /** What the user's other resources are, to the one that is new. */
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
            sender.toSubscribers(session, presence);
            sender.route(presence.withTo(session.jid().bare()));
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
        for (Jid target : directed.get().targets()) {
            boolean knows = subscribersKnow
                    && roster.filter(r -> r.letsSee(target.bare())).isPresent();
            if (!knows) {
                sender.toContact(session.account(), presence, target);
            }
        }
    }

    private void rememberLastActivity(Session session, Stanza presence) {
        for (Session other : session.account().sessions()) {
            if (other != session && other.isAvailable()) {
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
        Jid asker = stanza.from().orElseThrow();
        Jid asked = stanza.to().orElseThrow();
        if (sender.isOnline(account)) {
            Optional<Roster> roster = sender.online(account).flatMap(online -> online.state(Roster.class));
            if (roster.isPresent()) {
                answerProbe(roster.get(), asker, asked);
                return Verdict.handled();
            }
        }
        return Verdict.after(
                accounts.exists(account).thenCompose(there -> answerOffline(there, account, asker, asked)));
    }

    private CompletionStage<Verdict> answerOffline(boolean exists, Jid account, Jid asker, Jid asked) {
        if (!exists) {
            refuseProbe(account, asker);
            return CompletableFuture.completedFuture(Verdict.handled());
        }
        return rosters.roster(account).thenApply(roster -> {
            answerProbe(roster, asker, asked);
            return Verdict.handled();
        });
    }

    /** §4.3.2. */
    private void answerProbe(Roster roster, Jid asker, Jid asked) {
        Jid account = roster.owner();
        if (!asker.bare().equals(account) && !roster.letsSee(asker.bare())) {
            refuseProbe(account, asker);
            return;
        }
        boolean answered = false;
        for (Session session :
                sender.online(account).map(OnlineAccount::sessions).orElse(java.util.List.of())) {
            Optional<Stanza> presence = session.presence();
            if (presence.isPresent() && (asked.isBare() || asked.equals(session.jid()))) {
                sender.route(presence.get().withTo(asker));
                answered = true;
            }
        }
        if (!answered) {
            sender.route(PresenceSender.unavailable(asked).withTo(asker));
        }
    }

    private void refuseProbe(Jid account, Jid asker) {
        sender.route(Stanza.presence()
                .type("unsubscribed")
                .from(account)
                .to(asker.bare())
                .build());
    }
}
