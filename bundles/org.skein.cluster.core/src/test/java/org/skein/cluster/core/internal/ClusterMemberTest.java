package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;

class ClusterMemberTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final FakeLinks links = new FakeLinks();
    private final FakeMember a = new FakeMember("a", false, links, timer);
    private final FakeMember b = new FakeMember("b", false, links, timer);
    private final FakeMember c = new FakeMember("c", false, links, timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private void install(View view, FakeMember... members) {
        for (FakeMember m : members) m.install(view);
        links.deliver();
        for (FakeMember m : members) {
            m.heard.clear();
            m.end.log.clear();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static PeerHandler echo(List<String> seen) {
        return new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                seen.add(from.name() + " " + lane + " " + new String(payload, StandardCharsets.UTF_8));
            }

            @Override
            public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                return CompletableFuture.completedFuture(
                        bytes("hello " + from.name() + " " + new String(request, StandardCharsets.UTF_8)));
            }
        };
    }

    @Test // CLUSTER 5, 11: routing by the old view while the leaver's messages are settled
    void aViewChangeCutsTellsSwitchesAdmitsAndTellsAgain() {
        install(FakeMember.view(1, a, b), a, b);
        a.install(FakeMember.view(2, a, c));
        assertEquals(List.of("admit [c] 2", "leaving [b]", "changed -[b] +[c]"), a.end.log);
        assertEquals(
                List.of("leaving [b] epoch 1 others [b]", "holds a", "changed -[b] +[c] epoch 2 others [c]"), a.heard);
    }

    @Test
    void theFirstViewIsTheMomentTheNodeBecomesAMember() {
        a.install(FakeMember.view(7, a, b));
        assertEquals(
                List.of("holds a", "joined", "changed -[] +[b] epoch 7 others [b]", "serving true epoch 7 others [b]"),
                a.heard);
    }

    @Test
    void anOlderViewIsNotInstalled() {
        install(FakeMember.view(5, a, b), a);
        a.install(FakeMember.view(4, a, b, c));
        assertEquals(5, a.member.view().epoch());
        assertEquals(List.of(), a.heard);
    }

    @Test
    void aNodeThatStartsServesNotBeforeItsStateSaysSo() {
        FakeMember fresh = new FakeMember("d", true, links, timer);
        View joining = new View(3, 1, List.of(new Member(fresh.member.self(), NodeState.JOINING, 1)));
        fresh.install(joining);
        assertFalse(fresh.member.isServing());
        fresh.install(FakeMember.view(4, fresh));
        assertTrue(fresh.member.isServing());
        assertTrue(fresh.heard.contains("serving true epoch 4 others []"), fresh.heard.toString());
    }

    @Test // CLUSTER 5
    void aLapsedPermitStopsServingAtOnceAndIsTold() {
        install(FakeMember.view(1, a, b), a);
        a.permit(false);
        assertFalse(a.member.isServing());
        a.permit(false);
        a.permit(true);
        assertEquals(List.of("serving false epoch 1 others [b]", "serving true epoch 1 others [b]"), a.heard);
    }

    @Test
    void anExcludedNodeIsCutOffAndAloneBeforeAnybodyHears() {
        install(FakeMember.view(1, a, b), a, b);
        a.permit(false);
        a.member.excluded();
        a.member.reborn(new NodeId("a", 1000));
        assertEquals("admit [] 0", a.end.log.get(1));
        assertEquals("excluded epoch 0 others []", a.heard.get(1));
        assertEquals("over", a.heard.get(2));
        assertEquals(new NodeId("a", 1000), a.member.self());
        a.heard.clear();
        a.install(FakeMember.view(3, a, b));
        assertEquals(List.of("holds a", "joined"), a.heard.subList(0, 2));
        assertTrue(a.member.view().contains(new NodeId("a", 1000)));
    }

    @Test
    void aMessageComesToTheHandlerOfItsChannelWithItsLane() {
        install(FakeMember.view(1, a, b), a, b);
        List<String> seen = new ArrayList<>();
        b.handlers.add("rooms", echo(seen));
        a.member.peers().send(b.member.self(), 3, "rooms", bytes("one"));
        a.member.peers().send(b.member.self(), 3, "nobody", bytes("two"));
        links.deliver();
        assertEquals(List.of("a 3 one"), seen);
        assertEquals(1, b.counters.unheard().sum());
    }

    @Test
    void whatAJoinerSendsBeforeTheViewIsInstalledWaitsForItInOrder() {
        install(FakeMember.view(1, a, b), a, b);
        List<String> seen = new ArrayList<>();
        a.handlers.add("rooms", echo(seen));
        View next = FakeMember.view(2, a, c);
        c.install(next);
        a.member.decided(next);
        for (int i = 0; i < 3; i++) c.member.peers().send(a.member.self(), 1, "rooms", bytes("" + i));
        links.deliver();
        assertEquals(List.of(), seen);
        a.member.installed(next);
        c.member.peers().send(a.member.self(), 1, "rooms", bytes("3"));
        links.deliver();
        assertEquals(List.of("c 1 0", "c 1 1", "c 1 2", "c 1 3"), seen);
    }

    @Test
    void aMessageToWhoIsNoMemberIsDroppedAndCounted() {
        install(FakeMember.view(1, a, b), a, b);
        a.member.peers().send(c.member.self(), 0, "rooms", bytes("lost"));
        assertEquals(1, a.counters.notMember().sum());
    }

    @Test
    void anythingMayComeFromAPeerAndIsOnlyCounted() {
        install(FakeMember.view(1, a, b), a, b);
        byte[][] bad = {
            {},
            {1},
            {0, 0},
            {99, 1, 2},
            {1, 40, 'x'},
            {1, 0},
            {2, 0, 0},
            {2, 0, 0, 0, 0, 0, 0, 0, 1},
            {3, 1, 2},
            {-1, -1}
        };
        for (byte[] message : bad) a.member.received(b.member.self(), 0, message);
        assertEquals(bad.length, a.counters.garbage().sum());
        a.member.received(b.member.self(), 0, new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 77}); // an answer nobody waits for
        assertEquals(bad.length, a.counters.garbage().sum());
    }

    @Test
    void aHandlerThatThrowsHarmsNobody() {
        install(FakeMember.view(1, a, b), a, b);
        List<String> seen = new ArrayList<>();
        b.handlers.add("bad", new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                throw new IllegalStateException("on purpose");
            }
        });
        b.handlers.add("good", echo(seen));
        a.member.peers().send(b.member.self(), 0, "bad", bytes("x"));
        a.member.peers().send(b.member.self(), 0, "good", bytes("y"));
        Peers.Reply reply = answer(a.member.peers().call(b.member.self(), "bad", bytes("?"), LONG));
        assertEquals(List.of("a 0 y"), seen);
        assertEquals(Peers.Result.FAILED, reply.result());
        assertEquals("on purpose", reply.error());
    }

    private <T> T answer(CompletionStage<T> stage) {
        links.deliver();
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void allMembersAreAskedAndEachAnswerIsNamed() {
        install(FakeMember.view(1, a, b, c), a, b, c);
        b.handlers.add("ask", echo(new ArrayList<>()));
        Map<NodeId, Peers.Reply> replies = answer(a.member.peers().gather("ask", bytes("?"), LONG));
        assertEquals("hello a ?", new String(replies.get(b.member.self()).payload(), StandardCharsets.UTF_8));
        assertEquals(Peers.Result.FAILED, replies.get(c.member.self()).result());
        assertTrue(replies.get(c.member.self()).error().contains("ask"));
    }

    @Test
    void aQuestionToWhoLeavesOrIsNoMemberIsAnsweredLeft() {
        install(FakeMember.view(1, a, b, c), a, b, c);
        CompletionStage<Map<NodeId, Peers.Reply>> all = a.member.peers().gather("ask", bytes("?"), LONG);
        a.install(FakeMember.view(2, a, b));
        b.handlers.add("ask", echo(new ArrayList<>()));
        Map<NodeId, Peers.Reply> replies = answer(all);
        assertEquals(Peers.Result.ANSWERED, replies.get(b.member.self()).result());
        assertEquals(Peers.Result.LEFT, replies.get(c.member.self()).result());
        assertEquals(
                Peers.Result.LEFT,
                answer(a.member.peers().call(c.member.self(), "ask", bytes("?"), LONG))
                        .result());
    }

    @Test
    void aQuestionNobodyAnswersTimesOut() {
        install(FakeMember.view(1, a, b), a);
        Peers.Reply reply = a.member
                .peers()
                .call(b.member.self(), "ask", bytes("?"), Duration.ofMillis(20))
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        assertEquals(Peers.Result.TIMEOUT, reply.result());
        assertEquals(1, a.counters.timeouts().sum());
    }

    @Test
    void whoLeavesForGoodAnswersNobodyAndAsksNobody() {
        install(FakeMember.view(1, a, b), a, b);
        CompletionStage<Peers.Reply> open = a.member.peers().call(b.member.self(), "ask", bytes("?"), LONG);
        a.member.close();
        assertEquals(Peers.Result.LEFT, answer(open).result());
        assertFalse(a.member.isServing());
    }

    @Test
    void linkChangesGoToTheMembership() {
        a.member.linkChanged(b.member.self());
        assertEquals(List.of("link b"), a.heard);
    }
}
