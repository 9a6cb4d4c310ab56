package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.monitor.Metrics;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.LoneLife;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.ClusterTransport;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.xmpp.Jid;

class ClusterComponentTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Map<String, Object> settings = new HashMap<>(Map.of("hostname", "10.0.0.7", "mode", true));
    private final FakeLinks links = new FakeLinks();
    private volatile Membership.Listener listener;
    private volatile LocalNode local;
    private volatile boolean portTaken;
    private boolean aloneServes;
    private volatile String refusal = "";
    private ClusterComponent component;

    private final Metrics metrics = new Metrics() {
        @Override
        public LongAdder counter(String name, String description) {
            return new LongAdder();
        }

        @Override
        public AutoCloseable gauge(String name, String description, LongSupplier value) {
            return () -> {};
        }

        @Override
        public SortedMap<String, Long> snapshot() {
            return new TreeMap<>();
        }
    };

    private final ClusterTransport transport = new ClusterTransport() {
        @Override
        public Endpoint open(NodeId self, int port, Receiver receiver) throws IOException {
            if (portTaken) throw new IOException("port 5777 is taken (cluster-port)");
            return links.open(self, receiver);
        }
    };

    private final Membership membership = (node, endpoint, told) -> {
        local = node;
        listener = told;
        return new Part(node.id());
    };

    private final class Part implements Membership.Participation {
        private final NodeId self;

        private Part(NodeId self) {
            this.self = self;
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public View view() {
            return new View(0, 1, List.of());
        }

        @Override
        public boolean isServing() {
            return true;
        }

        @Override
        public void linkChanged(NodeId peer) {
            // nothing to do
        }

        @Override
        public CompletionStage<Void> state(NodeState state) {
            seen.add("state " + state);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<List<Membership.Row>> rows() {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public long databaseClockOffsetMillis() {
            return 0;
        }

        @Override
        public CompletionStage<Void> leave() {
            seen.add("leave");
            return CompletableFuture.completedFuture(null);
        }
    }

    private final LoneLife lone = new LoneLife() {
        @Override
        public Cluster alone() {
            return (Cluster) Proxy.newProxyInstance(
                    Cluster.class.getClassLoader(), new Class<?>[] {Cluster.class}, (p, m, args) -> aloneServes);
        }

        @Override
        public long incarnation() {
            return 42;
        }

        @Override
        public void joined() {
            seen.add("lone serves no more");
        }

        @Override
        public void over() {
            seen.add("incarnation is void");
        }
    };

    private ClusterConfig config() {
        return (ClusterConfig) Proxy.newProxyInstance(
                ClusterConfig.class.getClassLoader(),
                new Class<?>[] {ClusterConfig.class},
                (p, m, args) -> settings.getOrDefault(m.getName(), m.getDefaultValue()));
    }

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (p, m, args) -> {
                    if (m.getName().equals("getProperty")) return null;
                    if (!m.getName().equals("registerService")) throw new AssertionError(m);
                    seen.add("cluster on");
                    return Proxy.newProxyInstance(
                            ServiceRegistration.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (q, method, none) -> seen.add("cluster off") ? null : null);
                });
    }

    @SuppressWarnings("unchecked")
    private static ServiceReference<DataSource> database(String kind) {
        return (ServiceReference<DataSource>) Proxy.newProxyInstance(
                ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (p, m, args) -> switch (m.getName()) {
                    case "getProperty" -> kind;
                    case "equals" -> p == args[0];
                    default -> null;
                });
    }

    private void start() {
        component = new ClusterComponent(context(), config(), metrics, lone, value -> refusal);
        component.start();
    }

    private void startWithAll() {
        start();
        component.addDatabase(database("shared"));
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> listener != null);
    }

    private void change(String name, Object value) {
        settings.put(name, value);
        component.modified(config());
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < end, "not within 20 s");
                new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitPhase(ClusterComponent.Phase phase) {
        await(() -> component.standing().phase() == phase);
    }

    private void install(long epoch, NodeId... others) {
        List<Member> members = new ArrayList<>();
        members.add(new Member(local.id(), NodeState.SERVING, 1));
        for (NodeId id : others) members.add(new Member(id, NodeState.SERVING, 1));
        View view = new View(epoch, 1, members);
        listener.decided(view);
        listener.installed(view);
    }

    @AfterEach
    void stop() {
        component.stop();
    }

    @Test
    void itJoinsWhenAllIsThereWithTheIncarnationOfTheLoneNode() {
        start();
        awaitPhase(ClusterComponent.Phase.WAITING);
        assertEquals(HealthCheck.Status.DOWN, component.check().status());
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> listener != null);
        assertEquals(new NodeId("10.0.0.7", 42), local.id());
        install(1);
        awaitPhase(ClusterComponent.Phase.MEMBER);
        await(() -> seen.contains("state SERVING"));
        assertEquals(HealthCheck.Status.OK, component.check().status());
    }

    @Test
    void aNodeThatServesAloneGoesOnWithThatUntilItIsAMember() {
        aloneServes = true;
        startWithAll();
        awaitPhase(ClusterComponent.Phase.JOINING);
        assertFalse(seen.contains("cluster on"));
        assertEquals(HealthCheck.Status.DEGRADED, component.check().status());
        install(1);
        assertEquals(
                List.of("cluster on", "lone serves no more"), List.copyOf(seen).subList(0, 2));
    }

    @Test // CLUSTER 18
    void sessionsBoundWhileItWasAloneArePublishedBeforeItServes() {
        aloneServes = true;
        Jid anna = Jid.of("anna@localhost/home");
        Session session = (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (p, m, args) -> m.getName().equals("jid") ? anna : Optional.empty());
        start();
        component.sessions = (Sessions) Proxy.newProxyInstance(
                Sessions.class.getClassLoader(), new Class<?>[] {Sessions.class}, (p, m, args) -> switch (m.getName()) {
                    case "all" -> List.of(session);
                    case "session" -> Optional.of(session);
                    default -> 1;
                });
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> listener != null);
        install(1);
        await(() -> seen.contains("state SERVING"));
        assertTrue(component.member().orElseThrow().routing().isPublished(anna));
    }

    @Test
    void aNodeThatStartsOffersItsClusterAtOnceAndServesNobody() {
        startWithAll();
        await(() -> seen.contains("cluster on"));
        assertFalse(component.member().orElseThrow().isServing());
    }

    @Test
    void anEmbeddedDatabaseIsRefusedWithTheLinesToSetAndANewOneIsTaken() {
        start();
        refusal = "set --user-db-uri=URI";
        ServiceReference<DataSource> embedded = database("embedded");
        component.addDatabase(embedded);
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> component.check().detail().contains("--user-db-uri="));
        assertEquals(ClusterComponent.Phase.REFUSED, component.standing().phase());
        refusal = "";
        component.removeDatabase(embedded);
        component.addDatabase(database("shared"));
        await(() -> listener != null);
    }

    @Test
    void aNameNobodyCanReachIsRefusedUntilItIsChanged() {
        settings.put("hostname", "localhost");
        start();
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> component.check().detail().contains("--cluster-hostname=NAME"));
        assertEquals(HealthCheck.Status.DOWN, component.check().status());
        change("hostname", "10.0.0.8");
        await(() -> listener != null);
        assertEquals("10.0.0.8", local.host());
    }

    @Test
    void whatTheMembershipRefusesForGoodIsTriedAgainWhenSettingsChange() {
        startWithAll();
        listener.refused("name in use", true);
        awaitPhase(ClusterComponent.Phase.REFUSED);
        assertTrue(component.check().detail().contains("name in use"));
        await(() -> component.member().isEmpty());
        listener = null;
        change("hostname", "10.0.0.9");
        await(() -> listener != null);
    }

    @Test
    void aPortThatIsTakenIsToldAndTriedAgain() {
        portTaken = true;
        start();
        component.bindTransport(transport);
        component.bindMembership(membership);
        await(() -> component.check().detail().contains("cluster-port"));
        portTaken = false;
        await(() -> listener != null);
    }

    @Test
    void switchedOffItLeavesAndItsIncarnationIsVoidWhereOthersGoOn() {
        startWithAll();
        install(1, new NodeId("10.0.0.8", 7));
        change("mode", false);
        awaitPhase(ClusterComponent.Phase.OFF);
        await(() -> seen.contains("cluster off"));
        assertTrue(seen.indexOf("leave") < seen.indexOf("incarnation is void"), seen.toString());
        assertTrue(seen.indexOf("incarnation is void") < seen.indexOf("cluster off"), seen.toString());
        assertTrue(component.member().isEmpty());
    }

    @Test
    void aMembershipThatIsReplacedIsLeftBeforeItIsGone() {
        startWithAll();
        install(1);
        component.unbindMembership(membership);
        assertTrue(seen.contains("leave"));
        assertEquals(ClusterComponent.Phase.WAITING, component.standing().phase());
        listener = null;
        component.bindMembership(membership);
        await(() -> listener != null);
    }

    @Test
    void drainedItStaysOutUntilItIsToldToJoin() {
        startWithAll();
        install(1, new NodeId("10.0.0.8", 7));
        listener = null;
        component.leaveDrained();
        awaitPhase(ClusterComponent.Phase.DRAINED);
        change("drain_rate", 7);
        awaitPhase(ClusterComponent.Phase.DRAINED);
        assertEquals(HealthCheck.Status.DOWN, component.check().status());
        assertEquals(null, listener);
        component.joinAgain();
        await(() -> listener != null);
    }
}
