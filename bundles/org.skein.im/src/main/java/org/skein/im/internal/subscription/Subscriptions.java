package org.skein.im.internal.subscription;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.auth.Accounts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.roster.ContactRemoved;
import org.skein.im.internal.roster.Roster;
import org.skein.im.internal.roster.Rosters;
import org.skein.im.internal.subscription.SubscriptionState.Event;
import org.skein.im.internal.subscription.SubscriptionState.Step;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Managing presence subscriptions (RFC 6121 §3): changes the roster as the table says, and tells both sides. */
@Component(service = {Subscriptions.class, ContactRemoved.class})
public final class Subscriptions implements ContactRemoved {
    /** A longer request is kept without its payload. */
    private static final int MAX_KEPT_REQUEST_BYTES = 4096;

    private final Rosters rosters;
    private final Accounts accounts;
    private final PresenceSender sender;

    @Activate
    public Subscriptions(@Reference Rosters rosters, @Reference Accounts accounts, @Reference PresenceSender sender) {
        this.rosters = rosters;
        this.accounts = accounts;
        this.sender = sender;
    }

    /** True for the four types of presence that manage subscriptions. */
    static boolean isSubscription(Stanza presence) {
        return switch (presence.type()) {
            case "subscribe", "unsubscribe", "subscribed", "unsubscribed" -> true;
            default -> false;
        };
    }

    private static SubscriptionState state(Optional<RosterItem> item) {
        return item.map(SubscriptionState::of).orElse(SubscriptionState.NONE);
    }

    /** A user's client manages a subscription (§3.1.2, §3.1.5, §3.2.2, §3.3.2). */
    Verdict outbound(Jid user, Stanza stanza) {
        Jid contact = stanza.to().orElseThrow().bare();
        if (contact.equals(user)) {
            return Verdict.handled(); // everybody sees the own presence anyway
        }
        Event event = event(stanza, true);
        Stanza stamped = stanza.withFrom(user).withTo(contact); // §3.1.2: bare addresses
        return Verdict.after(rosters.change(user, contact, (roster, item) -> outbound(roster, contact, item, event))
                .thenApply(change -> {
                    SubscriptionState before = state(change.before());
                    if (event == Event.OUT_SUBSCRIBED && before.on(event).passes()) {
                        sender.route(stamped, () -> sender.allAvailable(user, contact)); // §3.1.5
                        return Verdict.handled();
                    }
                    if (before.on(event).passes()) {
                        sender.route(stamped);
                    }
                    if (event == Event.OUT_UNSUBSCRIBED && before.hasFrom()) {
                        sender.allUnavailable(user, contact); // §3.2.2
                    }
                    return Verdict.handled();
                }));
    }

    private static Event event(Stanza stanza, boolean outbound) {
        return switch (stanza.type()) {
            case "subscribe" -> outbound ? Event.OUT_SUBSCRIBE : Event.IN_SUBSCRIBE;
            case "unsubscribe" -> outbound ? Event.OUT_UNSUBSCRIBE : Event.IN_UNSUBSCRIBE;
            case "subscribed" -> outbound ? Event.OUT_SUBSCRIBED : Event.IN_SUBSCRIBED;
            case "unsubscribed" -> outbound ? Event.OUT_UNSUBSCRIBED : Event.IN_UNSUBSCRIBED;
            default -> throw new IllegalArgumentException("no subscription type: " + stanza.type());
        };
    }

    private Optional<RosterItem> outbound(Roster roster, Jid contact, Optional<RosterItem> item, Event event) {
        SubscriptionState state = state(item);
        Step step = state.on(event);
        boolean approved = item.filter(RosterItem::approved).isPresent();
        boolean listed = item.filter(RosterItem::listed).isPresent();
        switch (event) {
            case OUT_SUBSCRIBE -> listed = true;
            case OUT_SUBSCRIBED -> {
                approved |= !step.passes() && !state.hasFrom(); // §3.4.2: before anybody asked
                listed |= step.passes() || approved;
            }
            case OUT_UNSUBSCRIBED -> approved = false; // §3.4.2
            default -> {}
        }
        if (item.isEmpty() && (listed || approved) && rosters.isFull(roster)) {
            throw new StanzaException(Condition.RESOURCE_CONSTRAINT, "the roster is full");
        }
        if (item.isEmpty() && !listed && !approved) {
            return item;
        }
        return Optional.of(with(item, contact, step.next(), approved, listed, ""));
    }

    private static RosterItem with(
            Optional<RosterItem> item,
            Jid contact,
            SubscriptionState state,
            boolean approved,
            boolean listed,
            String newRequest) {
        String request = newRequest.isEmpty() ? item.map(RosterItem::request).orElse("") : newRequest;
        return new RosterItem(
                contact,
                item.map(RosterItem::name).orElse(""),
                item.map(RosterItem::groups).orElse(Set.of()),
                state.subscription(),
                state.isPendingOut(),
                state.isPendingIn(),
                approved,
                listed,
                state.isPendingIn() ? request : "");
    }

