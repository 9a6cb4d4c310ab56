package org.skein.session.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.skein.api.auth.AccountListener;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.Router;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.ClientStream;
import org.skein.api.session.LocalDelivery;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.SessionManager;
import org.skein.api.session.Sessions;
import org.skein.api.session.StreamFeatures;
import org.skein.api.session.StreamHandler;
import org.skein.api.storage.AccountRepository;
import org.skein.api.storage.Spool;
import org.skein.cluster.api.Cluster;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StreamError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of this bundle, and their life: takes streams, answers who is online, delivers. */
@Component(
        service = {
            SessionManager.class,
            Sessions.class,
            LocalDelivery.class,
            AccountListener.class,
            SessionService.class
        },
        configurationPid = "org.skein.session")
@Designate(ocd = SessionService.Config.class)
public final class SessionService implements SessionManager, Sessions, LocalDelivery, AccountListener {
    private static final Logger log = LoggerFactory.getLogger(SessionService.class);
    private static final long STOP_MILLIS = 4000;
    static final String DISABLED = "the account was disabled";
    private static final Duration AFTER_ANSWER = Duration.ofMillis(100);
    private static final Element BIND = Element.of("bind", Ns.BIND);
    private static final Element SESSION = Element.builder("session", Ns.SESSION)
            .child(Element.of("optional", Ns.SESSION))
            .build();

    @ObjectClassDefinition(name = "Skein sessions")
    @interface Config {
        @AttributeDefinition(description = "Sessions one account may have at the same time; 0 = no limit")
        int maxSessionsPerUser() default 100;

        @AttributeDefinition(description = "Seconds a client that lost its stream may resume it; 0 = never")
        int resumeWindow() default 300;

        @AttributeDefinition(description = "Seconds after which unconfirmed messages are written to the database")
        int confirmWithin() default 1;

        @AttributeDefinition(description = "Stanzas kept in memory for a client that does not confirm; 0 = no limit")
        int unackedLimit() default 500;

        @AttributeDefinition(description = "Bytes kept in memory for a client that does not confirm; 0 = no limit")
        int unackedBytes() default 1048576;

        @AttributeDefinition(description = "Messages of one client on their way at the same time; 0 = no limit")
        int senderWindow() default 256;

        @AttributeDefinition(description = "Seconds after which a client that takes nothing is disconnected; 0 = never")
        int stalledAfter() default 60;
    }

    private final ServerNode node;
    private final ScheduledThreadPoolExecutor timers;
    private final BundleContext context;
    private final SynchronousBundleListener whileAllIsThere = this::bundleChanged;
    private final Object ends = new Object();
    private long stopBy; // nanos; guarded by ends
    private volatile boolean ended;

    // Both may be replaced while users are connected.
    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Spool spool;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile AccountRepository accounts;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Cluster cluster;

    private CompletableFuture<Void> ready; // guarded by this; null before the first try and after a failed one

