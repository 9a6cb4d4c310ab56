package org.skein.im.internal;

import java.lang.reflect.Proxy;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.skein.api.auth.Accounts;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.AccountState;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.NonzaHandler;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemotePresenceListener;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.Sessions;
import org.skein.api.session.Verdict;
import org.skein.api.storage.StorageException;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.skein.xmpp.StreamError;

/**
 * The least of a router and a session manager that our processors run in: one thread, everything at once, repositories in
 * memory. Hosts {@code localhost}; what is sent to other domains is kept in {@link #remote}.
 */
public final class TestServer implements Router, Sessions {
    public final InMemoryStorage storage;
    public final Set<String> domains = new java.util.HashSet<>(Set.of("localhost"));
    public final List<Stanza> remote = new ArrayList<>();
    /** All that was routed. */
    public final List<Stanza> routed = new ArrayList<>();

    public final VirtualHosts hosts = new VirtualHosts() {
        @Override
        public Set<String> domains() {
            return domains;
        }

        @Override
        public String defaultDomain() {
            return "localhost";
        }

        @Override
        public boolean isAdmin(Jid account) {
            return account.local().equals("admin");
        }
    };

    /** Moves what is under way between nodes. */
    private Runnable pump = () -> {};

    private String name = "alone";
    private List<TestServer> nodes = List.of(this);

    public TestServer() {
        this(new InMemoryStorage());
    }

    public TestServer(InMemoryStorage storage) {
        this.storage = storage;
    }

    /** From here on it is a node, among {@code nodes} (that include it). */
    public void cluster(String name, List<TestServer> nodes, Runnable pump) {
        this.name = name;
        this.nodes = nodes;
        this.pump = pump;
    }

    private Supplier<String> origin = () -> name;

    /** What other nodes are told of where its presence comes from. */
    public void origin(Supplier<String> token) {
        origin = token;
    }

