package org.skein.im.internal.roster;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterRepository;
import org.skein.im.internal.account.HeldStates;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * All rosters: those of online accounts from memory, others read for the call. Changes of one account are serialised;
 * each is committed, then visible, then pushed to interested resources (RFC 6121 §2.1.6), then told to the caller.
 */
@Component(
        configurationPid = "org.skein.im.roster",
        service = {Rosters.class, AccountState.class, AccountListener.class})
@Designate(ocd = Rosters.Config.class)
public final class Rosters implements AccountState<Roster>, AccountListener {
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

    private final RosterRepository repository;
    private volatile Config config;
    private final HeldStates<Roster> held;

    @Activate
    public Rosters(Config config, @Reference RosterRepository repository) {
        this.config = config;
        this.repository = repository;
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

    /** Changes the item of one contact. The stage completes when the change is committed and pushed. */
    public CompletionStage<Change> change(Jid owner, Jid contact, Rule rule) {
        return held.inTurn(owner, roster -> change(roster, contact, rule));
    }

    private CompletionStage<Change> change(Roster roster, Jid contact, Rule rule) {
        Optional<RosterItem> before = roster.item(contact);
        Optional<RosterItem> after = rule.apply(roster, before).filter(Rosters::saysSomething);
        Change change = new Change(before, after);
        if (before.equals(after)) {
            return CompletableFuture.completedFuture(change);
        }
        if (after.isPresent()) {
            return repository.put(roster.owner(), after.get()).thenApply(version -> {
                roster.put(version, after.get());
                push(roster, change, contact);
                return change;
            });
        }
        return repository.remove(roster.owner(), contact).thenApply(version -> {
            roster.remove(version.orElse(roster.contents().version()), contact);
            push(roster, change, contact);
            return change;
        });
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
