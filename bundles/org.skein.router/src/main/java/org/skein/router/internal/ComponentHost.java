package org.skein.router.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.skein.api.component.Component;
import org.skein.api.component.ComponentContext;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one component on its worker threads: the stanzas of one sender one after the other, at most {@link #MAX_QUEUED}
 * waiting. What goes wrong inside the component ends here.
 */
final class ComponentHost {
    static final int MAX_QUEUED = 1000;
    private static final int LANES = 16;
    private static final String DISCO_INFO = "http://jabber.org/protocol/disco#info";
    private static final String DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
    private static final String PING = "urn:xmpp:ping";
    private static final Logger log = LoggerFactory.getLogger(ComponentHost.class);

    private final Component component;
    private final String name;
    private final Executor workers;
    private final StanzaRouter router;
    private final Lane[] lanes = new Lane[LANES];
    private final AtomicInteger queued = new AtomicInteger();
    private volatile boolean stopped;

    ComponentHost(String name, Component component, Executor workers, StanzaRouter router) {
        this.name = name;
        this.component = component;
        this.workers = workers;
        this.router = router;
        for (int i = 0; i < LANES; i++) {
            lanes[i] = new Lane();
        }
    }

    Component component() {
        return component;
    }

    /** What still waits is answered with an error. */
    void stop() {
        stopped = true;
    }

    void accept(Stanza stanza, DeliveryListener listener) {
        if (answeredForIt(stanza)) {
            listener.outcome(Outcome.DELIVERED);
            return;
        }
        if (queued.incrementAndGet() > MAX_QUEUED) {
            queued.decrementAndGet();
            router.counters().componentErrors().increment();
            router.refuse(stanza, listener, Condition.RESOURCE_CONSTRAINT.error("too much waits for " + name));
            return;
        }
        int sender = stanza.from().map(f -> f.bare().hashCode()).orElse(0);
        lanes[(sender ^ sender >>> 16) & LANES - 1].add(new Call(stanza, listener));
    }

    private boolean answeredForIt(Stanza stanza) {
        Jid to = stanza.to().orElseThrow();
        if (component.answersDisco() || !stanza.isRequest() || to.hasLocal() || to.isFull()) return false;
        Element request = stanza.firstChild().orElse(null);
        if (request == null || !stanza.hasType("get")) return false;
        Stanza.Builder result = stanza.result();
        if (request.is("query", DISCO_INFO)) {
            String[] identity = component.identity().split("/", 2);
            Element.Builder query = Element.builder("query", DISCO_INFO)
                    .child(Element.builder("identity", DISCO_INFO)
                            .attribute("category", identity[0])
                            .attribute("type", identity.length > 1 ? identity[1] : "generic")
                            .attribute("name", component.description())
                            .build());
            feature(query, DISCO_INFO);
            feature(query, PING);
            component.features().forEach(f -> feature(query, f));
            result.add(query.build());
        } else if (request.is("query", DISCO_ITEMS)) {
            result.add(Element.of("query", DISCO_ITEMS));
        } else if (!request.is("ping", PING)) {
            return false;
        }
        router.route(result.build());
        return true;
    }

    private static void feature(Element.Builder query, String feature) {
        query.child(
                Element.builder("feature", DISCO_INFO).attribute("var", feature).build());
    }

    private void call(Call call) {
        queued.decrementAndGet();
        if (stopped) {
            router.refuse(call.stanza, call.listener, Condition.SERVICE_UNAVAILABLE.error());
            return;
        }
        Jid domain = call.stanza.to().orElseThrow().domainJid();
        try {
            CompletionStage<Void> done = component.handle(call.stanza, new Context(domain));
            if (done == null) {
                call.listener.outcome(Outcome.DELIVERED);
            } else {
                done.whenComplete((nothing, failure) -> {
                    if (failure == null) call.listener.outcome(Outcome.DELIVERED);
                    else failed(call, failure);
                });
            }
        } catch (RuntimeException | LinkageError e) {
            failed(call, e);
        }
    }

    private void failed(Call call, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        StanzaError error;
        if (cause instanceof StanzaException refused) {
            error = refused.error();
        } else if (cause instanceof StorageException) {
            error = Condition.RESOURCE_CONSTRAINT.error();
        } else {
            router.counters().componentErrors().increment();
            log.warn("what=component_failed name={} stanza={}", name, call.stanza.kind(), cause);
            error = Condition.INTERNAL_SERVER_ERROR.error();
        }
        router.refuse(call.stanza, call.listener, error);
    }

    private record Call(Stanza stanza, DeliveryListener listener) {}

    private final class Context implements ComponentContext {
        private final Jid domain;

        Context(Jid domain) {
            this.domain = domain;
        }

        @Override
        public Jid domain() {
            return domain;
        }

        @Override
        public void send(Stanza stanza) {
            if (!stanza.from().map(Jid::domain).filter(domain.domain()::equals).isPresent()) {
                throw new IllegalArgumentException(
                        "a component sends from its own domain " + domain + ", not from " + stanza.from());
            }
            router.route(stanza);
        }
    }

    /** Stanzas of some senders, one at a time. */
    private final class Lane implements Runnable {
        private final Deque<Call> calls = new ArrayDeque<>();
        private boolean running;

        void add(Call call) {
            synchronized (this) {
                calls.add(call);
                if (running) return;
                running = true;
            }
            workers.execute(this);
        }

        @Override
        public void run() {
            Call next;
            synchronized (this) {
                next = calls.poll();
                if (next == null) {
                    running = false;
                    return;
                }
            }
            call(next);
            workers.execute(this); // fair to the other lanes
        }
    }
}
