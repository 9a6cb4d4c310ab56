package org.skein.session.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.skein.api.monitor.Metrics;
import org.skein.api.session.AccountProcessor;
import org.skein.api.session.AccountState;
import org.skein.api.session.ClientProcessor;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.NonzaHandler;
import org.skein.api.session.RemotePresenceListener;
import org.skein.api.session.SessionListener;
import org.skein.api.session.SessionTransfer;
import org.skein.api.session.StreamFeatures;

/**
 * Puts processors and the other services around sessions into the arrays sessions use. A component of its own, because
 * those services depend on {@link SessionService} themselves.
 */
@Component(service = Whiteboard.class, immediate = true)
public final class Whiteboard {
    private final ServerNode node;
    private final Services<ClientProcessor> client;
    private final Services<AccountProcessor> account;
    private final Services<DeliveryProcessor> delivery;
    private final Services<SessionListener> listeners;
    private final Services<StreamFeatures> features;
    private final Services<NonzaHandler> nonzas;
    private final Services<AccountState<?>> states;
    private final Services<RemotePresenceListener> remotePresence;
    private final Services<SessionTransfer> transfers;
    private AutoCloseable sessionsGauge; // guarded by this
    private AutoCloseable writingGauge; // guarded by this

    /** Services of one kind by ranking; each change hands the whole list on. */
    private static final class Services<S> {
        private final TreeMap<ServiceReference<?>, S> byRanking = new TreeMap<>();
        private final Consumer<List<S>> changed;

        Services(Consumer<List<S>> changed) {
            this.changed = changed;
        }

        synchronized void add(ServiceReference<?> reference, S service) {
            byRanking.put(reference, service);
            changed.accept(new ArrayList<>(byRanking.values()));
        }

        synchronized void remove(ServiceReference<?> reference) {
            byRanking.remove(reference);
            changed.accept(new ArrayList<>(byRanking.values()));
        }
    }

    @Activate
    public Whiteboard(@Reference SessionService sessions) {
        node = sessions.node();
        Chains chains = node.chains;
        client = new Services<>(chains::client);
        account = new Services<>(chains::account);
        delivery = new Services<>(chains::delivery);
        listeners = new Services<>(chains::listeners);
        features = new Services<>(chains::features);
        nonzas = new Services<>(chains::nonzas);
        states = new Services<>(chains::states);
        remotePresence = new Services<>(chains::remotePresence);
        transfers = new Services<>(chains::transfers);
    }

    @Deactivate
    synchronized void deactivate() {
        Delays.cancel(sessionsGauge);
        Delays.cancel(writingGauge);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindMetrics(Metrics metrics) {
        node.counters = Counters.of(metrics);
        sessionsGauge = metrics.gauge("session.online", "Sessions on this node", () -> node.registry.count());
        writingGauge = metrics.gauge(
                "session.offline.writing",
                "Accounts with offline messages being written",
                () -> node.offline.writing());
    }

    synchronized void unbindMetrics(Metrics metrics) {
        // counting goes on into what nobody reads, until another comes
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindClient(ClientProcessor service, ServiceReference<ClientProcessor> reference) {
        client.add(reference, service);
    }

    void unbindClient(ClientProcessor service, ServiceReference<ClientProcessor> reference) {
        client.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccount(AccountProcessor service, ServiceReference<AccountProcessor> reference) {
        account.add(reference, service);
    }

    void unbindAccount(AccountProcessor service, ServiceReference<AccountProcessor> reference) {
        account.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDelivery(DeliveryProcessor service, ServiceReference<DeliveryProcessor> reference) {
        delivery.add(reference, service);
    }

    void unbindDelivery(DeliveryProcessor service, ServiceReference<DeliveryProcessor> reference) {
        delivery.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindListener(SessionListener service, ServiceReference<SessionListener> reference) {
        listeners.add(reference, service);
    }

    void unbindListener(SessionListener service, ServiceReference<SessionListener> reference) {
        listeners.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindFeatures(StreamFeatures service, ServiceReference<StreamFeatures> reference) {
        features.add(reference, service);
    }

    void unbindFeatures(StreamFeatures service, ServiceReference<StreamFeatures> reference) {
        features.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindNonza(NonzaHandler service, ServiceReference<NonzaHandler> reference) {
        nonzas.add(reference, service);
    }

    void unbindNonza(NonzaHandler service, ServiceReference<NonzaHandler> reference) {
        nonzas.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindState(AccountState<?> service, ServiceReference<AccountState<?>> reference) {
        states.add(reference, service);
    }

    void unbindState(AccountState<?> service, ServiceReference<AccountState<?>> reference) {
        states.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRemotePresence(RemotePresenceListener service, ServiceReference<RemotePresenceListener> reference) {
        remotePresence.add(reference, service);
    }

    void unbindRemotePresence(RemotePresenceListener service, ServiceReference<RemotePresenceListener> reference) {
        remotePresence.remove(reference);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTransfer(SessionTransfer service, ServiceReference<SessionTransfer> reference) {
        transfers.add(reference, service);
    }

    void unbindTransfer(SessionTransfer service, ServiceReference<SessionTransfer> reference) {
        transfers.remove(reference);
    }
}
