package org.skein.im.internal.roster;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Sessions;
import org.skein.api.session.StreamFeatures;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.api.storage.RosterRepository;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Roster get and set (RFC 6121 §2.2 to §2.6), and the stream features that go with them. */
@Component(service = {IqHandler.class, SessionListener.class, SessionTransfer.class, StreamFeatures.class})
public final class RosterRequests implements IqHandler, SessionListener, SessionTransfer, StreamFeatures {
    private static final List<Element> FEATURES = List.of(
            Element.of("ver", "urn:xmpp:features:rosterver"), Element.of("sub", "urn:xmpp:features:pre-approval"));

    private final Rosters rosters;
    private final RosterRepository repository;
    private final Sessions sessions;
    private final ContactRemoved contactRemoved;

    @Activate
    public RosterRequests(
            @Reference Rosters rosters,
            @Reference RosterRepository repository,
            @Reference Sessions sessions,
            @Reference ContactRemoved contactRemoved) {
        this.rosters = rosters;
        this.repository = repository;
        this.sessions = sessions;
        this.contactRemoved = contactRemoved;
    }

    @Override
    public List<Element> features(Phase phase, String host, boolean encrypted) {
        return phase == Phase.AFTER_LOGIN ? FEATURES : List.of();
    }

    @Override
    public void closed(Session session) {
        session.account().state(Roster.class).ifPresent(roster -> roster.disinterest(session));
    }

    @Override
    public String name() {
        return "im.roster";
    }

    /** That it gets the pushes, and up to which version it got them. */
    @Override
    public Optional<byte[]> save(Session session) {
        return session.account()
                .state(Roster.class)
                .filter(roster -> roster.isInterested(session))
                .map(roster -> ByteBuffer.allocate(Long.BYTES)
                        .putLong(roster.contents().version())
                        .array());
    }

    @Override
    public void restore(Session session, byte[] saved) {
        Roster roster = session.account().state(Roster.class).orElse(null);
        if (roster == null) {
            return;
        }
        roster.interest(session);
        long version = ByteBuffer.wrap(saved).getLong();
        if (roster.contents().version() > version) { // changed while it was on its way
            repository
                    .changesSince(roster.owner(), version)
                    .thenAccept(changes ->
                            changes.ifPresent(missed -> session.execute(() -> pushAll(roster, session, missed))));
        }
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(Ns.ROSTER);
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isOwner()) {
            throw new StanzaException(Condition.FORBIDDEN); // RFC 6121 §2.3.3
        }
        if (!request.payload().name().equals("query")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        return request.isGet() ? get(request) : set(request);
    }

    private CompletionStage<Optional<Element>> get(IqRequest request) {
        if (!request.payload().children().isEmpty()) {
            throw new StanzaException(Condition.BAD_REQUEST, "a roster get has no items"); // §2.1.3
        }
        Optional<Session> session = sessions.session(request.from());
        Optional<String> known = request.payload().attribute("ver");
        return rosters.roster(request.subject()).thenCompose(roster -> {
            // First the interest, then the snapshot: a change in between is pushed, and never missed.
            session.ifPresent(roster::interest);
            Roster.Contents contents = roster.contents();
            if (known.isEmpty() || session.isEmpty()) {
                return whole(contents);
            }
            long version = parse(known.get());
            if (version == contents.version()) {
                return CompletableFuture.completedFuture(Optional.empty()); // §2.6.3: nothing changed
            }
            if (version <= 0 || version > contents.version()) {
                return whole(contents);
            }
            return changed(roster, version, session.get());
        });
    }

    private static long parse(String version) {
        try {
            return Long.parseLong(version);
        } catch (NumberFormatException notOneOfOurs) {
            return -1;
        }
    }

    private static CompletionStage<Optional<Element>> whole(Roster.Contents contents) {
        return CompletableFuture.completedFuture(
                Optional.of(RosterXml.query(contents.version(), contents.items().values())));
    }

    /** What the client missed, as pushes behind an empty result (§2.6.3); the whole roster if that is no longer known. */
    private CompletionStage<Optional<Element>> changed(Roster roster, long version, Session session) {
        CompletableFuture<Optional<Element>> answer = new CompletableFuture<>();
        repository.changesSince(roster.owner(), version).whenComplete((changes, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (changes.isEmpty()) {
                Roster.Contents now = roster.contents();
                answer.complete(
                        Optional.of(RosterXml.query(now.version(), now.items().values())));
            } else {
                answer.complete(Optional.empty());
                session.execute(() -> pushAll(roster, session, changes.get()));
            }
        });
        return answer;
    }

