package org.skein.im.internal.carbons;

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
import org.skein.api.disco.DiscoContributor;
import org.skein.api.disco.DiscoInfo;
import org.skein.api.disco.DiscoRequest;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.AccountState;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.ProcessorOrder;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Sessions;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

/** Message Carbons (XEP-0280): the user's other clients get copies of what one of them sends and receives. */
@Component
public final class Carbons
        implements ClientProcessor,
                AccountProcessor,
                AccountState<CarbonsOn>,
                IqHandler,
                SessionListener,
                SessionTransfer,
                DiscoContributor {
    /** Of sessions that want copies, so that other nodes know them. */
    static final String MARK = "carbons";

    private static final String FORWARD = "urn:xmpp:forward:0";

    private final Sessions sessions;

    @Activate
    public Carbons(@Reference Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Class<CarbonsOn> type() {
        return CarbonsOn.class;
    }

    @Override
    public CompletionStage<CarbonsOn> load(Jid account) {
        return CompletableFuture.completedFuture(new CarbonsOn());
    }

    @Override
    public int order() {
        return ProcessorOrder.COPY;
    }

    @Override
    public Set<Stanza.Kind> kinds() {
        return Set.of(Stanza.Kind.MESSAGE);
    }

    private static Session[] wanting(OnlineAccount account) {
        CarbonsOn on = account.state(CarbonsOn.class).orElse(null);
        return on == null ? CarbonsOn.NONE : on.sessions();
    }

    /** False in most cases, at the cost of two look-ups: nobody but perhaps {@code self} wants copies. */
    private static boolean isWanted(Session[] here, List<RemoteSession> elsewhere, Session self) {
        if (here.length > 1 || here.length == 1 && here[0] != self) return true;
        for (int i = 0; i < elsewhere.size(); i++) {
            if (elsewhere.get(i).has(MARK)) return true;
        }
        return false;
    }

    /** §8: what a client sends, to the others. */
    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        Session[] here = wanting(session.account());
        List<RemoteSession> elsewhere = session.account().remoteSessions();
        if (!isWanted(here, elsewhere, session)) {
            return Verdict.next();
        }
        Jid own = session.jid().bare();
        if (stanza.to().filter(to -> !to.bare().equals(own)).isEmpty() || !CarbonRules.isEligible(stanza, false)) {
            return Verdict.next(); // to himself: the others get it as a received one
        }
        Stanza copy = copy("sent", stanza, own);
        for (Session other : here) {
            if (other != session) other.send(copy.withTo(other.jid()));
        }
        for (RemoteSession other : elsewhere) {
            if (other.has(MARK)) other.send(copy.withTo(other.jid()));
        }
        return Verdict.next();
    }

    /** On each node that delivers a message, for the sessions it has. */
    @Override
    public boolean onEachNode() {
        return true;
    }

    /** §7: what the account receives, to the clients that do not get it anyway. */
    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        OnlineAccount online = sessions.account(account).orElse(null);
        if (online == null) {
            return stripped(stanza);
        }
        Session[] here = wanting(online);
        Jid to = stanza.to().orElseThrow();
        // One client on one node: that node serves those on other nodes too. All clients: each node serves its own.
        Session one = to.isFull() ? sessions.session(to).orElse(null) : null;
        List<RemoteSession> elsewhere = one != null ? online.remoteSessions() : List.of();
        Session self = one != null ? one : here.length == 1 && accepts(here[0]) ? here[0] : null;
        if (!isWanted(here, elsewhere, self) || !CarbonRules.isEligible(stanza, true)) {
            return stripped(stanza);
        }
        if (one == null && to.isFull() && isElsewhere(online, to)) {
            return Verdict.next();
        }
        Jid from = stanza.from().orElseThrow();
        Stanza copy = null;
        for (Session other : here) {
            boolean getsIt = one != null ? other == one : accepts(other);
            if (!getsIt && !other.jid().equals(from)) {
                if (copy == null) copy = copy("received", stanza, account);
                other.send(copy.withTo(other.jid()));
            }
        }
        for (RemoteSession other : elsewhere) {
            if (other.has(MARK) && !other.jid().equals(from)) {
                if (copy == null) copy = copy("received", stanza, account);
                other.send(copy.withTo(other.jid()));
            }
        }
        return Verdict.next();
    }

    private static boolean accepts(Session session) {
        return session.isAvailable() && session.priority() >= 0;
    }

    private static boolean isElsewhere(OnlineAccount account, Jid full) {
        return account.remoteSessions().stream().anyMatch(s -> s.jid().equals(full));
    }

    /** §9: {@code <private/>} has served its purpose. */
    private static Verdict stripped(Stanza stanza) {
        for (int i = 0; i < stanza.payload().size(); i++) {
            if (stanza.payload().get(i).is("private", CarbonRules.CARBONS)) {
                return Verdict.next(stanza.withoutChildren(e -> e.is("private", CarbonRules.CARBONS)));
            }
        }
        return Verdict.next();
    }

    /** The copy without {@code to}; its payload is encoded once for all who get it. */
    private static Stanza copy(String direction, Stanza original, Jid account) {
        Element forwarded = Element.builder("forwarded", FORWARD)
                .child(original.toElement())
                .build();
        Stanza copy = Stanza.message()
                .from(account)
                .type(original.type())
                .add(Element.builder(direction, CarbonRules.CARBONS)
                        .child(forwarded)
                        .build())
                .build();
        copy.payloadXml();
        return copy;
    }

    @Override
    public void closed(Session session) {
        session.account().state(CarbonsOn.class).ifPresent(on -> on.remove(session));
    }

    @Override
    public Set<Target> targets() {
        return Set.of(Target.ACCOUNT);
    }

    @Override
    public Set<String> namespaces() {
        return Set.of(CarbonRules.CARBONS);
    }

    /** §4, §5. */
    @Override
    public CompletionStage<Optional<Element>> handle(IqRequest request) {
        if (!request.isOwner()) {
            throw new StanzaException(Condition.FORBIDDEN);
        }
        String name = request.payload().name();
        if (!request.isSet() || !name.equals("enable") && !name.equals("disable")) {
            throw new StanzaException(Condition.BAD_REQUEST);
        }
        Session session =
                sessions.session(request.from()).orElseThrow(() -> new StanzaException(Condition.NOT_ALLOWED));
        // Answered when all nodes know: what is sent from there on is copied, wherever it comes from.
        return set(session, name.equals("enable")).thenApply(done -> Optional.empty());
    }

    private static CompletionStage<Void> set(Session session, boolean enabled) {
        CarbonsOn on = session.account()
                .state(CarbonsOn.class)
                .orElseThrow(() -> new StanzaException(Condition.INTERNAL_SERVER_ERROR));
        if (enabled) {
            on.add(session);
        } else {
            on.remove(session);
        }
        return session.mark(MARK, enabled);
    }

    @Override
    public String name() {
        return "im.carbons";
    }

    @Override
    public Optional<byte[]> save(Session session) {
        return session.has(MARK) ? Optional.of(new byte[0]) : Optional.empty();
    }

    @Override
    public void restore(Session session, byte[] saved) {
        set(session, true);
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(CarbonRules.CARBONS).feature("urn:xmpp:carbons:rules:0");
        }
    }
}
