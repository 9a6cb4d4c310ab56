package org.skein.router.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.component.Component;
import org.skein.api.component.ComponentContext;
import org.skein.api.component.IqHandler;
import org.skein.api.component.IqRequest;
import org.skein.api.component.Outcome;
import org.skein.api.component.VirtualHosts;
import org.skein.api.storage.StorageException;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError.Condition;
import org.skein.xmpp.StanzaException;

final class StanzaRouterTest {
    private static final Jid USER = Jid.of("a@localhost/x");
    private static final String DISCO = "http://jabber.org/protocol/disco#info";

    private final HandlerDispatcher dispatcher = new HandlerDispatcher();
    private final StanzaRouter router = new StanzaRouter(new Hosts(), dispatcher);
    private final List<Stanza> delivered = new ArrayList<>();
    private final Deque<Runnable> workers = new ArrayDeque<>();
    private Outcome outcome;

    private static final class Hosts implements VirtualHosts {
        @Override
        public Set<String> domains() {
            return Set.of("localhost", "other.example");
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

    @BeforeEach
    void sessions() {
        router.local((stanza, listener) -> {
            delivered.add(stanza);
            listener.outcome(Outcome.DELIVERED);
        });
    }

    private void route(Stanza stanza) {
        router.route(stanza, o -> outcome = o);
    }

    private void work() {
        while (!workers.isEmpty()) workers.poll().run();
    }

    private static Stanza message(String to) {
        return Stanza.message()
                .from(USER)
                .to(Jid.of(to))
                .type("chat")
                .id("m")
                .body("hi")
                .build();
    }

    private static Stanza get(String to, String name, String namespace) {
        return Stanza.iq()
                .from(USER)
                .to(Jid.of(to))
                .type("get")
                .id("q")
                .add(Element.of(name, namespace))
                .build();
    }

    private String answer() {
        assertEquals(1, delivered.size(), delivered.toString());
        Stanza s = delivered.get(0);
        assertEquals(USER, s.to().orElseThrow());
        if (!s.isError()) return s.type();
        return s.child("error", Ns.CLIENT).orElseThrow().children().get(0).name();
    }

    private void components(String name, Component component) {
        router.components(new HostedComponents(Map.of(name, new ComponentHost(name, component, workers::add, router))));
    }

    private static IqHandler handler(String namespace, CompletionStage<Optional<Element>> answer) {
        return new IqHandler() {
            @Override
            public Set<Target> targets() {
                return Set.of(Target.HOST);
            }

            @Override
            public Set<String> namespaces() {
                return Set.of(namespace);
            }

            @Override
            public CompletionStage<Optional<Element>> handle(IqRequest request) {
                return answer;
            }
        };
    }

    @Test
    void whatIsForAnAccountGoesToTheSessions() {
        route(message("b@other.example"));
        assertEquals(1, delivered.size());
        assertEquals(Outcome.DELIVERED, outcome);
    }

    @Test // RFC 6120 §10.4
    void anotherDomainWithoutFederationIsNotFound() {
        route(message("b@elsewhere.example"));
        assertEquals("remote-server-not-found", answer());
        assertEquals(Outcome.REFUSED, outcome);
    }

    @Test
    void anotherDomainGoesToFederationWhereThereIsOne() {
        List<Stanza> out = new ArrayList<>();
        router.federation((stanza, listener) -> out.add(stanza));
        route(message("b@elsewhere.example"));
        assertEquals(1, out.size());
    }

    @Test // RFC 6120 §8.3.1
    void anErrorIsNeverAnsweredWithAnError() {
        route(Stanza.message()
                .from(USER)
                .to(Jid.of("b@elsewhere.example"))
                .type("error")
                .build());
        assertTrue(delivered.isEmpty());
        assertEquals(1, router.counters().dropped().sum());
    }

    @Test // RFC 6120 §8.2.3
    void aResultForTheHostNobodyWaitsForIsDropped() {
        route(Stanza.iq()
                .from(USER)
                .to(Jid.of("localhost"))
                .type("result")
                .id("1")
                .build());
        assertTrue(delivered.isEmpty());
        assertEquals(1, router.counters().dropped().sum());
    }

    @Test
    void aMessageToTheHostIsRefusedAndPresenceIgnored() {
        route(Stanza.presence().from(USER).to(Jid.of("localhost")).build());
        assertTrue(delivered.isEmpty());
        route(message("localhost"));
        assertEquals("service-unavailable", answer());
    }

    @Test
    void anIqToTheHostIsAnsweredByItsHandler() {
        dispatcher.handlers(List.of(
                handler("test:x", CompletableFuture.completedFuture(Optional.of(Element.of("done", "test:x"))))));
        route(get("localhost", "x", "test:x"));
        assertEquals("result", answer());
        assertTrue(delivered.get(0).hasChild("done", "test:x"));
    }

    @Test // RFC 6120 §8.4
    void anIqNobodyHandlesIsServiceUnavailable() {
        route(get("localhost", "x", "test:y"));
        assertEquals("service-unavailable", answer());
    }

    @Test
    void aHandlersFailureIsAnsweredByItsKind() {
        Map<Throwable, String> kinds = Map.of(
                new StanzaException(Condition.FORBIDDEN), "forbidden",
                new StorageException("down"), "resource-constraint",
                new IllegalStateException("bug"), "internal-server-error");
        kinds.forEach((failure, condition) -> {
            delivered.clear();
            dispatcher.handlers(List.of(handler("test:x", CompletableFuture.failedFuture(failure))));
            route(get("localhost", "x", "test:x"));
            assertEquals(condition, answer());
        });
    }

    @Test // RFC 6120 §8.2.3
    void anIqWithTwoChildrenIsABadRequest() {
        route(get("localhost", "x", "test:x").withAdded(Element.of("y", "test:x")));
        assertEquals("bad-request", answer());
    }

    @Test
    void aComponentGetsWhatIsForItsDomainBelowEveryHostAndMakesItSafe() {
        List<Stanza> got = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        components("echo", new Echo() {
            @Override
            public CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
                got.add(stanza);
                return done;
            }
        });
        route(message("anybody@echo.other.example"));
        work();
        assertEquals(1, got.size());
        assertEquals(null, outcome);
        done.complete(null);
        assertEquals(Outcome.DELIVERED, outcome);
        assertEquals(
                Set.of("echo.localhost", "echo.other.example"),
                router.components().keySet());
        route(message("anybody@nobody.localhost"));
        assertEquals("remote-server-not-found", answer());
    }

