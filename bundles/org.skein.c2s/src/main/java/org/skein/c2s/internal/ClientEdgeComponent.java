package org.skein.c2s.internal;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.skein.api.auth.Sasl;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.VirtualHosts;
import org.skein.api.monitor.Metrics;
import org.skein.api.session.SessionManager;
import org.skein.api.session.StreamFeatures;
import org.skein.api.session.StreamRedirect;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.PeerHandler;
import org.skein.net.api.EventLoops;
import org.skein.net.api.ListenException;
import org.skein.net.api.Listeners;
import org.skein.net.api.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves clients over TCP while all it needs is there. */
@Component(
        configurationPid = "org.skein.c2s",
        immediate = true,
        service = {})
@Designate(ocd = C2sConfig.class)
public final class ClientEdgeComponent {
    private static final Logger log = LoggerFactory.getLogger(ClientEdgeComponent.class);

    private static final long LOOK_MS = 10;
    private static final long WARM_UP_AFTER_MS = 500; // whoever waits for the node has seen that it is ready
    private static final long YOUNG_MS = 60_000;
    private static final int FEW = 2; // a balancer that looks whether the port is open is no client

    private final BooleanSupplier isStarted;
    private final Permit permit;
    private final ClientEdge edge;
    private final Listeners listeners;
    private final WarmUp warmUp; // null for none
    private final WarmUpEcho echo; // null for none
    private final Tls.Server tlsServer;
    private final AutoCloseable gauge;
    private final List<StreamFeatures> features = new CopyOnWriteArrayList<>();

    /** Of the warm-up. */
    private final class Surroundings implements WarmUp.Surroundings {
        private final BundleContext context;

        Surroundings(BundleContext context) {
            this.context = context;
        }

        @Override
        public boolean isDisturbed() {
            return edge.connections() > FEW;
        }

        @Override
        public boolean isOverheard() {
            return OutsideParts.exist(context);
        }

        @Override
        public boolean isYoung() {
            return ManagementFactory.getRuntimeMXBean().getUptime() < YOUNG_MS;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile StreamRedirect redirect;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Cluster cluster;

    private ServiceRegistration<PeerHandler> echoing; // null for none
    private ScheduledExecutorService waiting; // until ports may open; null then

    @Activate
    public ClientEdgeComponent(
            BundleContext context,
            C2sConfig config,
            @Reference Listeners listeners,
            @Reference EventLoops loops,
            @Reference Tls tls,
            @Reference Sasl sasl,
            @Reference SessionManager sessions,
            @Reference IqDispatcher iqs,
            @Reference VirtualHosts hosts,
            @Reference Metrics metrics) {
        Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        FrameworkStartLevel levels = system.adapt(FrameworkStartLevel.class);
        isStarted = () -> levels.getStartLevel() >= levels.getInitialBundleStartLevel();
        this.listeners = listeners;
        tlsServer = tls.server(ClientEdge.alpn());
        LongAdder delayed = metrics.counter("c2s.logins.delayed", "Logins that had to wait for their turn");
        LongAdder refused = metrics.counter("c2s.logins.refused", "Logins refused since too many came at once");
        permit = new Permit(() -> cluster, () -> system.getState() == Bundle.STOPPING);
        StreamServices services = new StreamServices(
                tls,
                tlsServer,
                sasl,
                sessions,
                iqs,
                hosts,
                () -> features,
                () -> Optional.ofNullable(redirect),
                permit,
                rate -> new LoginAdmission(rate, delayed, refused));
        C2sSettings settings = C2sSettings.of(config);
        edge = new ClientEdge(services, settings);
        Supplier<WarmUpPort> ports = () -> new WarmUpPort(services, loops, settings);
        Surroundings around = new Surroundings(context);
        boolean warms = config.warm_up();
        warmUp = warms && around.isYoung() ? new WarmUp(ports, permit, () -> cluster, around) : null;
        echo = warms ? new WarmUpEcho(ports, () -> permit.mayLogIn() && !around.isOverheard()) : null;
        gauge = metrics.gauge("c2s.connections", "TCP connections of clients", edge::connections);
    }

    /**
     * During a start ports open when all of the server's own bundles have started, for what takes part in sessions begins with the
     * session manager, too, behind this or before; and at a node that is to be one of several, when it is. Else at once.
     */
    @Activate
    synchronized void start(BundleContext context) throws ListenException {
        if (echo != null) {
            echoing = context.registerService(
                    PeerHandler.class,
                    echo,
                    FrameworkUtil.asDictionary(Map.of(PeerHandler.CHANNEL, WarmUpEcho.CHANNEL)));
        }
        if (!permit.isServing()) {
            log.info("what=c2s_waits_for_cluster");
        } else if (isStarted.getAsBoolean()) {
            try {
                edge.listen(listeners);
            } catch (ListenException e) {
                stop();
                throw e;
            }
            return;
        }
        waiting = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "skein-c2s-waiting");
            thread.setDaemon(true);
            return thread;
        });
        waiting.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private synchronized void look() {
        if (waiting == null || !isStarted.getAsBoolean() || !permit.isServing()) {
            return;
        }
        try {
            edge.listen(listeners);
            if (warmUp != null) {
                waiting.schedule(warmUp, WARM_UP_AFTER_MS, TimeUnit.MILLISECONDS);
            }
        } catch (ListenException e) { // logged, and the node is told to stop
            log.debug("what=c2s_not_listening", e);
        } catch (RuntimeException e) {
            log.error("what=c2s_not_listening", e);
        }
        stopWaiting();
    }

    private void stopWaiting() {
        if (waiting != null) {
            waiting.shutdown(); // what is planned once is still done
            waiting = null;
        }
    }

    @Modified
    synchronized void modified(C2sConfig config) {
        try {
            if (waiting == null) {
                edge.change(C2sSettings.of(config), listeners);
            } else {
                edge.prepare(C2sSettings.of(config));
            }
        } catch (ListenException e) { // logged; until the settings are mended there is no port
            log.debug("what=c2s_not_listening", e);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addFeatures(StreamFeatures added) {
        features.add(added);
    }

    void removeFeatures(StreamFeatures removed) {
        features.remove(removed);
    }

    @Deactivate
    synchronized void stop() {
        stopWaiting();
        if (warmUp != null) {
            warmUp.stop();
        }
        if (echo != null) {
            echo.stop();
            withdrawEcho();
        }
        edge.stop();
        tlsServer.close();
        try {
            gauge.close();
        } catch (Exception e) { // AutoCloseable declares it
            log.debug("what=gauge_not_closed", e);
        }
    }

    private void withdrawEcho() {
        try {
            echoing.unregister();
        } catch (IllegalStateException e) { // with the bundle, already
            log.debug("what=echo_gone", e);
        }
    }
}