    private static void pushAll(Roster roster, Session session, Collection<RosterRepository.Change> changes) {
        changes.stream()
                .sorted(Comparator.comparingLong(RosterRepository.Change::version))
                .forEach(change -> {
                    // As it is now: a change pushed meanwhile must not be undone by what is older.
                    Element item = roster.item(change.contact())
                            .filter(RosterXml::isShown)
                            .map(RosterXml::item)
                            .orElseGet(() -> RosterXml.removed(change.contact()));
                    session.send(Rosters.push(session, change.version(), item));
                });
    }

    private CompletionStage<Optional<Element>> set(IqRequest request) {
        List<Element> items = request.payload().children();
        if (items.size() != 1 || !items.get(0).is("item", Ns.ROSTER)) {
            throw new StanzaException(Condition.BAD_REQUEST, "a roster set has one item"); // §2.3.3
        }
        Element item = items.get(0);
        Jid owner = request.subject();
        Jid contact = contact(item, owner);
        if (item.attribute("subscription", "").equals("remove")) {
            return remove(owner, contact);
        }
        String name = item.attribute("name", "");
        Set<String> groups = groups(item);
        checkLength(name);
        return rosters.change(
                        owner, contact, (roster, before) -> Optional.of(named(roster, before, contact, name, groups)))
                .thenApply(change -> Optional.empty());
    }

    private static Jid contact(Element item, Jid owner) {
        Jid contact = item.attribute("jid")
                .flatMap(Jid::parse)
                .orElseThrow(() -> new StanzaException(Condition.BAD_REQUEST, "the item has no valid jid"));
        if (contact.isFull()) {
            throw new StanzaException(Condition.BAD_REQUEST, "a contact is a bare JID"); // §2.1.2.3
        }
        if (contact.equals(owner)) {
            throw new StanzaException(Condition.NOT_ALLOWED, "a roster does not list its owner");
        }
        return contact;
    }

    private Set<String> groups(Element item) {
        Set<String> groups = new HashSet<>();
        for (Element child : item.children()) {
            if (!child.is("group", Ns.ROSTER)) {
                continue;
            }
            String group = child.text();
            if (group.isEmpty()) {
                throw new StanzaException(Condition.NOT_ACCEPTABLE, "empty group name"); // §2.3.3
            }
            checkLength(group);
            if (!groups.add(group)) {
                throw new StanzaException(Condition.BAD_REQUEST, "a group twice"); // §2.3.3
            }
        }
        if (rosters.limits().maxRosterGroups() > 0
                && groups.size() > rosters.limits().maxRosterGroups()) {
            throw new StanzaException(
                    Condition.NOT_ACCEPTABLE, "more than " + rosters.limits().maxRosterGroups() + " groups");
        }
        return groups;
    }

    private void checkLength(String name) {
        if (rosters.limits().maxRosterNameLength() > 0
                && name.length() > rosters.limits().maxRosterNameLength()) {
            throw new StanzaException(
                    Condition.NOT_ACCEPTABLE,
                    "a name longer than " + rosters.limits().maxRosterNameLength() + " characters"); // §2.3.3
        }
    }

    private RosterItem named(Roster roster, Optional<RosterItem> before, Jid contact, String name, Set<String> groups) {
        if (before.isEmpty() && rosters.isFull(roster)) {
            throw new StanzaException(Condition.RESOURCE_CONSTRAINT, "the roster is full");
        }
        // What the client says of subscription and ask is ignored (§2.1.2.2, §2.1.2.5).
        return before.map(b -> new RosterItem(
                        contact,
                        name,
                        groups,
                        b.subscription(),
                        b.ask(),
                        b.pendingIn(),
                        b.approved(),
                        true,
                        b.request()))
                .orElseGet(
                        () -> new RosterItem(contact, name, groups, Subscription.NONE, false, false, false, true, ""));
    }

    private CompletionStage<Optional<Element>> remove(Jid owner, Jid contact) {
        return rosters.change(owner, contact, (roster, before) -> {
                    RosterItem item = before.filter(RosterXml::isShown)
                            .orElseThrow(() -> new StanzaException(Condition.ITEM_NOT_FOUND)); // §2.5.3
                    // A request that still waits for an answer outlives the item.
                    return Optional.of(new RosterItem(
                            contact,
                            "",
                            Set.of(),
                            Subscription.NONE,
                            false,
                            item.pendingIn(),
                            false,
                            false,
                            item.request()));
                })
                .thenApply(change -> {
                    change.before().ifPresent(item -> contactRemoved.removed(owner, item));
                    return Optional.empty();
                });
    }
}
