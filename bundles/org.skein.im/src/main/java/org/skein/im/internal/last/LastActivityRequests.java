package org.skein.im.internal.last;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.Verdict;
import org.skein.api.storage.LastActivityRepository;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.roster.Rosters;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/**
 * Last activity (XEP-0012): since when the server runs, and when a user was last there, for those who may see the user's
 * presence. What is asked of a full JID the client answers itself, if the asker may know.
 */
@Component
public final class LastActivityRequests implements IqHandler, AccountProcessor, DiscoContributor {
    private static final String LAST = "jabber:iq:last";

    private final Rosters rosters;
    private final PresenceSender presence;
    private final LastActivityRepository repository;
    private final Clock clock;
    private final Instant started;

    @Activate
    public LastActivityRequests(
            @Reference Rosters rosters,
            @Reference PresenceSender presence,
            @Reference LastActivityRepository repository) {
        this(
                rosters,
                presence,
                repository,
                Clock.systemUTC(),
                ProcessHandle.current().info().startInstant().orElseGet(Instant::now));
    }

    LastActivityRequests(
            Rosters rosters, PresenceSender presence, LastActivityRepository repository, Clock clock, Instant started) {
        this.rosters = rosters;
        this.presence = presence;
        this.repository = repository;
        this.clock = clock;
        this.started = started;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.HOST, Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(LAST);
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.node().isEmpty()) {
            info.feature(LAST);
        }
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isGet() || !request.payload().name().equals("query")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        if (request.target() == Target.HOST) {
            return CompletableFuture.completedFuture(Optional.of(answer(secondsSince(started), "")));
        }
        if (request.isOwner()) {
            return ofAccount(request.subject());
        }
        return rosters.roster(request.subject()).thenCompose(roster -> {
            if (!roster.letsSee(request.from().bare())) {
                throw new StanzaException(Condition.FORBIDDEN); // §3, and the same for an account that is not there
            }
            return ofAccount(request.subject());
        });
    }

    private CompletionStage<Optional<Element>> ofAccount(Jid account) {
        return presence.isAvailable(account)
                .thenCompose(available -> available
                        ? CompletableFuture.completedFuture(Optional.of(answer(0, ""))) // §4
                        : ofAbsent(account));
    }

    private CompletionStage<Optional<Element>> ofAbsent(Jid account) {
        return repository
                .get(account)
                .thenApply(last -> Optional.of(last.map(l -> answer(secondsSince(l.at()), l.status()))
                        .orElseThrow(() -> new StanzaException(Condition.SERVICE_UNAVAILABLE))));
    }

    private long secondsSince(Instant then) {
        return Math.max(0, Duration.between(then, clock.instant()).toSeconds());
    }

    private static Element answer(long seconds, String status) {
        return Element.builder("query", LAST)
                .attribute("seconds", Long.toString(seconds))
                .text(status)
                .build();
    }

    @Override
    public int order() {
        return ProcessorOrder.PRESENCE;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.IQ);
    }

    /** §5: a question to a client is not delivered for those who may not know. */
    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        if (!stanza.isRequest()
                || stanza.payload().isEmpty()
                || !stanza.payload().get(0).namespace().equals(LAST)
                || stanza.to().orElseThrow().isBare()) {
            return Verdict.next();
        }
        Jid asker = stanza.from().orElseThrow().bare();
        if (asker.equals(account)) {
            return Verdict.next();
        }
        // The user may be on another node.
        return Verdict.after(rosters.roster(account)
                .thenApply(roster ->
                        roster.letsSee(asker) ? Verdict.next() : Verdict.refuse(Condition.FORBIDDEN.error())));
    }
}
