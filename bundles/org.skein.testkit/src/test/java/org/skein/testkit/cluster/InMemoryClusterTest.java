package org.skein.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.ClusterListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.testkit.ManualScheduler;
import org.skein.xmpp.Jid;

class InMemoryClusterTest {
    private static final String CHANNEL = "test";

    private final ManualScheduler time = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(time);
    private final Map<NodeId, List<String>> seen = new HashMap<>();
    private InMemoryNode a;
    private InMemoryNode b;
    private InMemoryNode c;

    @BeforeEach
    void threeNodes() {
        a = cluster.join(heard(cluster.node("a")));
        b = cluster.join(heard(cluster.node("b")));
        c = cluster.join(heard(cluster.node("c")));
        time.runAll();
        seen.values().forEach(List::clear);
    }

    private InMemoryNode heard(InMemoryNode node) {
        List<String> mine = new ArrayList<>();
        seen.put(node.self(), mine);
        return node.listener(new ClusterListener() {
                    @Override
                    public void leaving(Set<NodeId> nodes) {
                        nodes.forEach(n -> mine.add("leaving " + n.name() + " of "
                                + node.view().ids().size()));
                    }

                    @Override
                    public void changed(View now, Set<NodeId> left, Set<NodeId> joined) {
                        left.forEach(n -> mine.add(
                                "left " + n.name() + " of " + node.view().ids().size()));
                        joined.forEach(n -> mine.add("joined " + n.name()));
                    }

                    @Override
                    public void excluded() {
                        mine.add("excluded");
                    }
                })
                .handler(CHANNEL, new PeerHandler() {
                    @Override
                    public void received(NodeId from, int lane, byte[] payload) {
                        mine.add(from.name() + ": " + new String(payload, StandardCharsets.UTF_8));
                    }

                    @Override
                    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                        return CompletableFuture.completedFuture(bytes("hello " + from.name()));
                    }
                });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aLaneKeepsItsOrderWhateverTheSchedule() {
        for (int i = 0; i < 50; i++) {
            a.send(b.self(), i % 2, CHANNEL, bytes(i % 2 + "." + i));
        }
        Random random = new Random(7);
        while (time.runOne(random)) {
            continue;
        }
        List<String> got = seen.get(b.self());
        assertEquals(50, got.size());
        for (int lane = 0; lane < 2; lane++) {
            String prefix = "a: " + lane + ".";
            List<Integer> numbers = got.stream()
                    .filter(s -> s.startsWith(prefix))
                    .map(s -> Integer.valueOf(s.substring(prefix.length())))
                    .toList();
            assertEquals(numbers.stream().sorted().toList(), numbers);
        }
    }

    @Test
    void aCrashIsSeenInTheOrderOfTheContractAndNothingComesAfterIt() {
        c.send(a.self(), 0, CHANNEL, bytes("lost"));
        cluster.crash(c);
        time.runAll();
        assertEquals(List.of("leaving c of 3", "left c of 2"), seen.get(a.self()));
        assertEquals(List.of(b.self()), a.locate(Jid.of("anna@localhost")).now());
    }

    @Test
    void aQuestionToANodeThatLeavesIsAnsweredLeft() {
        cluster.hold(a, c);
        CompletableFuture<Map<NodeId, Peers.Reply>> all =
                a.gather(CHANNEL, bytes("?"), Duration.ofSeconds(5)).toCompletableFuture();
        time.runAll();
        assertFalse(all.isDone());
        cluster.crash(c);
        time.runAll();
        assertEquals(Peers.Result.ANSWERED, all.join().get(b.self()).result());
        assertEquals("hello a", new String(all.join().get(b.self()).payload(), StandardCharsets.UTF_8));
        assertEquals(Peers.Result.LEFT, all.join().get(c.self()).result());
    }

    @Test
    void aQuestionNobodyAnswersTimesOut() {
        cluster.hold(a, b);
        CompletableFuture<Peers.Reply> answer =
                a.call(b.self(), CHANNEL, bytes("?"), Duration.ofSeconds(5)).toCompletableFuture();
        time.advance(Duration.ofMillis(4999));
        assertFalse(answer.isDone());
        time.advance(Duration.ofMillis(1));
        assertEquals(Peers.Result.TIMEOUT, answer.join().result());
        assertEquals(
                Peers.Result.FAILED,
                later(a.call(c.self(), "nobody", bytes("?"), Duration.ofSeconds(5)))
                        .result());
    }

    private Peers.Reply later(CompletionStage<Peers.Reply> answer) {
        time.runAll();
        return answer.toCompletableFuture().join();
    }

    @Test
    void aMessageOfANewerEpochWaitsForItsView() {
        a.holdViews(true);
        InMemoryNode d = cluster.join(heard(cluster.node("d")));
        time.runAll();
        d.send(a.self(), 0, CHANNEL, bytes("first"));
        time.runAll();
        assertEquals(List.of(), seen.get(a.self()));
        a.holdViews(false);
        time.runAll();
        assertEquals(List.of("joined d", "d: first"), seen.get(a.self()));
    }

    @Test
    void anExcludedNodeComesBackUnderANewIncarnation() {
        NodeId before = b.self();
        cluster.exclude(b);
        time.runAll();
        assertEquals("excluded", seen.get(before).get(0));
        assertFalse(b.isServing());
        assertTrue(b.self().incarnation() > before.incarnation());
        cluster.join(b);
        time.runAll();
        assertTrue(a.view().contains(b.self()));
        assertFalse(a.view().contains(before));
        assertTrue(b.isServing());
    }
}
