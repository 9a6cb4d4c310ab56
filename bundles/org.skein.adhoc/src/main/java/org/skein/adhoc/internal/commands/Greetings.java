package org.skein.adhoc.internal.commands;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.AccountListener;
import org.skein.api.component.Router;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message of the day and the welcome of each domain: in the database, so of all nodes and kept. The first is sent when
 * a user becomes available for the first time on a day (UTC), and again when it was changed since; the second to each new
 * account, which finds it at its first login. What another node changed is known here at once where the command reached
 * this node, else within {@link #KEPT}.
 */
@Component(service = {Greetings.class, SessionListener.class, AccountListener.class})
public final class Greetings implements SessionListener, AccountListener {
    /** Which. */
    enum Kind {
        MOTD,
        WELCOME;

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Duration KEPT = Duration.ofSeconds(60);
    static final String COLLECTION = "greeting";
    private static final String NAMESPACE = "urn:skein:greeting";
    private static final String SEEN = "seen";
    private static final Logger log = LoggerFactory.getLogger(Greetings.class);

    private record Place(Kind kind, String domain) {}

    private record Known(CompletableFuture<Optional<String>> text, Instant until) {}

    private final XmlStore store;
    private final Router router;
    private final Clock clock;
    private final Map<Place, Known> known = new ConcurrentHashMap<>();

    @Activate
    public Greetings(@Reference XmlStore store, @Reference Router router) {
        this(store, router, Clock.systemUTC());
    }

    Greetings(XmlStore store, Router router, Clock clock) {
        this.store = store;
        this.router = router;
        this.clock = clock;
    }

    /** The text, read anew after a while. */
    CompletionStage<Optional<String>> text(Kind kind, String domain) {
        Instant now = clock.instant();
        return known.compute(
                        new Place(kind, domain),
                        (place, k) ->
                                k == null || k.until().isBefore(now) || k.text().isCompletedExceptionally()
                                        ? new Known(read(place), now.plus(KEPT))
                                        : k)
                .text();
    }

    private CompletableFuture<Optional<String>> read(Place place) {
        return store.get(Jid.of(place.domain()), COLLECTION, place.kind().key())
                .thenApply(found -> found.map(Element::text))
                .toCompletableFuture();
    }

    /** Stores a text, or takes it away where it is empty. */
    CompletionStage<Void> store(Kind kind, String domain, String text) {
        Jid owner = Jid.of(domain);
        CompletionStage<Void> done = text.isEmpty()
                ? store.remove(owner, COLLECTION, kind.key())
                : store.put(owner, COLLECTION, kind.key(), Element.of("text", NAMESPACE, text));
        return done.thenRun(() -> heard(kind, domain, text));
    }

    /** Another node stores it. */
    void heard(Kind kind, String domain, String text) {
        Optional<String> now = text.isEmpty() ? Optional.empty() : Optional.of(text);
        known.put(
                new Place(kind, domain),
                new Known(
                        CompletableFuture.completedFuture(now), clock.instant().plus(KEPT)));
    }

    @Override
    public void presenceChanged(Session session, Optional<Stanza> before, Optional<Stanza> now) {
        if (before.isPresent() || now.isEmpty() || session.transport().equals(Session.WARM_UP)) return;
        text(Kind.MOTD, session.jid().domain())
                .thenCompose(text ->
                        text.isEmpty() ? CompletableFuture.<Void>completedFuture(null) : once(session, text.get()))
                .exceptionally(failure -> {
                    log.debug("what=motd_not_sent to={}", session.jid(), failure);
                    return null;
                });
    }

    private CompletionStage<Void> once(Session session, String text) {
        Jid account = session.jid().bare();
        String seen = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + " "
                + HexFormat.of().toHexDigits(text.hashCode());
        return store.get(account, COLLECTION, SEEN).thenCompose(last -> {
            if (last.filter(e -> e.text().equals(seen)).isPresent()) {
                return CompletableFuture.completedFuture(null);
            }
            return store.put(account, COLLECTION, SEEN, Element.of(SEEN, NAMESPACE, seen))
                    .thenRun(() -> session.send(Announcing.message(session.jid(), "headline", "", text)));
        });
    }

    @Override
    public void createdHere(Jid account) {
        text(Kind.WELCOME, account.domain()).whenComplete((text, failure) -> {
            if (failure != null) {
                log.warn("what=welcome_not_sent to={}", account, failure);
            } else {
                text.ifPresent(t -> router.route(Announcing.message(account, "normal", "", t)));
            }
        });
    }
}
