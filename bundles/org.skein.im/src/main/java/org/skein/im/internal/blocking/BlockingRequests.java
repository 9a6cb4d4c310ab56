package org.skein.im.internal.blocking;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Sessions;
import org.skein.api.storage.RosterItem;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.im.internal.account.PeerMessage;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.roster.Roster;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Reading and changing block lists (XEP-0191 §3.2 to §3.5). */
@Component(
        service = {
            IqHandler.class,
            SessionListener.class,
            SessionTransfer.class,
            DiscoContributor.class,
            PeerHandler.class
        },
        property = PeerHandler.CHANNEL + "=" + BlockLists.CHANNEL)
public final class BlockingRequests
        implements IqHandler, SessionListener, SessionTransfer, DiscoContributor, PeerHandler {
    private static final String BLOCKING = "urn:xmpp:blocking";

    private final BlockLists lists;
    private final Sessions sessions;
    private final PresenceSender presence;

    @Activate
    public BlockingRequests(
            @Reference BlockLists lists, @Reference Sessions sessions, @Reference PresenceSender presence) {
        this.lists = lists;
        this.sessions = sessions;
        this.presence = presence;
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(BLOCKING);
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(BLOCKING);
        }
    }

    @Override
    public void closed(Session session) {
        session.account().state(BlockList.class).ifPresent(list -> list.disinterest(session));
    }

    @Override
    public String name() {
        return "im.blocking";
    }

    /** That it gets the pushes, and the list as far as it was told. */
    @Override
    public Optional<byte[]> save(Session session) {
        return session.account()
                .state(BlockList.class)
                .filter(list -> list.isInterested(session))
                .map(list -> new PeerMessage(0, list.owner(), list.entries()).toBytes());
    }

    @Override
    public void restore(Session session, byte[] saved) {
        BlockList list = session.account().state(BlockList.class).orElse(null);
        if (list == null) {
            return;
        }
        list.interest(session);
        Set<Jid> told = Set.copyOf(PeerMessage.of(saved).addresses());
        Set<Jid> now = list.entries();
        pushMissed(session, "block", BlockLists.without(now, told)); // changed while it was on its way
        pushMissed(session, "unblock", BlockLists.without(told, now));
    }

    private static void pushMissed(Session session, String what, Collection<Jid> items) {
        if (!items.isEmpty()) push(session, element(what, items));
    }

    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isOwner()) {
            throw new StanzaException(Condition.FORBIDDEN);
        }
        String name = request.payload().name();
        if (request.isGet() && name.equals("blocklist")) {
            return list(request);
        }
        if (request.isSet() && name.equals("block")) {
            return block(request.subject(), items(request.payload()));
        }
        if (request.isSet() && name.equals("unblock")) {
            return unblock(request.subject(), items(request.payload()));
        }
        throw new StanzaException(Condition.BAD_REQUEST);
    }

    private CompletionStage<Optional<Element>> list(IqRequest request) {
        Optional<Session> session = sessions.session(request.from());
        return lists.load(request.subject()).thenApply(list -> {
            session.ifPresent(list::interest);
            return Optional.of(element("blocklist", list.entries()));
        });
    }

    private static Element element(String name, Collection<Jid> entries) {
        Element.Builder e = Element.builder(name, BLOCKING);
        entries.stream()
                .sorted()
                .forEach(entry -> e.child(Element.builder("item", BLOCKING)
                        .attribute("jid", entry.toString())
                        .build()));
        return e.build();
    }

    private static Set<Jid> items(Element payload) {
        Set<Jid> items = new LinkedHashSet<>();
        for (Element child : payload.children()) {
            if (!child.is("item", BLOCKING)) {
                throw new StanzaException(Condition.BAD_REQUEST);
            }
            String jid = child.attribute("jid").orElseThrow(() -> new StanzaException(Condition.BAD_REQUEST));
            items.add(Jid.parse(jid).orElseThrow(() -> new StanzaException(Condition.JID_MALFORMED)));
        }
        return items;
    }

    private CompletionStage<Optional<Element>> block(Jid owner, Set<Jid> items) {
        if (items.isEmpty()) {
            throw new StanzaException(Condition.BAD_REQUEST, "nothing to block"); // §3.3
        }
        for (Jid item : items) {
            if (item.bare().equals(owner)) {
                throw new StanzaException(Condition.NOT_ALLOWED, "nobody blocks himself");
            }
        }
        return lists.block(owner, items).thenCompose(change -> told("block", owner, items, change));
    }

    private CompletionStage<Optional<Element>> unblock(Jid owner, Set<Jid> items) {
        return lists.unblock(owner, items).thenCompose(change -> told("unblock", owner, items, change));
    }

    private CompletionStage<Optional<Element>> told(
            String what, Jid owner, Collection<Jid> items, BlockLists.Change change) {
        tellHere(what, owner, items, change);
        return change.confirmed().thenApply(done -> Optional.empty());
    }

    /** Another node changed a list. */
    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        PeerMessage message = PeerMessage.of(request);
        String what = message.operation() == BlockLists.BLOCKED ? "block" : "unblock";
        return lists.reload(message.account()).thenApply(change -> {
            change.ifPresent(c -> tellHere(what, message.account(), message.addresses(), c));
            return new byte[0];
        });
    }

    /** What a change means for the sessions on this node; other nodes do the same for theirs. */
    private void tellHere(String what, Jid owner, Collection<Jid> items, BlockLists.Change change) {
        push(change.list(), element(what, items));
        sessions.account(owner).ifPresent(online -> {
            if (!change.added().isEmpty()) unavailable(online, change.added());
            if (!change.removed().isEmpty()) availableAgain(online, change);
        });
    }

    private static void push(BlockList list, Element payload) {
        list.interested().forEach(session -> push(session, payload));
    }

    private static void push(Session session, Element payload) {
        Stanza push = Stanza.iq()
                .type("set")
                .id("block-" + Long.toHexString(System.nanoTime()))
                .to(session.jid())
                .add(payload)
                .build();
        session.execute(() -> session.send(push));
    }

    /** §3.3: contacts that may see the user, and no longer shall, see him go. */
    private void unavailable(OnlineAccount online, Collection<Jid> entries) {
        for (Jid contact : affected(online, entries, true)) {
            presence.unavailableHere(online.jid(), contact);
        }
        BlockList matcher = new BlockList(online.jid(), Set.copyOf(entries));
        online.sessions().forEach(session -> presence.directedUnavailable(session, matcher::blocks));
    }

    /** §3.4: they see him come back, and he them. */
    private void availableAgain(OnlineAccount online, BlockLists.Change change) {
        for (Jid contact : affected(online, change.removed(), true)) {
            if (!change.list().blocks(contact)) presence.availableHere(online.jid(), contact);
        }
        for (Jid contact : affected(online, change.removed(), false)) {
            if (!change.list().blocks(contact)) presence.probe(online, contact);
        }
    }

    /** Contacts with a subscription from (or to) the user that the entries match. */
    private static List<Jid> affected(OnlineAccount online, Collection<Jid> entries, boolean from) {
        BlockList matcher = new BlockList(online.jid(), Set.copyOf(entries));
        return online.state(Roster.class).stream()
                .flatMap(roster -> roster.items().stream())
                .filter(item -> from
                        ? item.subscription().hasFrom()
                        : item.subscription().hasTo())
                .map(RosterItem::contact)
                .flatMap(contact -> matcher.blocks(contact)
                        ? java.util.stream.Stream.of(contact)
                        : entries.stream()
                                .filter(entry -> entry.isFull() && entry.bare().equals(contact)))
                .distinct()
                .toList();
    }
}
