package org.skein.router.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.api.component.ComponentDomains;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Federation;
import org.skein.api.component.IqDispatcher;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.component.Router;
import org.skein.api.component.RoutingPolicy;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.LocalDelivery;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each stanza to who answers for its address: account, host, component, other domain. What the answers come from
 * is put in by {@link Whiteboard}, so that this can be there first and everybody else may depend on it.
 */
@Component(service = {Router.class, ComponentDomains.class, StanzaRouter.class})
public final class StanzaRouter implements Router, ComponentDomains {
    private static final Logger log = LoggerFactory.getLogger(StanzaRouter.class);

    private final VirtualHosts hosts;
    private final IqDispatcher dispatcher;
    private volatile LocalDelivery local;
    private volatile Federation federation;
    private volatile Counters counters = new Counters();
    private volatile HostedComponents components = HostedComponents.NONE;
    private volatile List<RoutingPolicy> policies = List.of();

    @Activate
    public StanzaRouter(@Reference VirtualHosts hosts, @Reference IqDispatcher dispatcher) {
        this.hosts = hosts;
        this.dispatcher = dispatcher;
    }

    /** Until another comes: what clients send while their sessions end is delivered as ever. It refuses once it has ended. */
    void local(LocalDelivery local) {
        this.local = local;
    }

    synchronized void federation(Federation federation) {
        this.federation = federation;
    }

    synchronized void federationGone(Federation gone) {
        if (federation == gone) federation = null;
    }

    void counters(Counters counters) {
        this.counters = counters;
    }

    void components(HostedComponents components) {
        this.components = components;
    }

    void policies(List<RoutingPolicy> policies) {
        this.policies = policies;
    }

    Counters counters() {
        return counters;
    }

    @Override
    public Map<String, org.skein.api.component.Component> components() {
        return components.byDomain(hosts.domains());
    }

    @Override
    public Optional<org.skein.api.component.Component> component(String domain) {
        return Optional.ofNullable(components.find(domain, hosts)).map(ComponentHost::component);
    }

    @Override
    public void route(Stanza stanza, DeliveryListener listener) {
        Jid to = stanza.to().orElseThrow(() -> new IllegalArgumentException("stanza without to"));
        List<RoutingPolicy> asked = policies;
        if (!asked.isEmpty() && stanza.from().isPresent()) {
            Optional<StanzaError> refusal = refusal(asked, stanza.from().get(), to);
            if (refusal.isPresent()) {
                refuse(stanza, listener, refusal.get());
                return;
            }
        }
        pass(stanza, to, listener);
    }

    private Optional<StanzaError> refusal(List<RoutingPolicy> asked, Jid from, Jid to) {
        for (RoutingPolicy policy : asked) {
            try {
                Optional<StanzaError> refusal = policy.refusal(from, to);
                if (refusal.isPresent()) return refusal;
            } catch (RuntimeException | LinkageError e) { // of whatever bundle
                if (!policies.contains(policy)) continue; // stopped or updated meanwhile, which it may fail of
                log.error("what=routing_policy_failed from={} to={}", from, to, e);
                return Optional.of(StanzaError.Condition.INTERNAL_SERVER_ERROR.error());
            }
        }
        return Optional.empty();
    }

    private void pass(Stanza stanza, Jid to, DeliveryListener listener) {
        counters.routed().increment();
        String domain = to.domain();
        if (hosts.isLocal(domain)) {
            if (!to.hasLocal()) {
                toHost(stanza, to, listener);
                return;
            }
            LocalDelivery delivery = local;
            if (delivery != null) {
                delivery.deliver(stanza, listener);
            } else {
                refuse(stanza, listener, StanzaError.Condition.RESOURCE_CONSTRAINT.error("starting"));
            }
            return;
        }
        ComponentHost component = components.find(domain, hosts);
        if (component != null) {
            component.accept(stanza, listener);
            return;
        }
        Federation remote = federation;
        if (remote != null) {
            remote.deliver(stanza, listener);
        } else {
            refuse(stanza, listener, StanzaError.Condition.REMOTE_SERVER_NOT_FOUND.error());
        }
    }

    @Override
    public void route(Stanza stanza, Collection<Jid> recipients) {
        stanza.payloadXml(); // encoded before it is copied, so that all copies share the bytes
        List<Jid> accounts = new ArrayList<>(recipients.size());
        List<RoutingPolicy> asked = stanza.from().isPresent() ? policies : List.of();
        for (Jid to : recipients) {
            if (!asked.isEmpty() && refusal(asked, stanza.from().get(), to).isPresent()) {
                counters.dropped().increment();
            } else if (to.hasLocal() && hosts.isLocal(to.domain())) accounts.add(to);
            else route(stanza.withTo(to));
        }
        LocalDelivery delivery = local;
        if (accounts.isEmpty() || delivery == null) return;
        counters.routed().add(accounts.size());
        delivery.deliver(stanza, accounts);
    }

    /** RFC 6121 §8.2 and RFC 6120 §10.5.3: the server itself is addressed. */
    private void toHost(Stanza stanza, Jid to, DeliveryListener listener) {
        switch (stanza.kind()) {
            case IQ -> {
                if (stanza.isRequest() && to.isBare()) {
                    answer(stanza, to);
                } else if (stanza.isRequest()) {
                    refuse(stanza, DeliveryListener.NONE, StanzaError.Condition.SERVICE_UNAVAILABLE.error());
                } else {
                    counters.dropped().increment();
                }
                listener.outcome(Outcome.DELIVERED);
            }
            case MESSAGE -> refuse(stanza, listener, StanzaError.Condition.SERVICE_UNAVAILABLE.error());
            case PRESENCE -> {
                counters.dropped().increment();
                listener.outcome(Outcome.DELIVERED);
            }
        }
    }

    private void answer(Stanza request, Jid host) {
        if (request.payload().size() != 1) {
            refuse(request, DeliveryListener.NONE, StanzaError.Condition.BAD_REQUEST.error());
            return;
        }
        CompletionStage<Stanza> reply =
                dispatcher.dispatch(new IqRequest(request, IqHandler.Target.HOST, host, Optional.empty()));
        reply.thenAccept(r -> {
            if (r.to().isPresent()) route(r);
        });
    }

    /** Answers with an error where that is allowed (RFC 6120 §8.3.1), else drops. */
    void refuse(Stanza stanza, DeliveryListener listener, StanzaError error) {
        if (mayBeRefused(stanza) && stanza.from().isPresent()) {
            counters.refused().increment();
            Stanza answer = stanza.error(error);
            pass(answer, answer.to().orElseThrow(), DeliveryListener.NONE); // whatever a policy says
        } else {
            counters.dropped().increment();
        }
        listener.outcome(Outcome.REFUSED);
    }

    private static boolean mayBeRefused(Stanza stanza) {
        return switch (stanza.kind()) {
            case IQ -> stanza.isRequest();
            case MESSAGE -> !stanza.isError();
            case PRESENCE -> stanza.type().isEmpty() || stanza.hasType("subscribe") || stanza.hasType("probe");
        };
    }
}