    /** A contact manages its subscription to an account, or ours to it (§3.1.3, §3.1.6, §3.2.3, §3.3.3). */
    Verdict inbound(Jid account, Stanza stanza) {
        Jid contact = stanza.from().orElseThrow().bare();
        if (contact.equals(account)) {
            return Verdict.handled();
        }
        Event event = event(stanza, false);
        return Verdict.after(exists(account).thenCompose(there -> {
            if (!there) {
                return CompletableFuture.completedFuture(Verdict.handled()); // §8.5.1: silently ignored
            }
            return rosters.change(account, contact, (roster, item) -> inbound(roster, contact, item, event, stanza))
                    .thenApply(change -> delivered(account, contact, stanza, event, change));
        }));
    }

    private CompletionStage<Boolean> exists(Jid account) {
        return sender.isOnline(account) ? CompletableFuture.completedFuture(true) : accounts.exists(account);
    }

    private Optional<RosterItem> inbound(
            Roster roster, Jid contact, Optional<RosterItem> item, Event event, Stanza stanza) {
        SubscriptionState state = state(item);
        if (event != Event.IN_SUBSCRIBE) {
            return item.map(i -> with(item, contact, state.on(event).next(), i.approved(), i.listed(), ""));
        }
        if (item.isEmpty() && rosters.isFull(roster)) {
            return item; // the request is not kept
        }
        if (item.filter(RosterItem::approved).isPresent() && !state.hasFrom()) {
            RosterItem i = item.get();
            return Optional.of(new RosterItem(
                    contact,
                    i.name(),
                    i.groups(),
                    Subscription.of(state.hasTo(), true),
                    i.ask(),
                    false,
                    true,
                    true,
                    ""));
        }
        SubscriptionState next = state.on(event).next();
        if (next == state) {
            return item;
        }
        boolean listed = item.filter(RosterItem::listed).isPresent();
        return Optional.of(with(item, contact, next, false, listed, kept(stanza)));
    }

    private static String kept(Stanza request) {
        byte[] payload = request.payloadXml();
        return payload.length > MAX_KEPT_REQUEST_BYTES ? "" : new String(payload, StandardCharsets.UTF_8);
    }

    private Verdict delivered(Jid account, Jid contact, Stanza stanza, Event event, Rosters.Change change) {
        SubscriptionState before = state(change.before());
        if (event == Event.IN_SUBSCRIBE && state(change.after()).hasFrom()) {
            // §3.1.3: it has the subscription already, or was approved in advance (§3.4.3)
            Stanza subscribed = Stanza.presence()
                    .type("subscribed")
                    .from(account)
                    .to(contact)
                    .build();
            sender.route(subscribed, () -> sender.allAvailable(account, contact));
            return Verdict.handled();
        }
        boolean kept = event != Event.IN_SUBSCRIBE || state(change.after()).isPendingIn();
        if (event == Event.IN_UNSUBSCRIBE && before.hasFrom()) {
            sender.allUnavailable(account, contact); // §3.3.3
        }
        return before.on(event).passes() && kept
                ? Verdict.next(stanza.withFrom(contact).withTo(account))
                : Verdict.handled();
    }

    /** A request to available resources (§3.1.3), the rest to interested ones (§3.1.6, §3.2.3, §3.3.3), on this node. */
    void deliver(Jid account, Stanza stanza) {
        OnlineAccount online = sender.online(account).orElse(null);
        if (online == null) {
            return;
        }
        boolean request = stanza.hasType("subscribe");
        Optional<Roster> roster = online.state(Roster.class);
        for (Session session : online.sessions()) {
            if (session.isAvailable()
                    || !request && roster.filter(r -> r.isInterested(session)).isPresent()) {
                session.send(stanza);
            }
        }
    }

    /** Requests that still wait for an answer, to a resource that became available (§3.1.3). */
    void deliverRequests(Session session) {
        Roster roster = session.account().state(Roster.class).orElse(null);
        if (roster == null) {
            return;
        }
        for (RosterItem item : roster.items()) {
            if (item.pendingIn()) {
                session.send(request(session.jid().bare(), item));
            }
        }
    }

    private static Stanza request(Jid account, RosterItem item) {
        byte[] payload = item.request().getBytes(StandardCharsets.UTF_8);
        return Stanza.parsed(Stanza.Kind.PRESENCE, account, item.contact(), "subscribe", "", "", List.of(), payload);
    }

    @Override
    public void removed(Jid owner, RosterItem item) {
        if (item.subscription().hasTo() || item.ask()) {
            route("unsubscribe", owner, item.contact());
        }
        if (item.subscription().hasFrom()) {
            route("unsubscribed", owner, item.contact());
            sender.allUnavailable(owner, item.contact());
        }
    }

    private void route(String type, Jid from, Jid to) {
        sender.route(Stanza.presence().type(type).from(from).to(to).build());
    }
}
