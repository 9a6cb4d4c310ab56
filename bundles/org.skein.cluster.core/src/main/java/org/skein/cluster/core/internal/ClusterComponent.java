package org.skein.cluster.core.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.Metrics;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.api.storage.WriteFence;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.LoneLife;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.core.internal.peers.PeerCounters;
import org.skein.cluster.core.internal.peers.PeerHandlers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node a member while {@code cluster-mode} says so and all that takes is there, and tells operators how far
 * it is. States: {@link Phase}. All changes on one thread of its own, for joining and leaving block.
 */
@Component(
        service = {ClusterComponent.class, HealthCheck.class},
        configurationPid = "org.skein.cluster.core",
        immediate = true)
@Designate(ocd = ClusterConfig.class)
public final class ClusterComponent implements HealthCheck {
    private static final Logger log = LoggerFactory.getLogger(ClusterComponent.class);
    private static final long LEAVE_MS = 2500;
    private static final long RETRY_OPEN_MS = 2000;
    private static final long PUBLISH_EVERY_MS = 10_000;

    /** How far this node is. */
    enum Phase {
        /** {@code cluster-mode} is false. */
        OFF,
        /** Something it takes is missing. */
        WAITING,
        /** Will not join until something is changed. */
        REFUSED,
        JOINING,
        MEMBER,
        /** Left by {@code cluster:drain}; serves nobody. */
        DRAINED
    }

    /** Phase and, for people, why. */
    record Standing(Phase phase, String detail) {}

    private final BundleContext context;
    private final LoneLife lone;
    private final Function<Object, String> mode; // why it cannot be on
    private final ScheduledThreadPoolExecutor control;
    private final ScheduledThreadPoolExecutor timer;
    private final PeerHandlers handlers = new PeerHandlers();
    private final Map<ServiceReference<?>, ClusterListener> listeners = new ConcurrentHashMap<>();
    private final List<ServiceReference<DataSource>> databases = new CopyOnWriteArrayList<>();
    private final Strategies strategies;
    private final List<WriteFence> fences = new ArrayList<>(); // guarded by itself, as is the next
    private OptionalLong holder = OptionalLong.empty();
    private final boolean joinsFromStart;
    private final boolean offline;
    private final PeerCounters counters;
    private final LongAdder fallbacks;
    private final List<AutoCloseable> gauges;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Sessions sessions;

    private volatile ClusterConfig config;
    private volatile ClusterTransport transport;
    private volatile Membership membership;
    private volatile Standing standing = new Standing(Phase.OFF, "");
    private volatile ClusterMember member; // written on control

    // On control only.
    private ClusterTransport usedTransport;
    private Membership usedMembership;
    private ServiceRegistration<Cluster> registration;
    private boolean drained;

    @Activate
    public ClusterComponent(
            BundleContext context,
            ClusterConfig config,
            @Reference Metrics metrics,
            @Reference LoneLife lone,
            @Reference(target = "(skein.setting=cluster-mode)") Function<Object, String> mode) {
        this.context = context;
        this.config = config;
        this.mode = mode;
        this.lone = lone;
        offline = Boolean.parseBoolean(context.getProperty("skein.offline"));
        // A lone node that serves goes on with that until it is a member; one that does not waits for it.
        joinsFromStart = !lone.alone().isServing();
        control = executor("skein-cluster");
        timer = executor("skein-cluster-timer");
        counters = PeerCounters.of(metrics);
        fallbacks = metrics.counter("cluster.strategy.fallbacks", "Look-ups answered with all members in its place");
        strategies = new Strategies(
                () -> member,
                this::onControl,
                config.strategy(),
                metrics.counter("session.cluster.messages", "Messages to accounts taken from clients in a cluster"),
                metrics.counter("session.cluster.frames", "Frames to other nodes for those messages"));
        gauges = Gauges.of(metrics, () -> Optional.ofNullable(member));
    }

    private static ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    @Activate
    void start() {
        control.scheduleWithFixedDelay(
                () -> guarded(this::publishMissing), PUBLISH_EVERY_MS, PUBLISH_EVERY_MS, TimeUnit.MILLISECONDS);
        reconsider();
    }

