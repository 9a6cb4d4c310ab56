package org.skein.im.internal.roster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.auth.AccountListener;
import org.skein.api.session.AccountState;
import org.skein.api.session.Session;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.View;
import org.skein.im.internal.account.HeldStates;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.account.PeerMessage;
import org.skein.im.internal.account.Refresh;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * All rosters: those of online accounts from memory, others read for the call. Changes of one account are serialised;
 * each is committed, then visible and pushed to interested resources (RFC 6121 §2.1.6) on this node and all others, then
 * told to the caller. Other nodes read the roster anew if they have a copy of an older version.
 */
@Component(
        configurationPid = "org.skein.im.roster",
        property = PeerHandler.CHANNEL + "=" + Rosters.CHANNEL,
        service = {Rosters.class, AccountState.class, AccountListener.class, PeerHandler.class, ClusterListener.class})
@Designate(ocd = Rosters.Config.class)
public final class Rosters implements AccountState<Roster>, AccountListener, PeerHandler, ClusterListener {
    /** Between nodes: an account's roster has a new version. */
    static final String CHANNEL = "im.roster";

    private static final int CHANGED = 1;

    /** So often a change is decided anew because another node was faster. */
    private static final int MAX_TRIES = 20;

    /** Limits of rosters; 0 = no limit. */
    @ObjectClassDefinition(name = "Skein rosters")
    public @interface Config {
        @AttributeDefinition(description = "Contacts a roster may have, with those that ask to be one")
        int maxRosterItems() default 5000;

        @AttributeDefinition(description = "Characters of a contact's or a group's name")
        int maxRosterNameLength() default 1023;

        @AttributeDefinition(description = "Groups one contact may be in")
        int maxRosterGroups() default 100;
    }

    /** Decides what becomes of a contact's item; throws a {@link org.skein.xmpp.StanzaException} to refuse. */
    @FunctionalInterface
    public interface Rule {
        /** @return what to store; an item that says nothing, or empty, means no item */
        Optional<RosterItem> apply(Roster roster, Optional<RosterItem> item);
    }

    /** A change that is committed. {@code before} and {@code after} are equal where there was nothing to change. */
    public record Change(Optional<RosterItem> before, Optional<RosterItem> after) {}

    /** A change, and when all nodes have it. */
    private record Committed(Change change, CompletionStage<Void> confirmed) {}

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final RosterRepository repository;
    private final OtherNodes others;
    private volatile Config config;
    private final HeldStates<Roster> held;
    private final Refresh refresh;

    @Activate
    public Rosters(Config config, @Reference RosterRepository repository, @Reference OtherNodes others) {
        this.config = config;
        this.repository = repository;
        this.others = others;
        this.refresh = new Refresh(this::refreshAll);
        this.held = new HeldStates<>(owner -> repository.load(owner).thenApply(stored -> new Roster(owner, stored)), 0);
    }

    @Modified
    void modified(Config config) {
        this.config = config;
    }

    Config limits() {
        return config;
    }

    /** True if the roster takes no more contacts. */
    public boolean isFull(Roster roster) {
        int max = config.maxRosterItems();
        return max > 0 && roster.items().size() >= max;
    }

    @Override
    public Class<Roster> type() {
        return Roster.class;
    }

    @Override
    public CompletionStage<Roster> load(Jid account) {
        return held.get(account.bare());
    }

    @Override
    public void accountRemoved(Jid account) {
        held.forget(account.bare());
    }

    /** The roster of an account, online or not. */
    public CompletionStage<Roster> roster(Jid account) {
        return held.get(account.bare());
    }

    /** Changes the item of one contact. The stage completes when the change is committed and pushed, on all nodes. */
    public CompletionStage<Change> change(Jid owner, Jid contact, Rule rule) {
        return held.inTurn(owner, roster -> change(roster, contact, rule, MAX_TRIES))
                .thenCompose(committed -> committed.confirmed().thenApply(done -> committed.change()));
    }

