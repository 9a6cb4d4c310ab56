package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.Membership;
import org.skein.xmpp.Jid;
import org.skein.xmpp.StreamError;

class DrainTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService unused = Executors.newSingleThreadScheduledExecutor();
    private final FakeLinks links = new FakeLinks();
    private final FakeMember a = new FakeMember("a", false, links, timer);
    private final FakeMember b = new FakeMember("b", false, links, timer);
    private final List<FakeSession> sessions = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(1);
    private final List<String> events = new ArrayList<>();

    /** One that can be resumed stays, without its stream, until it is closed. */
    private static final class FakeSession {
        private final String id;
        private final boolean resumable;
        private boolean connected = true;
        private boolean over;
        private StreamError error;

        private FakeSession(String id, boolean resumable) {
            this.id = id;
            this.resumable = resumable;
        }

        private Session proxy() {
            return (Session) Proxy.newProxyInstance(
                    Session.class.getClassLoader(), new Class<?>[] {Session.class}, (p, method, args) -> {
                        switch (method.getName()) {
                            case "id":
                                return id;
                            case "jid":
                                return Jid.of("u" + id + "@localhost/r");
                            case "isConnected":
                                return connected;
                            case "redirect":
                                error = (StreamError) args[0];
                                connected = false;
                                over = !resumable;
                                return null;
                            case "close":
                                connected = false;
                                over = true;
                                return null;
                            default:
                                throw new UnsupportedOperationException(method.getName());
                        }
                    });
        }
    }

    private final Sessions service = new Sessions() {
        @Override
        public Optional<Session> session(Jid full) {
            return Optional.empty();
        }

        @Override
        public Optional<OnlineAccount> account(Jid bare) {
            return Optional.empty();
        }

        @Override
        public List<Session> all() {
            return sessions.stream()
                    .filter(s -> !s.over)
                    .map(FakeSession::proxy)
                    .toList();
        }

        @Override
        public int count() {
            return all().size();
        }

        @Override
        public <T> CompletionStage<T> state(Jid account, Class<T> type) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }
    };

    @BeforeEach
    void twoNodes() {
        View view = FakeMember.view(1, a, b);
        a.install(view);
        b.install(view);
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        unused.shutdownNow();
    }

    private Drain drain(int perSecond) {
        unused.shutdownNow(); // nothing ticks by itself
        return new Drain(
                a.member,
                () -> service,
                unused,
                nanos::get,
                new Random(3),
                perSecond,
                redirect -> {
                    events.add("redirect on");
                    return () -> events.add("redirect off");
                },
                () -> events.add("empty"));
    }

    private void users(int count, boolean resumable) {
        for (int i = 0; i < count; i++) sessions.add(new FakeSession("" + sessions.size(), resumable));
    }

    private long connected() {
        return sessions.stream().filter(s -> s.connected).count();
    }

    @Test
    void withoutAnotherNodeThatServesThereIsNowhereToGo() {
        assertEquals(Optional.empty(), Drain.obstacle(a.member));
        a.install(new View(
                2,
                1,
                List.of(
                        new Member(a.member.self(), NodeState.SERVING, 1),
                        new Member(b.member.self(), NodeState.DRAINING, 1))));
        assertTrue(Drain.obstacle(a.member).isPresent());
    }

    @Test // CLUSTER 25
    void streamsAreClosedAtTheRateAndNoFaster() {
        users(1000, false);
        Drain drain = drain(100);
        drain.begin();
        for (int i = 0; i < 50; i++) drain.tick(); // 100 ms each, half more or less
        long closed = 1000 - connected();
        assertTrue(closed > 350 && closed < 650, "closed " + closed);
        assertFalse(drain.isOver());
    }

    @Test
    void withoutARateAllGoAtOnceAndTheNodeIsEmpty() {
        users(30, false);
        Drain drain = drain(0);
        drain.begin();
        drain.tick();
        assertEquals(0, connected());
        drain.tick();
        assertTrue(drain.isOver());
        assertEquals(List.of("redirect on", "empty"), events);
        drain.end();
        assertEquals("redirect off", events.get(2));
        assertTrue(drain.progress().startsWith("30 of 30 streams closed, 0 sessions left"), drain.progress());
    }

    @Test
    void whatCanBeResumedIsGivenTimeAndThenEnded() {
        users(2, true);
        Drain drain = drain(0);
        drain.begin();
        drain.tick();
        drain.tick();
        assertFalse(drain.isOver());
        assertEquals(2, service.count());
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(16));
        drain.tick();
        assertEquals(0, service.count());
        drain.tick();
        assertTrue(drain.isOver());
    }

    @Test
    void clientsAreToldWhereToGoIfAnotherNodeSaidSo() {
        a.rows = List.of(row(a, "a.example.com:5222"), row(b, "b.example.com:5222"));
        users(1, true);
        Drain drain = drain(0);
        drain.begin();
        drain.tick();
        assertEquals(StreamError.Condition.SEE_OTHER_HOST, sessions.get(0).error.condition());
        assertEquals(Optional.of("b.example.com:5222"), drain.otherHost("localhost", Optional.empty()));
    }

    @Test
    void otherwiseTheyAreToldThatTheNodeStops() {
        users(1, true);
        Drain drain = drain(0);
        drain.begin();
        drain.tick();
        assertEquals(
                StreamError.Condition.SYSTEM_SHUTDOWN, sessions.get(0).error.condition());
        assertEquals(Optional.empty(), drain.otherHost("localhost", Optional.empty()));
    }

    private static Membership.Row row(FakeMember m, String clients) {
        return new Membership.Row(
                m.member.self(),
                m.member.self().name(),
                5777,
                clients,
                Set.of(),
                1,
                "1",
                NodeState.SERVING,
                0,
                new LocalNode.Figures(0, 0, 0, ""));
    }
}