    /** All sessions are gone at once, and nobody hears of it. */
    public void dies() {
        online.clear();
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) pump.run();
        if (!future.isDone()) throw new AssertionError("should have been done at once");
        return future.join();
    }

    private final Map<Jid, Account> online = new LinkedHashMap<>();
    private final Set<Jid> existing = new java.util.TreeSet<>();
    private final List<AccountState<?>> states = new ArrayList<>();
    private final List<ClientProcessor> outs = new ArrayList<>();
    private final List<AccountProcessor> ins = new ArrayList<>();
    private final List<DeliveryProcessor> deliveries = new ArrayList<>();
    private final List<SessionListener> listeners = new ArrayList<>();
    private final List<IqHandler> handlers = new ArrayList<>();
    private final List<NonzaHandler> nonzas = new ArrayList<>();
    private final List<RemotePresenceListener> remotePresence = new ArrayList<>();
    private final List<SessionTransfer> transfers = new ArrayList<>();

    /** Adds a component under every API interface it has. */
    public <T> T add(T service) {
        if (service instanceof AccountState<?> s) states.add(s);
        if (service instanceof ClientProcessor p) {
            outs.add(p);
            outs.sort(Comparator.comparingInt(ClientProcessor::order));
        }
        if (service instanceof AccountProcessor p) {
            ins.add(p);
            ins.sort(Comparator.comparingInt(AccountProcessor::order));
        }
        if (service instanceof DeliveryProcessor p) {
            deliveries.add(p);
            deliveries.sort(Comparator.comparingInt(DeliveryProcessor::order));
        }
        if (service instanceof SessionListener l) listeners.add(l);
        if (service instanceof IqHandler h) handlers.add(h);
        if (service instanceof NonzaHandler h) nonzas.add(h);
        if (service instanceof RemotePresenceListener l) remotePresence.add(l);
        if (service instanceof SessionTransfer t) transfers.add(t);
        return service;
    }

    List<SessionTransfer> transfers() {
        return transfers;
    }

    /** An annotation type with its defaults, but for the values given. */
    public static <A> A config(Class<A> type, Map<String, Object> values) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> values.getOrDefault(method.getName(), method.getDefaultValue())));
    }

    public static <A> A config(Class<A> type) {
        return config(type, Map.of());
    }

    public void create(String... accounts) {
        for (String a : accounts) existing.add(Jid.of(a));
    }

    /** Knows only whether an account exists. */
    public final Accounts accounts = (Accounts) Proxy.newProxyInstance(
            Accounts.class.getClassLoader(), new Class<?>[] {Accounts.class}, (proxy, method, args) -> {
                if (method.getName().equals("exists")) {
                    return CompletableFuture.completedStage(existing.contains(args[0]));
                }
                throw new UnsupportedOperationException(method.getName());
            });

    /** Binds a resource; creates the account. */
    public Client bind(String full) {
        Jid jid = Jid.of(full);
        existing.add(jid.bare());
        Account account = online.get(jid.bare());
        if (account == null) {
            account = new Account(jid.bare());
            for (AccountState<?> state : states) {
                account.states.put(state.type(), done(state.load(jid.bare())));
            }
            online.put(jid.bare(), account);
        }
        Client client = new Client(jid, account);
        List<Session> sessions = new ArrayList<>(account.sessions);
        sessions.add(client);
        account.sessions = List.copyOf(sessions);
        listeners.forEach(l -> l.bound(client));
        return client;
    }

    /** Binds and sends initial presence. */
    public Client login(String full) {
        Client client = bind(full);
        client.sends(Stanza.presence());
        client.received.clear();
        return client;
    }

    private Verdict settle(Verdict verdict) {
        if (verdict instanceof Verdict.After after) {
            try {
                return settle(done(after.later()));
            } catch (CompletionException e) {
                return Verdict.refuse(error(e.getCause()));
            }
        }
        return verdict;
    }

    private static org.skein.xmpp.StanzaError error(Throwable cause) {
        if (cause instanceof CompletionException && cause.getCause() != null) return error(cause.getCause());
        if (cause instanceof StanzaException s) return s.error();
        if (cause instanceof StorageException) return Condition.RESOURCE_CONSTRAINT.error();
        throw new AssertionError(cause);
    }

    private void fromClient(Client client, Stanza sent) {
        Stanza stanza = sent.withFrom(client.jid);
        for (ClientProcessor p : outs) {
            if (!p.kinds().contains(stanza.kind())) continue;
            Verdict v = settle(p.fromClient(client, stanza));
            if (v instanceof Verdict.Handled) return;
            if (v instanceof Verdict.Refuse r) {
                if (!stanza.isError()) client.send(stanza.error(r.error()));
                return;
            }
            if (v instanceof Verdict.Changed c) stanza = c.stanza();
        }
        if (stanza.isPresence() && stanza.to().isEmpty()) throw new AssertionError("presence to nobody: " + stanza);
        if (stanza.to().isEmpty() && stanza.isRequest()) {
            dispatch(stanza, IqHandler.Target.ACCOUNT, client.jid.bare());
            return;
        }
        route(stanza.to().isEmpty() ? stanza.withTo(client.jid.bare()) : stanza);
    }

    private void dispatch(Stanza stanza, IqHandler.Target target, Jid subject) {
        IqRequest request = new IqRequest(stanza, target, subject, Optional.empty());
        Stanza reply = handlers.stream()
                .filter(h -> h.targets().contains(target)
                        && h.namespaces().contains(request.payload().namespace())
                        && h.accepts(request))
                .findFirst()
                .map(h -> answer(h, request))
                .orElseGet(() -> stanza.error(Condition.SERVICE_UNAVAILABLE.error()));
        Jid to = stanza.from().orElseThrow();
        session(to).ifPresentOrElse(s -> s.send(reply), () -> remote.add(reply));
    }

    private Stanza answer(IqHandler handler, IqRequest request) {
        try {
            Optional<Element> result = done(handler.handle(request));
            Stanza.Builder b = request.stanza().result();
            result.ifPresent(b::add);
            return b.build();
        } catch (StanzaException | CompletionException e) {
            return request.stanza().error(error(e));
        }
    }

    @Override
    public void route(Stanza stanza, DeliveryListener listener) {
        routed.add(stanza);
        Jid to = stanza.to().orElseThrow();
        if (!domains.contains(to.domain())) {
            remote.add(stanza);
            return;
        }
        if (!to.hasLocal()) {
            if (stanza.isRequest()) dispatch(stanza, IqHandler.Target.HOST, to);
            return;
        }
        if (stanza.isPresence() && !isSubscription(stanza)) {
            presence(stanza, to.bare(), true);
            listener.outcome(Outcome.DELIVERED);
            return;
        }
        Stanza seen = through(ins.stream().filter(p -> !p.onEachNode()).toList(), stanza);
        if (seen != null) {
            for (TestServer node : seen.isIq() && to.isBare() ? List.of(this) : takers(to)) {
                Stanza left = node.through(
                        node.ins.stream().filter(AccountProcessor::onEachNode).toList(), seen);
                if (left != null) node.deliver(left);
            }
        }
        listener.outcome(Outcome.DELIVERED);
    }

    @Override
    public void route(Stanza stanza, Collection<Jid> recipients) {
        for (Jid to : recipients) {
            if (domains.contains(to.domain()) && to.hasLocal()) {
                routed.add(stanza.withTo(to));
                presence(stanza.withTo(to), to.bare(), false);
            } else {
                route(stanza.withTo(to));
            }
        }
    }

    /** The node that has the full address; else those with sessions of the account; else this one. */
    private List<TestServer> takers(Jid to) {
        for (TestServer node : nodes) {
            if (node.session(to).isPresent()) return List.of(node);
        }
        List<TestServer> holders = nodes.stream()
                .filter(node -> node.online.containsKey(to.bare()))
                .toList();
        return holders.isEmpty() ? List.of(this) : holders;
    }

    private static boolean isSubscription(Stanza presence) {
        return presence.type().contains("subscribe");
    }

    private void presence(Stanza stanza, Jid account, boolean single) {
        boolean passed = true;
        for (TestServer node : nodes) {
            if (!node.online.containsKey(account)) continue;
            if (node != this && (stanza.type().isEmpty() || stanza.hasType("unavailable"))) {
                node.remotePresence.forEach(l -> l.arrived(origin.get(), account, stanza));
            }
            Stanza left = node.through(node.ins, stanza);
            if (left != null) node.deliver(left);
            else passed = false;
        }
        if (passed && single && stanza.hasType("probe")) ins.forEach(p -> p.unanswered(account, stanza));
    }

    /** What processors leave of a stanza to an account, or null. */
    private Stanza through(List<AccountProcessor> chain, Stanza stanza) {
        Stanza s = stanza;
        for (AccountProcessor p : chain) {
            if (!p.kinds().contains(s.kind())) continue;
            Verdict v = settle(p.toAccount(s.to().orElseThrow().bare(), s));
            if (v instanceof Verdict.Handled) return null;
            if (v instanceof Verdict.Refuse r) {
                if (!s.isError()) {
                    Stanza error = s.error(r.error());
                    Jid back = error.to().orElseThrow();
                    nodes.forEach(n -> n.session(back).ifPresent(x -> x.send(error)));
                }
                return null;
            }
            if (v instanceof Verdict.Changed c) s = c.stanza();
        }
        return s;
    }

    private void deliver(Stanza stanza) {
        Jid to = stanza.to().orElseThrow();
        if (to.isFull() && session(to).isPresent()) {
            session(to).get().send(stanza);
        } else if (stanza.isIq()) {
            if (to.isBare() && stanza.isRequest()) dispatch(stanza, IqHandler.Target.ACCOUNT, to);
        } else if (online.containsKey(to.bare()) && (to.isBare() || stanza.isMessage())) {
            for (Session s : online.get(to.bare()).sessions) {
                if (s.isAvailable() && (stanza.isPresence() || s.priority() >= 0)) s.send(stanza);
            }
        }
    }

    @Override
    public Optional<Session> session(Jid full) {
        return Optional.ofNullable(online.get(full.bare()))
                .flatMap(a ->
                        a.sessions.stream().filter(s -> s.jid().equals(full)).findFirst());
    }

    @Override
    public Optional<OnlineAccount> account(Jid bare) {
        return Optional.ofNullable(online.get(bare));
    }

    @Override
    public Collection<Session> all() {
        return online.values().stream().flatMap(a -> a.sessions.stream()).toList();
    }

    @Override
    public int count() {
        return all().size();
    }

    @Override
    public <T> CompletionStage<T> state(Jid account, Class<T> type) {
        Account there = online.get(account);
        if (there != null)
            return CompletableFuture.completedStage(there.state(type).orElseThrow());
        return states.stream()
                .filter(s -> s.type() == type)
                .findFirst()
                .orElseThrow()
                .load(account)
                .thenApply(type::cast);
    }

    private RemoteSession remote(Session session) {
        return new RemoteSession() {
            @Override
            public Jid jid() {
                return session.jid();
            }

            @Override
            public String node() {
                return name;
            }

            @Override
            public boolean has(String mark) {
                return session.has(mark);
            }

            @Override
            public void send(Stanza stanza) {
                session.send(stanza);
            }
        };
    }

    private final class Account implements OnlineAccount {
        @Override
        public List<RemoteSession> remoteSessions() {
            return nodes.stream()
                    .filter(node -> node != TestServer.this)
                    .flatMap(node -> node.account(jid).stream()
                            .flatMap(a -> a.sessions().stream())
                            .map(s -> node.remote(s)))
                    .toList();
        }

        private final Jid jid;
        private final Map<Class<?>, Object> states = new HashMap<>();
        private List<Session> sessions = List.of();

        Account(Jid jid) {
            this.jid = jid;
        }

        @Override
        public Jid jid() {
            return jid;
        }

        @Override
        public List<Session> sessions() {
            return sessions;
        }

        @Override
        public <T> Optional<T> state(Class<T> type) {
            return Optional.ofNullable(type.cast(states.get(type)));
        }
    }

    /** A session, and the client behind it. */
    public final class Client implements Session {
        private final Set<String> marks = java.util.concurrent.ConcurrentHashMap.newKeySet();

        @Override
        public CompletionStage<Void> mark(String mark, boolean on) {
            if (on) marks.add(mark);
            else marks.remove(mark);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean has(String mark) {
            return mark.equals(AVAILABLE) ? isAvailable() : marks.contains(mark);
        }

        private final Jid jid;
        private final Account account;
        private final Map<Class<?>, Object> slots = new HashMap<>();
        private Optional<Stanza> presence = Optional.empty();
        private int ids;

        /** What the client got, oldest first. */
        public final List<Stanza> received = new ArrayList<>();

        Client(Jid jid, Account account) {
            this.jid = jid;
            this.account = account;
        }

        public void sends(Stanza.Builder stanza) {
            sends(stanza.build());
        }

        public void sends(Stanza stanza) {
            fromClient(this, stanza);
        }

        public void sends(Element nonza) {
            nonzas.stream()
                    .filter(h -> h.namespaces().contains(nonza.namespace()))
                    .forEach(h -> h.nonza(this, nonza));
        }

        /** Sends an iq and answers the reply. */
        public Stanza asks(String type, String to, Element payload) {
            String id = "q" + ids++;
            Stanza.Builder iq = Stanza.iq().type(type).id(id).add(payload);
            if (!to.isEmpty()) iq.to(Jid.of(to));
            sends(iq);
            Stanza reply = received.stream()
                    .filter(s -> s.isIq() && s.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no reply"));
            received.remove(reply);
            return reply;
        }

        /** What it received, cleared. */
        public List<Stanza> takes() {
            List<Stanza> all = List.copyOf(received);
            received.clear();
            return all;
        }

        /** What it received of a kind, as {@code type from}; cleared. */
        public List<String> takes(Stanza.Kind kind) {
            List<String> all = received.stream()
                    .filter(s -> s.kind() == kind)
                    .map(s -> (s.type() + " " + s.from().map(Jid::toString).orElse("")).trim())
                    .toList();
            received.clear();
            return all;
        }

        /** The connection is gone. */
        public void ends() {
            fromClient(this, Stanza.presence().type("unavailable").build());
            gone();
        }

        /** It is forgotten, and nobody hears of it. */
        void gone() {
            account.sessions = account.sessions.stream().filter(s -> s != this).toList();
            if (account.sessions.isEmpty()) online.remove(account.jid);
            listeners.forEach(l -> l.closed(this));
        }

        @Override
        public Jid jid() {
            return jid;
        }

        @Override
        public String id() {
            return jid.toString();
        }

        @Override
        public OnlineAccount account() {
            return account;
        }

        @Override
        public boolean isConnected() {
            return account.sessions.contains(this);
        }

        @Override
        public Optional<Stanza> presence() {
            return presence;
        }

        @Override
        public int priority() {
            return presence.flatMap(p -> p.child("priority", Ns.CLIENT))
                    .map(e -> Integer.parseInt(e.text().trim()))
                    .orElse(0);
        }

        @Override
        public void presence(Optional<Stanza> now) {
            Optional<Stanza> before = presence;
            presence = now;
            listeners.forEach(l -> l.presenceChanged(this, before, now));
        }

        @Override
        public void send(Stanza stanza, DeliveryListener listener) {
            Stanza s = stanza;
            for (DeliveryProcessor p : deliveries) {
                if (!p.kinds().contains(s.kind())) continue;
                Verdict v = p.toSession(this, s);
                if (v instanceof Verdict.Handled) {
                    listener.outcome(Outcome.DELIVERED);
                    return;
                }
                if (v instanceof Verdict.Behind b) received.addAll(b.held());
                if (v instanceof Verdict.Changed c) s = c.stanza();
            }
            received.add(s);
            listener.outcome(Outcome.DELIVERED);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void close(StreamError error) {
            ends();
        }

        @Override
        public <T> Optional<T> get(Class<T> key) {
            return Optional.ofNullable(key.cast(slots.get(key)));
        }

        @Override
        public <T> void put(Class<T> key, T value) {
            if (value == null) slots.remove(key);
            else slots.put(key, value);
        }

        @Override
        public Instant boundAt() {
            return Instant.EPOCH;
        }

        @Override
        public Instant lastActivity() {
            return Instant.EPOCH;
        }

        @Override
        public String transport() {
            return "c2s";
        }

        @Override
        public Optional<SocketAddress> remoteAddress() {
            return Optional.empty();
        }

        @Override
        public String security() {
            return "";
        }
    }
}