    private CompletionStage<Committed> change(Roster roster, Jid contact, Rule rule, int tries) {
        Optional<RosterItem> before = roster.item(contact);
        Optional<RosterItem> after = rule.apply(roster, before).filter(Rosters::saysSomething);
        Change change = new Change(before, after);
        if (before.equals(after)) {
            return CompletableFuture.completedFuture(new Committed(change, DONE));
        }
        return stored(roster, contact, after)
                .handle((done, failure) -> failure == null
                        ? CompletableFuture.completedFuture(committed(roster, change, contact))
                        : again(roster, contact, rule, tries, failure))
                .thenCompose(stage -> stage);
    }

    /** Compared and set: of two nodes that change one roster at the same moment one decides again. */
    private CompletionStage<Void> stored(Roster roster, Jid contact, Optional<RosterItem> item) {
        long version = roster.contents().version();
        if (item.isPresent()) {
            return repository.put(roster.owner(), item.get(), version).thenAccept(now -> roster.put(now, item.get()));
        }
        return repository
                .remove(roster.owner(), contact, version)
                .thenAccept(now -> roster.remove(now.orElse(version), contact));
    }

    private CompletionStage<Committed> again(Roster roster, Jid contact, Rule rule, int tries, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof ConflictException) || tries == 0) {
            return CompletableFuture.failedFuture(cause);
        }
        return reload(roster).thenCompose(done -> change(roster, contact, rule, tries - 1));
    }

    /** Still in the account's turn: so that other nodes are told in the order of the versions. */
    private Committed committed(Roster roster, Change change, Jid contact) {
        push(roster, change, contact);
        long version = roster.contents().version();
        return new Committed(
                change,
                others.confirmed(
                        CHANNEL, () -> new PeerMessage(CHANGED, roster.owner(), version, List.of()).toBytes()));
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        PeerMessage message = PeerMessage.of(request);
        if (message.operation() != CHANGED) return PeerHandler.super.called(from, request);
        return held.ifHeld(
                        message.account(),
                        roster -> roster.contents().version() < message.number() ? reload(roster) : DONE)
                .thenApply(done -> new byte[0]);
    }

    /** Brings in what other nodes stored. In the account's turn. */
    private CompletionStage<Void> reload(Roster roster) {
        return repository.load(roster.owner()).thenAccept(stored -> {
            Map<Jid, RosterItem> before = roster.contents().items();
            if (stored.version() <= roster.contents().version()) return;
            roster.replace(stored);
            pushDifference(roster, before);
        });
    }

    private static void pushDifference(Roster roster, Map<Jid, RosterItem> before) {
        if (roster.interested().isEmpty()) return;
        Map<Jid, RosterItem> now = roster.contents().items();
        now.forEach((contact, item) -> {
            Optional<RosterItem> old = Optional.ofNullable(before.get(contact));
            if (!old.equals(Optional.of(item))) push(roster, new Change(old, Optional.of(item)), contact);
        });
        before.forEach((contact, item) -> {
            if (!now.containsKey(contact)) push(roster, new Change(Optional.of(item), Optional.empty()), contact);
        });
    }

    private void refreshAll() {
        held.all(this::reload);
    }

    @Override
    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
        refresh.changed(now, joined);
    }

    @Override
    public void serving(boolean serving) {
        refresh.serving(serving);
    }

    @Override
    public void excluded() {
        refresh.excluded();
    }

    private static boolean saysSomething(RosterItem item) {
        return item.listed()
                || item.approved()
                || item.ask()
                || item.pendingIn()
                || item.subscription() != RosterItem.Subscription.NONE;
    }

    private static void push(Roster roster, Change change, Jid contact) {
        Optional<Element> before = change.before().filter(RosterXml::isShown).map(RosterXml::item);
        Optional<Element> after = change.after().filter(RosterXml::isShown).map(RosterXml::item);
        if (before.equals(after)) {
            return;
        }
        push(roster, roster.contents().version(), after.orElseGet(() -> RosterXml.removed(contact)));
    }

    private static void push(Roster roster, long version, Element item) {
        for (Session session : roster.interested()) {
            Stanza push = push(session, version, item);
            // As a task, so that it stays behind a roster result being answered on that loop right now.
            session.execute(() -> session.send(push));
        }
    }

    static Stanza push(Session session, long version, Element item) {
        return Stanza.iq()
                .type("set")
                .id("roster-" + version)
                .to(session.jid())
                .add(RosterXml.query(version).child(item).build())
                .build();
    }
}
