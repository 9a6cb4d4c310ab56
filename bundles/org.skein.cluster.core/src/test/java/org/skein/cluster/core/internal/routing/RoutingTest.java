package org.skein.cluster.core.internal.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class RoutingTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid ANNA_HOME = Jid.of("anna@localhost/home");

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(time);
    private final LongAdder fallbacks = new LongAdder();
    private InMemoryNode b;
    private InMemoryNode c;
    private Routing ofA;
    private Routing ofB;
    private Routing ofC;

    /** Knows what a test tells it, and remembers what it was told. */
    private static class Known implements ClusteringStrategy {
        final List<String> told = new ArrayList<>();
        CompletableFuture<Void> inStep = CompletableFuture.completedFuture(null);
        CompletableFuture<Void> published = CompletableFuture.completedFuture(null);
        NodeSet answer = NodeSet.none();
        Context context;

        @Override
        public CompletionStage<Void> start(Context context) {
            this.context = context;
            List<String> sessions = new ArrayList<>();
            context.sessions().forEach(s -> sessions.add(s.full().resource()));
            told.add("start " + sessions);
            return inStep;
        }

        @Override
        public void stop() {
            told.add("stop");
        }

        @Override
        public NodeSet locate(Jid account) {
            return answer;
        }

        @Override
        public CompletionStage<Void> bound(Jid full) {
            told.add("bound " + full.resource());
            return published;
        }

        @Override
        public void presence(Jid full, Optional<Stanza> presence) {
            told.add("presence " + full.resource() + " " + presence.isPresent());
        }

        @Override
        public void unbound(Jid full) {
            told.add("unbound " + full.resource());
        }

        @Override
        public void received(NodeId from, int lane, byte[] message) {
            told.add("received " + from.name() + " " + message.length);
        }
    }

    @BeforeEach
    void threeNodes() {
        ofA = join("a", null);
        InMemoryNode[] made = new InMemoryNode[1];
        ofB = join("b", made);
        b = made[0];
        ofC = join("c", made);
        c = made[0];
        time.runAll();
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private Routing join(String name, InMemoryNode[] made) {
        InMemoryNode node = cluster.node(name);
        Routing routing = new Routing(node.self(), node, timer, fallbacks);
        node.handler(Routing.ANNOUNCE, routing.announcements());
        node.handler(Routing.MESSAGES, routing.messages());
        node.listener(new ClusterListener() {
            @Override
            public void changed(View now, java.util.Set<NodeId> left, java.util.Set<NodeId> joined) {
                routing.change(now);
                routing.announce();
            }
        });
        cluster.join(node);
        if (made != null) made[0] = node;
        return routing;
    }

    private static List<String> names(NodeSet nodes) {
        return nodes.now().stream().map(NodeId::name).toList();
    }

    private void use(Routing routing, Known strategy) {
        routing.use("known", strategy);
        time.runAll();
    }

    private Known everywhere() {
        Known mine = new Known();
        use(ofA, mine);
        use(ofB, new Known());
        use(ofC, new Known());
        return mine;
    }

    @Test
    void withoutAStrategyAllOtherMembersAreNamed() {
        assertEquals(List.of("b", "c"), names(ofA.locate(ANNA)));
        assertEquals(Optional.empty(), ofA.current());
    }

    @Test // P3
    void whoDoesNotSayThatItPublishesToOurStrategyIsIncluded() {
        Known mine = new Known();
        use(ofA, mine);
        assertEquals(List.of("b", "c"), names(ofA.locate(ANNA)));
        use(ofB, new Known());
        assertEquals(List.of("c"), names(ofA.locate(ANNA)));
        ofC.use("another", new Known());
        time.runAll();
        assertEquals(List.of("c"), names(ofA.locate(ANNA)));
        use(ofC, new Known());
        assertEquals(List.of(), names(ofA.locate(ANNA)));
    }

    @Test
    void anAnswerIsUsedAsItIsButForStrangersAndThisNode() {
        Known mine = everywhere();
        mine.answer = NodeSet.of(List.of(b.self()));
        assertEquals(mine.answer, ofA.locate(ANNA));
        mine.answer = NodeSet.of(List.of(new NodeId("x", 99), ofA(), c.self()));
        assertEquals(List.of("c"), names(ofA.locate(ANNA)));
    }

    private NodeId ofA() {
        return cluster.nodes().get(0).self();
    }

    @Test
    void aStrategyRoutesOnlyWhenItIsInStepAndHearsOfEventsMeanwhile() {
        ofA.bound(ANNA_HOME);
        Known slow = new Known();
        slow.inStep = new CompletableFuture<>();
        CompletionStage<Void> routes = ofA.use("known", slow);
        ofA.presence(ANNA_HOME, Optional.of(Stanza.presence().build()));
        ofA.bound(Jid.of("anna@localhost/work"));
        assertEquals(Optional.empty(), ofA.current());
        slow.inStep.complete(null);
        assertTrue(routes.toCompletableFuture().isDone());
        assertEquals(Optional.of("known"), ofA.current());
        assertEquals(List.of("start [home]", "presence home true", "bound work"), slow.told);
    }

    @Test // CLUSTER 18: unpublishing is late
    void theStrategyBeforeIsToldOfEventsUntilAllKnowThatItIsOver() {
        Known first = everywhere();
        cluster.hold(cluster.nodes().get(0), c);
        Known second = new Known();
        ofA.use("another", second);
        time.runAll();
        CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
        assertTrue(first.told.contains("bound home"));
        assertTrue(second.told.contains("bound home"));
        assertFalse(first.told.contains("stop"));
        assertFalse(bind.toCompletableFuture().isDone());
        cluster.release(cluster.nodes().get(0), c);
        time.runAll();
        assertTrue(first.told.contains("stop"));
        assertTrue(bind.toCompletableFuture().isDone());
        assertTrue(names(ofC.locate(ANNA)).contains("a"));
    }

    @Test // CLUSTER 18
    void aBindWaitsForThePublication() {
        Known mine = everywhere();
        mine.published = new CompletableFuture<>();
        CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
        assertFalse(bind.toCompletableFuture().isDone());
        mine.published.complete(null);
        assertTrue(bind.toCompletableFuture().isDone());
    }

    @Test
    void aStrategyThatDisappearsIsReplacedByAllMembersWithinTheCall() {
        Known mine = everywhere();
        ofA.gone(mine);
        assertEquals(List.of("b", "c"), names(ofA.locate(ANNA)));
        assertTrue(mine.told.contains("stop"));
        CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
        assertFalse(bind.toCompletableFuture().isDone()); // b and c still believe what it published
        time.runAll();
        assertTrue(bind.toCompletableFuture().isDone());
        assertTrue(names(ofB.locate(ANNA)).contains("a"));
    }

    @Test
    void aStrategyThatThrowsOrAnswersNothingIsReplacedByAllMembers() throws Exception {
        Known broken = new Known() {
            @Override
            public NodeSet locate(Jid account) {
                throw new IllegalStateException("on purpose");
            }
        };
        use(ofA, broken);
        assertEquals(List.of("b", "c"), names(ofA.locate(ANNA)));
        timer.submit(() -> {}).get(20, TimeUnit.SECONDS);
        assertEquals(Optional.empty(), ofA.current());
        Known silent = new Known();
        silent.answer = null;
        use(ofB, silent);
        assertEquals(List.of("a", "c"), names(ofB.locate(ANNA)));
        assertEquals(2, fallbacks.sum());
    }

    @Test // CLUSTER 11
    void aLateAnswerIsAllMembersAfterASecond() {
        Known mine = everywhere();
        mine.answer = NodeSet.later(new CompletableFuture<>());
        NodeSet answer = ofA.locate(ANNA);
        assertFalse(answer.isKnown());
        List<NodeId> nodes = answer.later()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        assertEquals(List.of(b.self(), c.self()), nodes);
        mine.answer = NodeSet.later(CompletableFuture.completedFuture(List.of(c.self())));
        assertEquals(
                List.of(c.self()),
                ofA.locate(ANNA).later().toCompletableFuture().join());
    }

    @Test
    void messagesOfAStrategyReachTheSameStrategyOnly() {
        Known mine = everywhere();
        Known other = new Known();
        ofC.use("another", other);
        time.runAll();
        mine.context.send(b.self(), 0, new byte[3]);
        mine.context.send(c.self(), 0, new byte[3]);
        time.runAll();
        assertFalse(other.told.contains("received a 3"));
    }

    @Test // CLUSTER 18
    void whoJoinsIsUnknownUntilItSaysWhatItPublishes() {
        everywhere();
        Routing ofD = join("d", null);
        time.runAll();
        assertEquals(List.of("d"), names(ofA.locate(ANNA)));
        use(ofD, new Known());
        assertEquals(List.of(), names(ofA.locate(ANNA)));
        assertEquals(List.of(), names(ofD.locate(ANNA)));
    }

    @Test
    void aStrategyThatCannotStartLeavesTheOneBeforeInPlace() {
        Known mine = everywhere();
        Known bad = new Known();
        bad.inStep = CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
        CompletionStage<Void> routes = ofA.use("bad", bad);
        assertTrue(routes.toCompletableFuture().isCompletedExceptionally());
        assertEquals(Optional.of("known"), ofA.current());
        assertFalse(mine.told.contains("stop"));
        assertTrue(bad.told.contains("stop"));
    }

    @Test
    void namesOfOldAreUnderstood() {
        assertEquals(Optional.of("broadcast"), StrategyNames.shortName(""));
        assertEquals(
                Optional.of("online"), StrategyNames.shortName("tigase.cluster.strategy.OnlineUsersCachingStrategy"));
        assertEquals(Optional.of("mine"), StrategyNames.shortName("mine"));
        assertEquals(Optional.empty(), StrategyNames.shortName("com.example.Unknown"));
    }
}