    @Test
    void discoAndPingAreAnsweredForAComponent() {
        components("echo", new Echo());
        route(get("echo.localhost", "query", DISCO));
        Element query = delivered.get(0).child("query", DISCO).orElseThrow();
        assertTrue(query.toString().contains("urn:xmpp:ping"));
        assertTrue(query.toString().contains("test:echo"));
        delivered.clear();
        route(get("echo.localhost", "ping", "urn:xmpp:ping"));
        assertEquals("result", answer());
        assertTrue(workers.isEmpty());
    }

    @Test
    void aComponentThatThrowsIsAnInternalErrorToTheSenderAlone() {
        components("echo", new Echo() {
            @Override
            public CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
                throw new IllegalStateException("bug");
            }
        });
        route(message("echo.localhost"));
        work();
        assertEquals("internal-server-error", answer());
        assertEquals(Outcome.REFUSED, outcome);
    }

    @Test
    void aComponentThatDoesNotKeepUpIsAResourceConstraint() {
        components("echo", new Echo());
        for (int i = 0; i < ComponentHost.MAX_QUEUED; i++) route(message("echo.localhost"));
        assertTrue(delivered.isEmpty());
        route(message("echo.localhost"));
        assertEquals("resource-constraint", answer());
        delivered.clear();
        work();
        assertEquals(ComponentHost.MAX_QUEUED, delivered.size());
    }

    @Test
    void aComponentSendsOnlyFromItsOwnDomain() {
        components("echo", new Echo() {
            @Override
            public CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> context.send(stanza.withTo(USER).withFrom(Jid.of("localhost"))));
                return super.handle(stanza, context);
            }
        });
        route(message("x@echo.localhost"));
        work();
        assertEquals(Jid.of("x@echo.localhost"), delivered.get(0).from().orElseThrow());
    }

    @Test
    void withoutSessionsASenderIsToldToWait() {
        router.local(null);
        router.route(
                Stanza.message()
                        .from(Jid.of("c@elsewhere.example"))
                        .to(Jid.of("b@localhost"))
                        .build(),
                o -> outcome = o);
        assertEquals(Outcome.REFUSED, outcome);
    }

    private static class Echo implements Component {
        @Override
        public Set<String> features() {
            return Set.of("test:echo");
        }

        @Override
        public CompletionStage<Void> handle(Stanza stanza, ComponentContext context) {
            context.send(stanza.withTo(stanza.from().orElseThrow())
                    .withFrom(stanza.to().orElseThrow()));
            return CompletableFuture.completedFuture(null);
        }
    }

    @Test
    void whomAPolicyRefusesGetsItsErrorAndNothingGoesOn() {
        router.policies(List.of((from, to) ->
                from.equals(USER) || to.equals(USER) ? Optional.of(Condition.FORBIDDEN.error()) : Optional.empty()));
        route(message("b@other.example"));
        assertEquals("forbidden", answer());
        assertEquals(Outcome.REFUSED, outcome);
        router.policies(List.of());
        route(message("b@other.example"));
        assertEquals(Outcome.DELIVERED, outcome);
    }

    @Test
    void presenceToManyLeavesOutWhomAPolicyRefuses() {
        List<Jid> told = new ArrayList<>();
        router.federation((stanza, listener) -> told.add(stanza.to().orElseThrow()));
        router.policies(List.of((from, to) ->
                to.domain().equals("evil.example") ? Optional.of(Condition.NOT_ALLOWED.error()) : Optional.empty()));
        router.route(
                Stanza.presence().from(USER).build(), List.of(Jid.of("x@evil.example"), Jid.of("x@elsewhere.example")));
        assertEquals(List.of(Jid.of("x@elsewhere.example")), told);
        assertTrue(delivered.isEmpty(), delivered.toString());
    }

    @Test
    void aPolicyThatThrowsIsAnsweredAsABug() {
        router.policies(List.of((from, to) -> {
            throw new IllegalStateException("bug");
        }));
        route(message("b@other.example"));
        assertEquals("internal-server-error", answer());
    }
}
