package org.skein.router.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.component.Federation;
import org.skein.api.component.IqHandler;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.monitor.Metrics;
import org.skein.api.session.LocalDelivery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts services that come and go into router and dispatcher. It is a component of its own because those services depend
 * on router and dispatcher themselves; so no two components wait for each other.
 */
@Component(service = Whiteboard.class, immediate = true)
public final class Whiteboard {
    private static final Logger log = LoggerFactory.getLogger(Whiteboard.class);
    private static final int WORKERS_EACH = 4;

    private final StanzaRouter router;
    private final HandlerDispatcher dispatcher;
    private final TreeMap<ServiceReference<?>, IqHandler> handlers = new TreeMap<>();
    private final TreeMap<ServiceReference<?>, org.skein.api.component.Component> components = new TreeMap<>();
    private final Map<ServiceReference<?>, Running> running = new HashMap<>();
    private final List<RoutingPolicy> policies = new ArrayList<>();

    private record Running(String name, ComponentHost host) {}

    @Activate
    public Whiteboard(@Reference StanzaRouter router, @Reference HandlerDispatcher dispatcher) {
        this.router = router;
        this.dispatcher = dispatcher;
    }

    @Deactivate
    synchronized void deactivate() {
        router.components(HostedComponents.NONE);
        List.copyOf(running.keySet()).forEach(this::stop);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindLocal(LocalDelivery local) {
        router.local(local);
    }

    /** It is asked until another comes: its service is gone first, and only then do its sessions end. */
    void unbindLocal(LocalDelivery local) {}

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindFederation(Federation federation) {
        router.federation(federation);
    }

    void unbindFederation(Federation federation) {
        router.federationGone(federation);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindMetrics(Metrics metrics) {
        router.counters(Counters.of(metrics));
    }

    void unbindMetrics(Metrics metrics) {
        // counting goes on into what nobody reads, until another comes
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindHandler(IqHandler handler, ServiceReference<IqHandler> reference) {
        handlers.put(reference, handler);
        dispatcher.handlers(List.copyOf(handlers.descendingMap().values()));
    }

    synchronized void unbindHandler(IqHandler handler, ServiceReference<IqHandler> reference) {
        handlers.remove(reference);
        dispatcher.handlers(List.copyOf(handlers.descendingMap().values()));
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindComponent(
            org.skein.api.component.Component component,
            ServiceReference<org.skein.api.component.Component> reference) {
        components.put(reference, component);
        refreshComponents();
    }

    synchronized void unbindComponent(
            org.skein.api.component.Component component,
            ServiceReference<org.skein.api.component.Component> reference) {
        components.remove(reference);
        refreshComponents();
        stop(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindPolicy(RoutingPolicy policy) {
        policies.add(policy);
        router.policies(List.copyOf(policies));
    }

    synchronized void unbindPolicy(RoutingPolicy policy) {
        policies.remove(policy);
        router.policies(List.copyOf(policies));
    }

    private void refreshComponents() {
        Map<String, ComponentHost> byName = new HashMap<>();
        List<ServiceReference<?>> shadowed = new ArrayList<>();
        components.descendingMap().forEach((reference, component) -> {
            if (!(reference.getProperty(org.skein.api.component.Component.NAME) instanceof String name)
                    || name.isBlank()) {
                log.error(
                        "what=component_without_name class={} property={}",
                        component.getClass().getName(),
                        org.skein.api.component.Component.NAME);
                return;
            }
            if (byName.containsKey(name)) {
                shadowed.add(reference);
                log.warn(
                        "what=component_name_taken name={} class={}",
                        name,
                        component.getClass().getName());
                return;
            }
            byName.put(name, running.computeIfAbsent(reference, r -> start(name, component)).host);
        });
        router.components(new HostedComponents(byName));
        shadowed.forEach(this::stop);
    }

    private Running start(String name, org.skein.api.component.Component component) {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                WORKERS_EACH, WORKERS_EACH, 2, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread t = new Thread(task, "skein-component-" + name);
                    t.setDaemon(true);
                    return t;
                });
        workers.allowCoreThreadTimeOut(true);
        log.info(
                "what=component_started name={} class={}",
                name,
                component.getClass().getName());
        return new Running(name, new ComponentHost(name, component, workers, router));
    }

    private void stop(ServiceReference<?> reference) {
        Running stopped = running.remove(reference);
        if (stopped == null) return;
        stopped.host.stop();
        log.info("what=component_stopped name={}", stopped.name);
    }
}
