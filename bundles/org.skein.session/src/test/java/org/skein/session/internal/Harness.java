package org.skein.session.internal;

import java.lang.reflect.Proxy;
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
import org.skein.api.storage.Spool;
import org.skein.cluster.api.Cluster;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;

/** A server of sessions alone: loops by hand, repositories in memory, a router that knows only accounts of localhost. */
final class Harness implements Router, IqDispatcher, VirtualHosts {
    final ManualScheduler scheduler;
    final ManualScheduler.Loop storage;
    final ManualScheduler.Loop timers;
    final InMemorySpool spool;
    final InMemoryAccounts accounts;
    final Cluster cluster;
    final ServerNode node;
    final SessionService service;
    final List<Stanza> elsewhere = new ArrayList<>();
    Function<IqRequest, CompletionStage<Stanza>> answers =
            r -> CompletableFuture.completedFuture(r.stanza().error(Condition.SERVICE_UNAVAILABLE.error()));
    /** Sees every stanza routed. */
    Consumer<Stanza> watcher = s -> {};

    /** Messages routed whose listeners were told nothing yet. */
    final Set<Stanza> unanswered = new LinkedHashSet<>();

    private int streams;

    private final List<ManualScheduler.Loop> loops = new ArrayList<>();
    private boolean dead;

    Harness() {
        this(new ManualScheduler());
    }

    private Harness(ManualScheduler scheduler) {
        this(scheduler, scheduler.loop());
    }

    private Harness(ManualScheduler scheduler, ManualScheduler.Loop storage) {
        this(
                scheduler,
                storage,
                new InMemorySpool(storage),
                new InMemoryAccounts(storage).with("a@localhost", "b@localhost", "c@localhost"),
                lone(scheduler));
    }

    private static InMemoryNode lone(ManualScheduler scheduler) {
        InMemoryNode lone = new InMemoryCluster(scheduler).join("lone");
        scheduler.runAll();
        return lone;
    }

    /** One node of several; {@code storage} is the loop of the database they share. */
    Harness(
            ManualScheduler scheduler,
            ManualScheduler.Loop storage,
            InMemorySpool spool,
            InMemoryAccounts accounts,
            InMemoryNode cluster) {
        this.scheduler = scheduler;
        this.storage = storage;
        this.spool = spool;
        this.accounts = accounts;
        this.cluster = cluster;
        timers = loop();
        Spool mine = (Spool) Proxy.newProxyInstance(
                Spool.class.getClassLoader(),
                new Class<?>[] {Spool.class},
                (proxy, method, args) -> whileAlive(method.invoke(spool, args)));
        node = new ServerNode(
                this,
                this,
                this,
                () -> mine,
                () -> accounts,
                () -> cluster,
                scheduler.clock(),
                scheduler::nanos,
                timers::schedule);
        service = new SessionService(node);
        ClusterLink link = new ClusterLink(node);
        cluster.handler(Forwarding.CHANNEL, link).listener(link);
        node.chains.client(List.of(new MiniPresence()));
    }

    /** Nobody hears answers of the database any more once dead. */
    private Object whileAlive(Object result) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        if (!dead && result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> {
                if (dead) return;
                if (failure == null) answer.complete(value);
                else answer.completeExceptionally(failure);
            });
        }
        return answer;
    }

    private ManualScheduler.Loop loop() {
        ManualScheduler.Loop loop = scheduler.loop();
        loops.add(loop);
        return loop;
    }

    /** The process dies: nothing of it runs any more. */
    void die() {
        dead = true;
        loops.forEach(ManualScheduler.Loop::stop);
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
        return new FakeClientStream("s" + streams++, loop()).open(service, Jid.of(account));
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
