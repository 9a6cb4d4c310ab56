package org.skein.session.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.cluster.api.Cluster;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.InMemoryAccounts;
import org.skein.testkit.InMemorySpool;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;

/** A server of sessions alone: loops by hand, repositories in memory, a router that knows only accounts of localhost. */
final class Harness implements Router, IqDispatcher, VirtualHosts {
    final ManualScheduler scheduler = new ManualScheduler();
    final ManualScheduler.Loop storage = scheduler.loop();
    final ManualScheduler.Loop timers = scheduler.loop();
    final InMemorySpool spool = new InMemorySpool(storage);
    final InMemoryAccounts accounts = new InMemoryAccounts(storage).with("a@localhost", "b@localhost", "c@localhost");
    final Cluster cluster = new InMemoryCluster(scheduler).node("lone");
    final ServerNode node = new ServerNode(
            this,
            this,
            this,
            () -> spool,
            () -> accounts,
            () -> cluster,
            scheduler.clock(),
            scheduler::nanos,
            timers::schedule);
    final SessionService service = new SessionService(node);
    final List<Stanza> elsewhere = new ArrayList<>();
    Function<IqRequest, CompletionStage<Stanza>> answers =
            r -> CompletableFuture.completedFuture(r.stanza().error(Condition.SERVICE_UNAVAILABLE.error()));
    /** Sees every stanza routed. */
    Consumer<Stanza> watcher = s -> {};

    /** Messages routed whose listeners were told nothing yet. */
    final Set<Stanza> unanswered = new LinkedHashSet<>();

    private int streams;

    Harness() {
        node.chains.client(List.of(new MiniPresence()));
    }

    /** Sets presence as the real processor does, without rosters. */
    static final class MiniPresence implements ClientProcessor {
        @Override
        public int order() {
            return 400;
        }

        @Override
        public Set<Stanza.Kind> kinds() {
            return Set.of(Stanza.Kind.PRESENCE);
        }

        @Override
        public Verdict fromClient(Session session, Stanza stanza) {
            if (stanza.to().isPresent()) return Verdict.next();
            session.presence(stanza.hasType("unavailable") ? Optional.empty() : Optional.of(stanza));
            return Verdict.handled();
        }
    }

    FakeClientStream stream(String account) {
        return new FakeClientStream("s" + streams++, scheduler.loop()).open(service, Jid.of(account));
    }

    /** A bound session that sent no presence. */
    FakeClientStream bound(String full) {
        Jid jid = Jid.of(full);
        FakeClientStream s = stream(jid.bare().toString());
        s.bind(jid.resource());
        scheduler.runAll();
        s.clear();
        return s;
    }

    FakeClientStream online(String full) {
        return online(full, 0);
    }

    FakeClientStream online(String full, int priority) {
        FakeClientStream s = bound(full);
        s.receive(presence(priority));
        scheduler.runAll();
        return s;
    }

    /** The same with stream management; the messages of before come as well. */
    FakeClientStream managed(String full) {
        FakeClientStream s = bound(full);
        s.receive(enable());
        s.receive(presence(0));
        scheduler.runAll();
        return s;
    }

    static Element enable() {
        return Element.builder("enable", StreamManagement.NS)
                .attribute("resume", "true")
                .build();
    }

    static Element r() {
        return Element.of("r", StreamManagement.NS);
    }

    static Element a(int h) {
        return Element.builder("a", StreamManagement.NS)
                .attribute("h", Integer.toString(h))
                .build();
    }

    static Element resume(String previd, int h) {
        return Element.builder("resume", StreamManagement.NS)
                .attribute("previd", previd)
                .attribute("h", Integer.toString(h))
                .build();
    }

    static Stanza presence(int priority) {
        return Stanza.presence()
                .add(Element.of("priority", Ns.CLIENT, Integer.toString(priority)))
                .build();
    }

    static Stanza unavailable() {
        return Stanza.presence().type("unavailable").build();
    }

    static Stanza message(String type, String to, String body) {
        return Stanza.message().type(type).to(Jid.of(to)).id(body).body(body).build();
    }

    static Stanza chat(String to, String body) {
        return message("chat", to, body);
    }

    static Stanza get(String to) {
        Stanza.Builder iq = Stanza.iq().type("get").id("q1").add(Element.of("query", "test:query"));
        return to.isEmpty() ? iq.build() : iq.to(Jid.of(to)).build();
    }

    /** Hands a stanza in as from somewhere else; its outcome is noted. */
    Outcome[] deliver(Stanza stanza) {
        Outcome[] outcome = {null};
        service.deliver(stanza, o -> {
            if (outcome[0] != null) throw new AssertionError("told twice: " + outcome[0] + ", then " + o);
            outcome[0] = o;
        });
        return outcome;
    }

    void run() {
        scheduler.runAll();
    }

    void pass(Duration time) {
        scheduler.advance(time);
    }

    /** The condition of an error stanza, or empty. */
    static String condition(Stanza stanza) {
        return stanza.child("error", Ns.CLIENT)
                .flatMap(e -> e.children().stream()
                        .filter(c -> c.namespace().equals(Ns.STANZA_ERROR))
                        .findFirst())
                .map(Element::name)
                .orElse("");
    }

    @Override
    public void route(Stanza stanza, DeliveryListener listener) {
        watcher.accept(stanza);
        Jid to = stanza.to().orElseThrow();
        if (to.domain().equals("localhost") && to.hasLocal()) {
            if (!stanza.isMessage()) {
                service.deliver(stanza, listener);
                return;
            }
            unanswered.add(stanza);
            service.deliver(stanza, outcome -> {
                if (!unanswered.remove(stanza)) throw new AssertionError("answered twice: " + stanza);
                listener.outcome(outcome);
            });
        } else {
            elsewhere.add(stanza);
            listener.outcome(Outcome.DELIVERED);
        }
    }

    @Override
    public CompletionStage<Stanza> dispatch(IqRequest request) {
        return answers.apply(request);
    }

    @Override
    public Set<String> domains() {
        return Set.of("localhost");
    }

    @Override
    public String defaultDomain() {
        return "localhost";
    }

    @Override
    public boolean isAdmin(Jid account) {
        return false;
    }
}
