package org.skein.im.internal.carbons;

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
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
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
                DiscoContributor {
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

    /** §8: what a client sends, to the others. */
    @Override
    public Verdict fromClient(Session session, Stanza stanza) {
        Session[] wanting = wanting(session.account());
        if (wanting.length == 0 || wanting.length == 1 && wanting[0] == session) {
            return Verdict.next();
        }
        Jid own = session.jid().bare();
        if (stanza.to().filter(to -> !to.bare().equals(own)).isEmpty() || !CarbonRules.isEligible(stanza, false)) {
            return Verdict.next(); // to himself: the others get it as a received one
        }
        Stanza copy = null;
        for (Session other : wanting) {
            if (other != session) {
                if (copy == null) copy = copy("sent", stanza, own);
                other.send(copy.withTo(other.jid()));
            }
        }
        return Verdict.next();
    }

    /** §7: what the account receives, to the clients that do not get it anyway. */
    @Override
    public Verdict toAccount(Jid account, Stanza stanza) {
        OnlineAccount online = sessions.account(account).orElse(null);
        if (online == null) {
            return stripped(stanza);
        }
        Session[] wanting = wanting(online);
        if (wanting.length == 0 || wanting.length == 1 && online.sessions().size() == 1) {
            return stripped(stanza);
        }
        if (!CarbonRules.isEligible(stanza, true)) {
            return stripped(stanza);
        }
        Jid to = stanza.to().orElseThrow();
        Jid from = stanza.from().orElseThrow();
        boolean one = to.isFull() && sessions.session(to).isPresent();
        Stanza copy = null;
        for (Session other : wanting) {
            boolean getsIt = one ? other.jid().equals(to) : other.isAvailable() && other.priority() >= 0;
            if (!getsIt && !other.jid().equals(from)) {
                if (copy == null) copy = copy("received", stanza, account);
                other.send(copy.withTo(other.jid()));
            }
        }
        return Verdict.next();
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
        CarbonsOn on = session.account()
                .state(CarbonsOn.class)
                .orElseThrow(() -> new StanzaException(Condition.INTERNAL_SERVER_ERROR));
        if (name.equals("enable")) {
            on.add(session);
        } else {
            on.remove(session);
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void info(DiscoRequest request, DiscoInfo info) {
        if (request.isHost() && request.node().isEmpty()) {
            info.feature(CarbonRules.CARBONS).feature("urn:xmpp:carbons:rules:0");
        }
    }
}