    @Activate
    public SessionService(
            BundleContext context,
            Config config,
            @Reference Router router,
            @Reference IqDispatcher dispatcher,
            @Reference VirtualHosts hosts) {
        this.context = context;
        timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread t = new Thread(task, "skein-session-timer");
            t.setDaemon(true);
            return t;
        });
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        node = new ServerNode(
                router,
                dispatcher,
                hosts,
                () -> spool,
                () -> accounts,
                () -> cluster,
                Clock.systemUTC(),
                System::nanoTime,
                this::schedule);
        node.settings = settings(config);
        context.addBundleListener(whileAllIsThere);
    }

    /** For tests: everything given, nothing from the framework. */
    SessionService(ServerNode node) {
        this.node = node;
        this.timers = null;
        this.context = null;
    }

    /** The server is to stop, and no bundle has yet. */
    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            endSessions();
        }
    }

    private AutoCloseable schedule(Runnable task, Duration delay) {
        ScheduledFuture<?> future = timers.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        log.error("what=timer_failed", e);
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Modified
    void modified(Config config) {
        node.settings = settings(config);
    }

    private static Settings settings(Config c) {
        return new Settings(
                c.maxSessionsPerUser(),
                Duration.ofSeconds(c.resumeWindow()),
                Duration.ofSeconds(Math.max(1, c.confirmWithin())),
                c.unackedLimit(),
                c.unackedBytes(),
                c.senderWindow(),
                Duration.ofSeconds(c.stalledAfter()));
    }

    ServerNode node() {
        return node;
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(whileAllIsThere);
        endSessions();
        ended = true;
        timers.shutdown();
    }

    /** What their clients had not confirmed is stored before this returns, or after some seconds. */
    private void endSessions() {
        synchronized (ends) { // who comes second waits, and sees to what came in between
            if (!node.stopping) {
                node.stopping = true;
                stopBy = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
            }
            endAll();
        }
    }

    private void endAll() {
        List<UserSession> all = node.registry.snapshot();
        CountDownLatch open = new CountDownLatch(all.size());
        for (UserSession session : all) {
            session.end(StreamError.Condition.SYSTEM_SHUTDOWN.error(), open::countDown);
        }
        boolean whole = false;
        try {
            whole = open.await(stopBy - System.nanoTime(), TimeUnit.NANOSECONDS)
                    && node.offline.awaitWritten(stopBy - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!whole) {
            log.warn(
                    "what=sessions_not_all_saved sessions={} accounts_writing={}",
                    open.getCount(),
                    node.offline.writing());
        }
        node.forwarding.tellAnswers();
        log.info("what=sessions_stopped sessions={}", all.size());
    }

    /** At start every row parked by nodes that are gone becomes an offline one. */
    private synchronized CompletionStage<Void> ready() {
        if (ready != null) return ready;
        CompletableFuture<Void> mine = new CompletableFuture<>();
        ready = mine;
        CompletionStage<?> released;
        try {
            List<Long> live = new ArrayList<>();
            live.add(node.cluster().self().incarnation());
            node.cluster().view().ids().forEach(id -> live.add(id.incarnation()));
            released = node.spool().releaseHoldersOutside(live);
        } catch (RuntimeException e) {
            released = CompletableFuture.failedFuture(e);
        }
        released.whenComplete((rows, failure) -> {
            if (failure == null) {
                mine.complete(null);
                return;
            }
            synchronized (this) {
                ready = null; // the next bind tries again
            }
            mine.completeExceptionally(failure);
        });
        return mine;
    }

    @Override
    public StreamHandler open(ClientStream stream, Jid account) {
        return new ClientHandler(node, this::ready, stream, account.bare());
    }

    @Override
    public Element features(String host) {
        Element.Builder features = Element.builder("features", Ns.STREAMS)
                .child(BIND)
                .child(SESSION)
                .child(StreamManagement.FEATURE);
        for (StreamFeatures more : node.chains.features()) {
            try {
                more.features(StreamFeatures.Phase.AFTER_LOGIN, host, true).forEach(features::child);
            } catch (RuntimeException | LinkageError e) {
                log.warn("what=stream_features_failed class={}", more.getClass().getName(), e);
            }
        }
        return features.build();
    }

    @Override
    public void deliver(Stanza stanza, DeliveryListener listener) {
        if (ended) node.refuse(stanza, listener, StanzaError.Condition.RESOURCE_CONSTRAINT.error("stopping"));
        else node.deliverer.deliver(stanza, listener);
    }

    @Override
    public void deliver(Stanza stanza, Collection<Jid> accounts) {
        if (!ended) node.deliverer.toMany(stanza, accounts);
    }

    @Override
    public Optional<Session> session(Jid full) {
        return node.registry.session(full);
    }

    @Override
    public Optional<OnlineAccount> account(Jid bare) {
        return node.registry.account(bare);
    }

    @Override
    public List<Session> all() {
        return new ArrayList<>(node.registry.all());
    }

    @Override
    public int count() {
        return node.registry.count();
    }

    @Override
    public <T> CompletionStage<T> state(Jid account, Class<T> type) {
        return node.registry.state(account, type);
    }

    @Override
    public void accountEnabled(Jid account) {
        node.disabled.remove(account.bare());
    }

    /** Who has logged in but not bound yet is refused then ({@link ClientHandler}). */
    @Override
    public void accountDisabled(Jid account) {
        node.disabled.add(account.bare());
        end(account, DISABLED);
    }

    @Override
    public void accountCreated(Jid account) {
        node.disabled.remove(account.bare());
        node.known.remember(account.bare(), true);
    }

    @Override
    public void accountRemoved(Jid account) {
        node.known.remember(account.bare(), false);
        end(account, "the account was removed");
    }

    private void end(Jid account, String why) {
        Account online = node.registry.online(account.bare());
        if (online == null) return;
        List<UserSession> sessions = List.of(online.all());
        // A moment after the answer to a user who asked for it (XEP-0077 §3.2): clients that read both at once take
        // the end of the stream for the end of what they had asked.
        node.delays.schedule(
                () -> sessions.forEach(s -> s.close(StreamError.Condition.NOT_AUTHORIZED.error(why))), AFTER_ANSWER);
    }
}
