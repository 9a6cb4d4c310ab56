package org.skein.cluster.core.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.api.session.StreamRedirect;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators can have done on this node, asked here or at another one. */
@Component(
        service = {Operations.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + NodeRequests.NAME,
        immediate = true)
public final class Operations implements PeerHandler {
    private static final Logger log = LoggerFactory.getLogger(Operations.class);
    private static final String WHERE = "where";
    private static final String DRAIN = "drain";
    private static final String PROGRESS = "drain-progress";
    private static final String TRACE = "trace";
    private static final String TRACE_END = "trace-end";
    private static final String DATABASE = "database";
    private static final String STRATEGY = "strategy";
    private static final String TRACED = "traced ";
    private static final String SAVE = "save ";

    private final BundleContext context;
    private final ClusterComponent cluster;
    private final NodeRequests requests = new NodeRequests();
    private final Tracing tracing;
    private final ScheduledThreadPoolExecutor timer;
    private volatile Drain drain;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Sessions sessions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ConfigurationAdmin configurations;

    /** The lone node's where this one is no member. */
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Cluster now;

    @Activate
    public Operations(BundleContext context, @Reference ClusterComponent cluster) {
        this.context = context;
        this.cluster = cluster;
        tracing = new Tracing(this::register, System::nanoTime, Clock.systemUTC());
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "skein-cluster-operations");
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        DatabaseWatch watch = new DatabaseWatch(
                () -> cluster.member().map(ClusterMember::databaseAnswers).orElse(true),
                this::anotherHasTheDatabase,
                this::drainItself,
                System::nanoTime);
        timer.scheduleWithFixedDelay(tracing::expire, 1, 1, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(watch::look, 1, 1, TimeUnit.SECONDS);
        requests.answer(
                DATABASE,
                (from, nothing) -> CompletableFuture.completedFuture(cluster.member()
                        .map(m -> String.valueOf(m.databaseAnswers()))
                        .orElse("false")));
        requests.answer(STRATEGY, (from, what) -> useHere(what));
        requests.answer(WHERE, (from, jid) -> CompletableFuture.completedFuture(whereHere(jid)));
        requests.answer(DRAIN, (from, rate) -> CompletableFuture.completedFuture(drainHere(rate)));
        requests.answer(PROGRESS, (from, nothing) -> CompletableFuture.completedFuture(progressHere()));
        requests.answer(TRACE, this::traceFor);
        requests.answer(TRACE_END, (from, id) -> {
            tracing.untap(from + " " + id);
            return CompletableFuture.completedFuture("");
        });
    }

    @Deactivate
    void stop() {
        timer.shutdownNow();
        tracing.close();
        Drain running = drain;
        if (running != null) running.end();
    }

    @Override
    public void received(NodeId from, int lane, byte[] payload) {
        requests.received(from, lane, payload);
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return requests.called(from, request);
    }

    Cluster cluster() {
        return now;
    }

    private AutoCloseable register(Tracing.Tap tap) {
        String[] kinds = {
            ClientProcessor.class.getName(), AccountProcessor.class.getName(), DeliveryProcessor.class.getName()
        };
        return quiet(context.registerService(kinds, tap, null));
    }

    private AutoCloseable register(StreamRedirect redirect) {
        return quiet(context.registerService(StreamRedirect.class, redirect, null));
    }

    private static AutoCloseable quiet(ServiceRegistration<?> registration) {
        return () -> {
            try {
                registration.unregister();
            } catch (IllegalStateException gone) {
                // the bundle is stopping, and all its services with it
                return;
            }
        };
    }

    // strategy

    /**
     * @param what name of the strategy, or "save " and the name: then it is wanted after a restart too
     * @return completes when the swap is complete
     */
    private CompletionStage<String> useHere(String what) {
        boolean save = what.startsWith(SAVE);
        String name = save ? what.substring(SAVE.length()) : what;
        if (cluster.member().isEmpty()) throw new IllegalStateException("this node is in no cluster");
        return cluster.strategies().use(name).thenApply(done -> {
            if (save) save(name);
            return "";
        });
    }

    private void save(String strategy) {
        ConfigurationAdmin admin = configurations;
        if (admin == null) throw new IllegalStateException("in use, but not saved: Configuration Admin is not running");
        try {
            Configuration configuration = admin.getConfiguration("org.skein.cluster.core", "?");
            Dictionary<String, Object> properties = configuration.getProperties();
            if (properties == null) properties = new Hashtable<>();
            properties.put("strategy", strategy);
            configuration.update(properties);
        } catch (IOException e) {
            throw new IllegalStateException("in use, but not saved: " + e.getMessage(), e);
        }
    }

    /** Swaps the strategy of a node and waits for it. */
    void use(NodeId node, String strategy, boolean save, Duration deadline) throws Exception {
        String what = (save ? SAVE : "") + strategy;
        if (!node.equals(now.self())) {
            ask(node, STRATEGY, what, deadline);
            return;
        }
        try {
            useHere(what).toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause().getMessage()), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("not in use within " + deadline.toSeconds() + " s", e);
        }
    }

    // where

    /** Lines of an account's sessions here: address, transport, presence, since when. */
    private String whereHere(String jid) {
        Sessions here = sessions;
        if (here == null) return "";
        Jid address = Jid.of(jid);
        return here.account(address.bare()).map(OnlineAccount::sessions).orElse(List.of()).stream()
                .filter(s -> address.resource().isEmpty() || s.jid().equals(address))
                .sorted(Comparator.comparing(s -> s.jid().toString()))
                .map(s -> String.join(
                        "\t",
                        s.jid().toString(),
                        s.transport(),
                        state(s),
                        Long.toString(s.boundAt().toEpochMilli())))
                .collect(Collectors.joining("\n"));
    }

    private static String state(Session s) {
        if (!s.isConnected()) return "may resume";
        return s.presence()
                .map(p -> {
                    String show = p.payload().stream()
                            .filter(e -> e.name().equals("show"))
                            .map(e -> e.text())
                            .findFirst()
                            .orElse("available");
                    return show + " " + s.priority();
                })
                .orElse("connected");
    }

    /** The same of all nodes, by their names; nodes that did not answer have the reason. */
    Map<NodeId, Peers.Reply> where(Jid jid, Duration deadline) throws Exception {
        return now.peers()
                .gather(NodeRequests.NAME, NodeRequests.encode(WHERE, jid.toString()), deadline)
                .toCompletableFuture()
                .get(deadline.toMillis() + 1000, TimeUnit.MILLISECONDS);
    }

    String where(Jid jid) {
        return whereHere(jid.toString());
    }

    // drain

    /** Begins, or tells how far it is. */
    String drainHere(String rate) {
        ClusterMember member =
                cluster.member().orElseThrow(() -> new IllegalStateException("this node is in no cluster"));
        synchronized (this) {
            if (drain != null && !drain.isOver()) return "being drained already: " + drain.progress();
            Optional<String> obstacle = Drain.obstacle(member);
            if (obstacle.isPresent()) throw new IllegalStateException(obstacle.get());
            int perSecond = rate.isEmpty() ? cluster.config().drain_rate() : Integer.parseInt(rate);
            drain = new Drain(
                    member,
                    () -> sessions,
                    timer,
                    System::nanoTime,
                    new Random(),
                    perSecond,
                    this::register,
                    cluster::leaveDrained);
        }
        drain.begin();
        return progressHere();
    }

    String progressHere() {
        Drain running = drain;
        return running == null ? "not being drained" : running.progress();
    }

    /** True if this node's drain was over within that time; without one it only waits. */
    boolean awaitDrained(Duration time) throws InterruptedException {
        Drain running = drain;
        return running == null
                ? new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS)
                : running.await(time);
    }

    boolean isDrained() {
        Drain running = drain;
        return running == null || running.isOver();
    }

    private CompletionStage<Boolean> anotherHasTheDatabase() {
        return now.peers()
                .gather(NodeRequests.NAME, NodeRequests.encode(DATABASE, ""), Duration.ofSeconds(2))
                .thenApply(replies -> replies.values().stream()
                        .anyMatch(
                                r -> r.isAnswered() && new String(r.payload(), StandardCharsets.UTF_8).equals("true")));
    }

    private void drainItself() {
        try {
            drainHere("");
        } catch (IllegalStateException notPossible) {
            log.warn("what=not_drained reason=\"{}\"", notPossible.getMessage());
        }
    }

    /** Takes a drained node in again. */
    void join() {
        Drain ended = drain;
        if (ended != null) ended.end();
        drain = null;
        cluster.joinAgain();
    }

    String drain(NodeId node, String rate, Duration deadline) throws Exception {
        return ask(node, DRAIN, rate, deadline);
    }

    String progress(NodeId node, Duration deadline) throws Exception {
        return ask(node, PROGRESS, "", deadline);
    }

    private String ask(NodeId node, String word, String about, Duration deadline) throws Exception {
        Peers.Reply reply = now.peers()
                .call(node, NodeRequests.NAME, NodeRequests.encode(word, about), deadline)
                .toCompletableFuture()
                .get(deadline.toMillis() + 1000, TimeUnit.MILLISECONDS);
        if (!reply.isAnswered()) throw new IllegalStateException(node.name() + ": " + reply.error());
        return new String(reply.payload(), StandardCharsets.UTF_8);
    }

    // trace

    /** For another node's console: {@code about} is its trace's id, a blank, the account. */
    private CompletionStage<String> traceFor(NodeId from, String about) {
        int blank = about.indexOf(' ');
        if (blank < 0) throw new IllegalArgumentException("which account?");
        String id = about.substring(0, blank);
        Jid account = Jid.of(about.substring(blank + 1));
        tracing.tap(
                from + " " + id,
                account,
                line -> now.peers().send(from, 0, NodeRequests.NAME, NodeRequests.encode(TRACED + id, line)));
        return CompletableFuture.completedFuture("");
    }

    /** Taps everywhere, or keeps the taps alive; to be called every few seconds. Lines: time, what, stanza. */
    Map<NodeId, Peers.Reply> trace(String id, Jid account, TraceListener lines, Duration deadline) throws Exception {
        String self = now.self().name();
        tracing.tap(id, account, line -> lines.line(self, line));
        requests.hear(TRACED + id, (from, line) -> lines.line(from.name(), line));
        return now.peers()
                .gather(NodeRequests.NAME, NodeRequests.encode(TRACE, id + " " + account.bare()), deadline)
                .toCompletableFuture()
                .get(deadline.toMillis() + 1000, TimeUnit.MILLISECONDS);
    }

    void traceEnd(String id) {
        tracing.untap(id);
        requests.hearNoMore(TRACED + id);
        now.peers().gather(NodeRequests.NAME, NodeRequests.encode(TRACE_END, id), Duration.ofSeconds(2));
    }

    /** Hears lines of a trace; any thread. */
    interface TraceListener {
        void line(String node, String line);
    }
}