    @Modified
    void modified(ClusterConfig changed) {
        ClusterConfig before = config;
        config = changed;
        boolean identity = !before.hostname().equals(changed.hostname())
                || before.port() != changed.port()
                || !before.client_address().equals(changed.client_address())
                || !Arrays.equals(before.nodes(), changed.nodes());
        if (identity && member != null) {
            log.warn("what=cluster_settings_wait until=\"the node joins anew\"");
        }
        strategies.configured(changed.strategy());
        reconsider();
    }

    @Deactivate
    void stop() {
        onControl(() -> leave(Phase.OFF, "stopped"));
        control.shutdown();
        try {
            if (!control.awaitTermination(LEAVE_MS + 1500, TimeUnit.MILLISECONDS)) {
                log.warn("what=cluster_not_left_in_time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        timer.shutdownNow();
        Gauges.close(gauges);
    }

    private void onControl(Runnable task) {
        try {
            control.execute(() -> guarded(task));
        } catch (RejectedExecutionException stopping) {
            log.trace("what=stopping", stopping);
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            log.error("what=cluster_control_failed", e);
        }
    }

    // joining and leaving: on control

    private void reconsider() {
        onControl(this::decide);
    }

    private void decide() {
        ClusterConfig c = config;
        if (!c.mode() || offline) {
            drained = false;
            leave(Phase.OFF, "");
            fence(OptionalLong.empty());
            return;
        }
        boolean replaced = member != null && (usedTransport != transport || usedMembership != membership);
        if (replaced) leave(Phase.WAITING, "a part of the cluster was replaced");
        if (member != null || drained) return;
        joinIfPossible(c);
    }

    private void joinIfPossible(ClusterConfig c) {
        String refusal = mode.apply(true);
        if (!refusal.isEmpty()) {
            standing(Phase.REFUSED, refusal);
            return;
        }
        HostName host = HostName.of(c.hostname(), HostName.Resolver.SYSTEM);
        if (host.refusal().isPresent()) {
            standing(Phase.REFUSED, host.refusal().get());
            return;
        }
        if (c.port() < 0) {
            standing(Phase.REFUSED, "--cluster-port=" + c.port() + " is no port. Set one from 1 to 65535");
            return;
        }
        if (transport == null) {
            standing(Phase.WAITING, "the bundle that links nodes is not running (org.skein.cluster.transport.netty)");
            return;
        }
        if (membership == null) {
            standing(
                    Phase.WAITING,
                    databases.isEmpty()
                            ? "the database is not there yet"
                            : "the bundle that decides who is in is not running (org.skein.cluster.membership.db)");
            return;
        }
        host.warning().ifPresent(w -> log.debug("what=cluster_name_warning reason=\"{}\"", w));
        join(c, host.name());
    }

    private void join(ClusterConfig c, String host) {
        NodeId self = new NodeId(host, lone.incarnation());
        log.info("what=joining node={} port={}", self, c.port());
        ClusterMember joining = new ClusterMember(
                self, joinsFromStart, this::listenersInOrder, handlers, counters, timer, fallbacks, owner());
        usedTransport = transport;
        usedMembership = membership;
        Endpoint endpoint;
        try {
            endpoint = usedTransport.open(self, c.port(), joining);
        } catch (IOException e) {
            joining.close();
            standing(Phase.REFUSED, e.getMessage());
            try {
                control.schedule(this::reconsider, RETRY_OPEN_MS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                log.trace("what=stopping", stopping);
            }
            return;
        }
        joining.open(endpoint);
        member = joining;
        standing(Phase.JOINING, "joining as " + host + ":" + endpoint.port());
        strategies.choose();
        if (joinsFromStart) register();
        NodeFigures figures = new NodeFigures(
                () -> Optional.ofNullable(sessions).map(Sessions::count).orElse(0),
                () -> joining.routing().current().orElse("all members"));
        LocalNode local = new LocalNode(
                self,
                host,
                endpoint.port(),
                c.client_address().strip(),
                joining.level(),
                String.valueOf(context.getProperty("skein.version")),
                List.of(c.nodes()),
                figures);
        joining.participates(usedMembership.join(local, endpoint, joining));
    }

    private ClusterMember.Owner owner() {
        return new ClusterMember.Owner() {
            @Override
            public void holds(NodeId self) {
                fence(OptionalLong.of(self.incarnation()));
            }

            @Override
            public void over() {
                lone.over();
            }

            @Override
            public void joined() {
                register();
                lone.joined();
                standing(Phase.MEMBER, "");
                onControl(strategies::choose); // a node that was excluded begins anew
                onControl(ClusterComponent.this::serve);
            }

            @Override
            public void refused(String reason, boolean forGood) {
                if (forGood) onControl(() -> leave(Phase.REFUSED, reason));
                else standing(Phase.JOINING, reason);
            }
        };
    }

    private void fence(OptionalLong incarnation) {
        synchronized (fences) {
            if (holder.equals(incarnation)) return;
            holder = incarnation;
            fences.forEach(f -> f.holder(incarnation));
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addFence(WriteFence fence) {
        synchronized (fences) {
            fences.add(fence);
            if (holder.isPresent()) fence.holder(holder);
        }
    }

    void removeFence(WriteFence fence) {
        synchronized (fences) {
            fences.remove(fence);
        }
    }

    /**
     * Publishes sessions that were bound while this node was alone, or at the very moment it became a member. The others
     * were published by the session manager.
     */
    private void publishMissing() {
        ClusterMember m = member;
        Sessions here = sessions;
        if (m == null || here == null || standing.phase() != Phase.MEMBER) return;
        for (Session session : here.all()) {
            if (m.routing().isPublished(session.jid())) continue;
            m.bound(session.jid());
            m.presence(session.jid(), session.presence());
            if (here.session(session.jid()).isEmpty()) m.unbound(session.jid()); // it ended meanwhile
        }
    }

    private void serve() {
        ClusterMember m = member;
        if (m == null || drained) return;
        publishMissing();
        m.participation()
                .ifPresent(p -> p.state(NodeState.SERVING).whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.warn("what=not_serving_yet reason=\"{}\"", String.valueOf(failure));
                        control.schedule(this::serve, 500, TimeUnit.MILLISECONDS);
                    }
                }));
    }

    /** From here on bundles see the cluster in place of the lone node. */
    private synchronized void register() {
        if (registration != null) return;
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("skein.cluster.member", true);
        registration = context.registerService(Cluster.class, member, properties);
    }

    private synchronized void unregister() {
        if (registration == null) return;
        try {
            registration.unregister();
        } catch (IllegalStateException gone) {
            log.trace("what=bundle_stopping", gone);
        }
        registration = null;
    }

    private void leave(Phase phase, String detail) {
        ClusterMember leaving = member;
        if (leaving != null) {
            log.info("what=leaving node={}", leaving.self());
            boolean others = !leaving.others().isEmpty();
            leaving.participation().ifPresent(p -> {
                try {
                    p.leave().toCompletableFuture().get(LEAVE_MS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    log.warn("what=not_left_properly", e);
                }
            });
            if (others && phase == Phase.OFF && !config.mode()) {
                log.warn("what=alone_on_shared_database effect=\"other nodes go on serving its users without this one\""
                        + " do=\"stop this node, or give it a database of its own\"");
            }
            if (others) {
                lone.over(); // its sessions are the others' to take over
                leaving.left();
            }
            unregister();
            leaving.close();
            member = null;
        }
        standing(phase, detail);
    }

    private void standing(Phase phase, String detail) {
        Standing before = standing;
        if (before.phase() == phase && before.detail().equals(detail)) return;
        standing = new Standing(phase, detail);
        if (phase == Phase.REFUSED) log.error("what=cluster_refused reason=\"{}\"", detail);
        else log.info("what=cluster phase={} detail=\"{}\"", phase, detail);
    }

    /** After {@link Drain}: leaves for good, until {@link #joinAgain}, another mode or the next start. */
    void leaveDrained() {
        onControl(() -> {
            drained = true;
            leave(Phase.DRAINED, "drained; 'cluster:join' or a restart brings it back");
        });
    }

    /** Takes a drained node in again. */
    void joinAgain() {
        onControl(() -> {
            drained = false;
            decide();
        });
    }

    // services around

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTransport(ClusterTransport bound) {
        transport = bound;
        reconsider();
    }

    void unbindTransport(ClusterTransport gone) {
        if (transport == gone) transport = null;
        reconsider();
        awaitControl();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindMembership(Membership bound) {
        membership = bound;
        reconsider();
    }

    void unbindMembership(Membership gone) {
        if (membership == gone) membership = null;
        reconsider();
        awaitControl();
    }

    /** A service goes away when this returns: what uses it has to be over by then. */
    private void awaitControl() {
        try {
            control.submit(() -> {}).get(LEAVE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException stopping) {
            log.trace("what=stopping", stopping);
        } catch (Exception e) {
            log.warn("what=cluster_not_left_in_time", e);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(skein.database=*)")
    void addDatabase(ServiceReference<DataSource> database) {
        databases.add(database);
        reconsider();
    }

    void removeDatabase(ServiceReference<DataSource> database) {
        databases.remove(database);
        reconsider();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addStrategy(ServiceReference<ClusteringStrategy> reference, ClusteringStrategy strategy) {
        strategies.add(reference, strategy);
    }

    void removeStrategy(ServiceReference<ClusteringStrategy> reference) {
        strategies.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(" + PeerHandler.CHANNEL + "=*)")
    void addHandler(PeerHandler handler, Map<String, Object> properties) {
        handlers.add((String) properties.get(PeerHandler.CHANNEL), handler);
    }

    void removeHandler(PeerHandler handler, Map<String, Object> properties) {
        handlers.remove((String) properties.get(PeerHandler.CHANNEL), handler);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addListener(ServiceReference<ClusterListener> reference, ClusterListener listener) {
        listeners.put(reference, listener);
    }

    void removeListener(ServiceReference<ClusterListener> reference) {
        listeners.remove(reference);
    }

    /** Highest ranking first. */
    private List<ClusterListener> listenersInOrder() {
        return listeners.entrySet().stream()
                .sorted((a, b) -> b.getKey().compareTo(a.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    // what others ask

    Optional<ClusterMember> member() {
        return Optional.ofNullable(member);
    }

    Standing standing() {
        return standing;
    }

    Strategies strategies() {
        return strategies;
    }

    ClusterConfig config() {
        return config;
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public Health check() {
        Standing s = standing;
        ClusterMember m = member;
        Status down = joinsFromStart ? Status.DOWN : Status.DEGRADED;
        return switch (s.phase()) {
            case OFF -> new Health(Status.OK, "alone (cluster-mode is false)");
            case WAITING, JOINING -> new Health(down, "not in the cluster yet: " + s.detail());
            case REFUSED -> new Health(down, "not in the cluster: " + s.detail());
            case DRAINED -> new Health(Status.DOWN, s.detail());
            case MEMBER -> m == null ? new Health(down, "leaving the cluster") : member(m, strategies.trouble());
        };
    }

    private static Health member(ClusterMember m, String trouble) {
        if (!m.isServing()) {
            return new Health(
                    Status.DOWN,
                    m.databaseAnswers()
                            ? "no permit to serve: the other nodes do not answer this one"
                            : "no permit to serve: neither the other nodes nor the database answer this one");
        }
        String members = "one of " + m.view().members().size() + " nodes, epoch "
                + m.view().epoch();
        if (!m.databaseAnswers()) return new Health(Status.DEGRADED, members + "; the database does not answer");
        if (m.state() == NodeState.DRAINING) return new Health(Status.DEGRADED, members + ", being drained");
        if (!trouble.isEmpty()) return new Health(Status.DEGRADED, members + "; " + trouble);
        return new Health(Status.OK, members);
    }
}
