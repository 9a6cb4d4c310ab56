package org.skein.cluster.core.internal.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
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

    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(time);
    private final LongAdder fallbacks = new LongAdder();
    private final List<String> failures = new ArrayList<>();
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
        public void publishes(NodeId member, boolean does) {
            told.add("publishes " + member.name() + " " + does);
        }

        @Override
        public void received(NodeId from, byte[] message) {
            told.add("received " + from.name() + " " + message.length);
        }

        @Override
        public CompletionStage<byte[]> called(NodeId from, byte[] request) {
            told.add("called " + from.name() + " " + request.length);
            return CompletableFuture.completedFuture(request);
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

    private Routing join(String name, InMemoryNode[] made) {
        InMemoryNode node = cluster.node(name);
        Routing routing = new Routing(node.self(), node, new ManualClockwork(time), fallbacks);
        node.handler(Routing.CHANNEL, routing.handler());
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
        routing.use("known", 1, strategy, failures::add);
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
        ofC.use("another", 1, new Known(), failures::add);
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
        CompletionStage<Void> routes = ofA.use("known", 1, slow, failures::add);
        time.runAll();
        ofA.presence(ANNA_HOME, Optional.of(Stanza.presence().build()));
        ofA.bound(Jid.of("anna@localhost/work"));
        assertEquals(Optional.empty(), ofA.current());
        slow.inStep.complete(null);
        time.runAll();
        assertTrue(routes.toCompletableFuture().isDone());
        assertEquals(Optional.of("known"), ofA.current());
        assertEquals(List.of("start [home]", "presence home true", "bound work"), slow.told);
    }

    @Test // CLUSTER 18: unpublishing is late
    void theStrategyBeforeIsToldOfEventsUntilAllKnowThatItIsOver() {
        Known first = everywhere();
        cluster.hold(cluster.nodes().get(0), c);
        Known second = new Known();
        ofA.use("another", 1, second, failures::add);
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
        CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
        assertFalse(bind.toCompletableFuture().isDone()); // b and c still believe what it published
        time.runAll();
        assertTrue(mine.told.contains("stop"));
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
        assertEquals(Optional.empty(), ofA.current());
        Known silent = new Known();
        silent.answer = null;
        use(ofB, silent);
        assertEquals(List.of("a", "c"), names(ofB.locate(ANNA)));
        assertEquals(2, fallbacks.sum());
        assertEquals(List.of("it threw java.lang.IllegalStateException: on purpose", "locate answered null"), failures);
    }

    @Test // CLUSTER 11
    void aLateAnswerIsAllMembersAfterASecond() {
        Known mine = everywhere();
        mine.answer = NodeSet.later(new CompletableFuture<>());
        NodeSet answer = ofA.locate(ANNA);
        assertFalse(answer.isKnown());
        assertFalse(answer.later().toCompletableFuture().isDone());
        time.advance(Duration.ofSeconds(1));
        List<NodeId> nodes = answer.later().toCompletableFuture().join();
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
        ofC.use("another", 1, other, failures::add);
        time.runAll();
        mine.context.send(b.self(), new byte[3]);
        mine.context.send(c.self(), new byte[3]);
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
        CompletionStage<Void> routes = ofA.use("bad", 1, bad, failures::add);
        time.runAll();
        Exception told = assertThrows(
                ExecutionException.class, () -> routes.toCompletableFuture().get());
        assertEquals("on purpose", told.getCause().getMessage());
        assertEquals(Optional.of("known"), ofA.current());
        assertFalse(mine.told.contains("stop"));
        assertTrue(bad.told.contains("stop"));
    }

    @Test
    void itHearsWhoPublishesInOrderWithWhatTheySay() {
        Known mine = new Known();
        Known ofBNow = new Known();
        use(ofA, mine);
        use(ofB, ofBNow);
        assertEquals(List.of("start []", "publishes b true"), mine.told);
        assertEquals(Set.of(b.self()), mine.context.publishing());
        ofBNow.context.send(ofA(), new byte[5]);
        ofB.gone(ofBNow);
        use(ofB, new Known());
        assertEquals(
                List.of("received b 5", "publishes b false", "publishes b true"),
                mine.told.subList(2, mine.told.size()));
    }

    @Test
    void aStrategyBegunAnewIsToldApartThoughNobodyHeardThatItEnded() {
        Known mine = new Known();
        use(ofA, mine);
        cluster.hold(b, cluster.nodes().get(0));
        Known first = new Known();
        use(ofB, first);
        ofB.gone(first);
        use(ofB, new Known());
        cluster.release(b, cluster.nodes().get(0));
        time.runAll();
        assertEquals("publishes b true", mine.told.get(mine.told.size() - 1));
        assertEquals(
                mine.told.stream().filter("publishes b true"::equals).count() - 1,
                mine.told.stream().filter("publishes b false"::equals).count());
        assertEquals(List.of("c"), names(ofA.locate(ANNA)));
    }

    @Test
    void aQuestionIsAnsweredByTheSameStrategyOrRefusedAtOnce() {
        Known mine = everywhere();
        ofC.use("another", 1, new Known(), failures::add);
        time.runAll();
        CompletableFuture<Peers.Reply> answered =
                mine.context.call(b.self(), new byte[2], Duration.ofSeconds(5)).toCompletableFuture();
        CompletableFuture<Peers.Reply> refused =
                mine.context.call(c.self(), new byte[2], Duration.ofSeconds(5)).toCompletableFuture();
        time.runAll();
        assertEquals(2, answered.join().payload().length);
        assertEquals(Peers.Result.FAILED, refused.join().result());
        assertTrue(
                refused.join().error().contains("known/1 is not running here"),
                refused.join().error());
    }

    @Test
    void aQuestionIsRefusedWhenTheStrategyStopsBeforeItAnswers() {
        byte[] question = StrategyFrame.message("known/1", new byte[2]);
        use(ofB, new Known() {
            @Override
            public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                return new CompletableFuture<>();
            }
        });
        ofC.use("known", 1, new Known(), failures::add); // nothing ran since: it has not begun, and questions wait
        for (Routing routing : List.of(ofC, ofB)) {
            CompletableFuture<byte[]> answer =
                    routing.handler().called(ofA(), question).toCompletableFuture();
            assertFalse(answer.isDone());
            routing.use("another", 1, new Known(), failures::add);
            time.runAll();
            assertTrue(answer.isCompletedExceptionally());
        }
    }

    @Test
    void twoVersionsOfAStrategyDoNotHearEachOther() {
        Known mine = new Known();
        use(ofA, mine);
        Known newer = new Known();
        ofB.use("known", 2, newer, failures::add);
        time.runAll();
        mine.context.send(b.self(), new byte[3]);
        time.runAll();
        assertFalse(newer.told.contains("received a 3"));
        assertTrue(names(ofA.locate(ANNA)).contains("b"));
        assertTrue(names(ofB.locate(ANNA)).contains("a"));
    }

    @Test
    void whoSendsGarbageIsIncludedUntilItBeginsAnew() {
        Known mine = new Known() {
            @Override
            public void received(NodeId from, byte[] message) {
                if (message.length == 13) throw new IllegalArgumentException("on purpose");
            }
        };
        use(ofA, mine);
        Known bad = new Known();
        use(ofB, bad);
        use(ofC, new Known());
        assertEquals(List.of(), names(ofA.locate(ANNA)));
        bad.context.send(ofA(), new byte[13]);
        time.runAll();
        assertEquals(List.of("b"), names(ofA.locate(ANNA)));
        assertEquals(Optional.of("known"), ofA.current());
        assertTrue(mine.told.contains("publishes b false"));
        ofB.gone(bad);
        use(ofB, new Known());
        assertEquals(List.of(), names(ofA.locate(ANNA)));
        assertEquals(List.of(), failures);
    }

    @Test
    void whoDoesNotPublishASessionInTimeIsReplaced() {
        Known mine = everywhere();
        mine.published = new CompletableFuture<>();
        CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
        time.runAll();
        assertFalse(bind.toCompletableFuture().isDone());
        time.advance(Duration.ofSeconds(15));
        assertTrue(bind.toCompletableFuture().isDone());
        assertEquals(Optional.empty(), ofA.current());
        assertTrue(names(ofB.locate(ANNA)).contains("a"));
    }

    @Test
    void whoAnswersLateTooOftenIsReplaced() {
        Known mine = everywhere();
        mine.answer = NodeSet.later(new CompletableFuture<>());
        for (int i = 0; i < 8; i++) {
            ofA.locate(ANNA);
            time.advance(Duration.ofSeconds(1));
        }
        assertEquals(Optional.of("known"), ofA.current(), "a silent member may be the reason");
        time.advance(Duration.ofSeconds(10));
        assertEquals(Optional.empty(), ofA.current());
        assertEquals(List.of("its answers come late"), failures);
    }

    @Test
    void whoSendsMoreThanANodeCanTakeIsReplaced() {
        Known mine = everywhere();
        InMemoryNode a = cluster.nodes().get(0);
        a.full(b.self(), Peers.lane(Routing.CHANNEL), true);
        byte[] message = new byte[1 << 20];
        for (int i = 0; i < 4; i++) mine.context.send(b.self(), message);
        assertEquals(Optional.of("known"), ofA.current());
        mine.context.send(b.self(), message);
        assertEquals(Optional.empty(), ofA.current());
        assertTrue(failures.get(0).contains("more than b can take"), failures::toString);
    }

    @Test
    void eachCallbackMayThrow() {
        List<String> events = List.of("start", "changed", "bound", "presence", "unbound", "publishes", "stop");
        for (String event : events) {
            Known mine = new Thrower(event);
            use(ofA, mine);
            ofA.change(cluster.nodes().get(0).view());
            CompletionStage<Void> bind = ofA.bound(ANNA_HOME);
            ofA.presence(ANNA_HOME, Optional.empty());
            ofA.unbound(ANNA_HOME);
            use(ofB, new Known());
            time.runAll();
            assertTrue(bind.toCompletableFuture().isDone(), event);
            assertTrue(names(ofA.locate(ANNA)).contains("c"), event);
            ofA.gone(mine);
            time.runAll();
            assertEquals(Optional.empty(), ofA.current(), event);
        }
    }

    /** Throws in one of its callbacks. */
    private static final class Thrower extends Known {
        private final String where;

        private Thrower(String where) {
            this.where = where;
        }

        private void maybe(String event) {
            if (event.equals(where)) throw new IllegalStateException(event + " on purpose");
        }

        @Override
        public CompletionStage<Void> start(Context context) {
            maybe("start");
            return super.start(context);
        }

        @Override
        public void changed(View view) {
            maybe("changed");
        }

        @Override
        public CompletionStage<Void> bound(Jid full) {
            maybe("bound");
            return super.bound(full);
        }

        @Override
        public void presence(Jid full, Optional<Stanza> presence) {
            maybe("presence");
        }

        @Override
        public void unbound(Jid full) {
            maybe("unbound");
        }

        @Override
        public void publishes(NodeId member, boolean does) {
            maybe("publishes");
        }

        @Override
        public void stop() {
            maybe("stop");
        }
    }

    @Test
    void aStrategyThatWasStoppedMayBeStartedAgain() {
        Known mine = everywhere();
        ofA.gone(mine);
        use(ofA, mine);
        assertEquals(Optional.of("known"), ofA.current());
        assertEquals(
                List.of("start []", "stop", "start []"),
                mine.told.stream().filter(t -> t.startsWith("st")).toList());
    }

    @Test
    void howeverQuicklyAStrategyIsChosenAndStoppedItHasOneLifeAtATime() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Known mine = new Known();
            for (int i = 0; i < 4; i++) {
                ofA.gone(mine);
                ofA.use("known", 1, mine, failures::add);
                for (int tasks = random.nextInt(4); tasks > 0; tasks--) time.runOne(random);
            }
            while (time.runOne(random)) {}
            String lives = mine.told.stream()
                    .filter(t -> t.startsWith("st"))
                    .map(t -> t.substring(0, 4))
                    .collect(Collectors.joining(" "));
            assertTrue(lives.matches("(star stop )*star"), "seed " + seed + ": " + lives);
            assertEquals(Optional.of("known"), ofA.current());
        }
    }

    @Test
    void presenceIsAskedOfThoseTheStrategyDoesNotKnow() {
        ClusteringStrategy.RemotePresence kept = new ClusteringStrategy.RemotePresence(
                b.self(), Stanza.presence().from(ANNA_HOME).build());
        Known mine = new Known() {
            @Override
            public Optional<Presences> presences(Jid account) {
                return Optional.of(new Presences(List.of(kept), List.of()));
            }
        };
        assertEquals(Optional.empty(), ofA.presences(ANNA));
        use(ofA, mine);
        use(ofB, new Known());
        assertEquals(
                Optional.of(new ClusteringStrategy.Presences(List.of(kept), List.of(c.self()))), ofA.presences(ANNA));
    }

    @Test
    void whoBlocksTheCallerIsInterruptedAndReplaced() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            InMemoryNode a = cluster.nodes().get(0);
            Routing real = new Routing(a.self(), a, new Threads(timer), fallbacks);
            real.change(a.view());
            CountDownLatch never = new CountDownLatch(1);
            Known mine = new Known() {
                @Override
                public NodeSet locate(Jid account) {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return NodeSet.none();
                }
            };
            CompletableFuture<String> failure = new CompletableFuture<>();
            CompletionStage<Void> routes = real.use("known", 1, mine, failure::complete);
            while (!routes.toCompletableFuture().isDone()) time.runAll();
            assertEquals(List.of("b", "c"), names(real.locate(ANNA)));
            assertTrue(failure.join().startsWith("it blocks"), failure::join);
            assertEquals(Optional.empty(), real.current());
            real.close();
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void namesOfOldAreUnderstood() {
        assertEquals("broadcast", StrategyNames.shortName(""));
        assertEquals("online", StrategyNames.shortName("tigase.cluster.strategy.OnlineUsersCachingStrategy"));
        assertEquals("mine", StrategyNames.shortName("mine"));
        assertEquals("com.example.Unknown", StrategyNames.shortName("com.example.Unknown"));
    }
}
