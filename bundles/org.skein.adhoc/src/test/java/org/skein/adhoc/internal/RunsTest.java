package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.TestNode.Held;
import org.skein.api.command.Action.Call;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.PeerHandler;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Jid;

class RunsTest {
    private static final Jid JULIET = Jid.of("juliet@localhost");
    private static final Map<String, List<String>> ABOUT_JULIET = Map.of("user", List.of("juliet@localhost"));
    private static final Function<Call, CompletionStage<Result>> HELLO =
            call -> Result.later(Result.text("hello " + call.by().local() + " of " + call.node()));

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final TestNode a = new TestNode(cluster, scheduler, "a");
    private final TestNode b = new TestNode(cluster, scheduler, "b");
    private final TestNode c = new TestNode(cluster, scheduler, "c");

    private static List<String> outcomes(Answer answer) {
        return answer.nodes().stream().map(Answer.Outcome::line).toList();
    }

    private static String cells(Answer answer) {
        return answer.result().rows().stream().map(r -> String.join("|", r)).collect(Collectors.joining(" / "));
    }

    @Test
    void aLocalCommandRunsOnlyWhereItIsAsked() {
        for (TestNode n : List.of(a, b, c)) n.with(new TestCommands.Local(HELLO));
        Answer answer = b.run("test:local", Map.of());
        assertEquals("hello admin of b", answer.result().text());
        assertEquals(List.of("b: ok"), outcomes(answer));
    }

    @Test
    void aCommandForAllGivesARowANode() {
        for (TestNode n : List.of(a, b, c)) n.with(new TestCommands.Rows(HELLO));
        Answer answer = b.run("test:rows", Map.of());
        assertEquals("a|hello admin of a / b|hello admin of b / c|hello admin of c", cells(answer));
        assertTrue(answer.isWhole());
    }

    @Test
    void numbersAreAddedUpAndTablesUnited() {
        for (TestNode n : List.of(a, b, c)) {
            n.with(new TestCommands.Sum(call -> Result.later(Result.value("n", "N", n == a ? 40 : 1))));
            n.with(new TestCommands.Union(call -> Result.later(
                    Result.table(List.of("k", "v"), List.of(List.of("x", "1"), List.of("node", call.node()))))));
        }
        assertEquals(
                "42",
                a.run("test:sum", Map.of()).result().values().get(0).texts().get(0));
        assertEquals("node|a / node|b / node|c / x|1", cells(c.run("test:union", Map.of())));
    }

    @Test
    void aNodeThatIsLostInTheMiddleIsNamedAndItsOutcomeUnknown() {
        Held held = new Held();
        a.with(new TestCommands.Rows(HELLO));
        b.with(new TestCommands.Rows(call -> held.call()));
        c.with(new TestCommands.Rows(HELLO));
        CompletableFuture<Answer> answer = a.start("test:rows", Map.of());
        scheduler.runAll();
        assertEquals(1, held.calls.size());
        assertFalse(answer.isDone());
        cluster.crash(b.node);
        scheduler.runAll();
        assertEquals(
                List.of("a: ok", "b: outcome unknown: it left the cluster before it answered", "c: ok"),
                outcomes(answer.join()));
        assertEquals("a|hello admin of a / c|hello admin of c", cells(answer.join()));
    }

    @Test
    void onlyACommandThatMayRunTwiceIsAskedAgainOfANodeThatIsBack() {
        Held held = new Held();
        TestCommands.Again again = new TestCommands.Again(call -> held.call());
        TestCommands.Rows once = new TestCommands.Rows(call -> held.call());
        a.with(new TestCommands.Again(HELLO), new TestCommands.Rows(HELLO));
        c.with(new TestCommands.Again(HELLO), new TestCommands.Rows(HELLO));
        b.with(again, once);
        CompletableFuture<Answer> first = a.start("test:again", Map.of());
        CompletableFuture<Answer> second = a.start("test:rows", Map.of());
        scheduler.runAll();
        cluster.exclude(b.node);
        scheduler.runAll();
        assertTrue(second.isDone());
        assertFalse(first.isDone(), "it may come back");
        cluster.join(b.node);
        scheduler.advance(Duration.ofSeconds(1));
        assertEquals(2, again.runs);
        held.calls.forEach(f -> f.complete(Result.text("late")));
        scheduler.runAll();
        assertEquals(1, once.runs);
        assertEquals("b: ok", outcomes(first.join()).get(1));
        assertEquals(
                "b: outcome unknown: it left the cluster before it answered",
                outcomes(second.join()).get(1));
    }

    @Test
    void aSlowNodeIsNamedAtTheDeadlineAndNotBefore() {
        Held held = new Held();
        a.with(new TestCommands.Rows(HELLO));
        b.with(new TestCommands.Rows(call -> held.call()));
        c.with(new TestCommands.Rows(call -> held.call()));
        CompletableFuture<Answer> answer = a.start("test:rows", Map.of());
        scheduler.advance(Duration.ofMillis(9_999));
        assertFalse(answer.isDone());
        scheduler.advance(Duration.ofMillis(1));
        assertEquals(
                List.of(
                        "a: ok",
                        "b: outcome unknown: no answer within 10 s",
                        "c: outcome unknown: no answer within 10 s"),
                outcomes(answer.join()));
        assertFalse(answer.join().isWhole());
    }

    @Test
    void aNodeWithoutTheCommandIsNamed() {
        a.with(new TestCommands.Rows(HELLO));
        c.with(new TestCommands.Rows(HELLO));
        assertEquals(List.of("a: ok", "b: no such command there", "c: ok"), outcomes(a.run("test:rows", Map.of())));
    }

    @Test
    void whatACommandDoesWrongIsToldOfItsNodeOnly() {
        a.with(new TestCommands.Rows(call -> {
            throw new IllegalStateException("bug");
        }));
        b.with(new TestCommands.Rows(call -> null));
        c.with(new TestCommands.Rows(call -> {
            throw new CommandException(Kind.CONFLICT, "already there");
        }));
        Answer answer = a.run("test:rows", Map.of());
        assertEquals(
                List.of(
                        "a: failed: internal error; the log of a has more",
                        "b: failed: internal error; the log of b has more",
                        "c: failed: already there"),
                outcomes(answer));
        assertFalse(answer.isDone());
    }

    @Test
    void whatWasDoneIsToldThoughTheCommandMakesNothingOfIt() {
        for (TestNode n : List.of(a, b)) {
            n.with(new TestCommands.Merged(HELLO, merged -> null), new TestCommands.Rows(HELLO));
        }
        Answer answer = a.run("test:merged", Map.of());
        assertEquals(2, answer.result().rows().size());
        assertFalse(answer.isWhole());
        assertEquals(
                List.of("a: failed: what came of it is not put together; the log of a has more"),
                answer.notes().stream()
                        .map(Answer.Outcome::line)
                        .filter(l -> l.contains("put"))
                        .toList());
    }

    @Test
    void garbageFromANodeIsAFailureOfThatNode() {
        for (TestNode n : List.of(a, b, c)) n.with(new TestCommands.Rows(HELLO));
        for (byte[] garbage : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[] {9}, new byte[4000])) {
            b.node.handler(Runs.CHANNEL, new PeerHandler() {
                @Override
                public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                    return CompletableFuture.completedFuture(garbage);
                }
            });
            assertEquals(
                    List.of("a: ok", "b: failed: its answer cannot be read", "c: ok"),
                    outcomes(a.run("test:rows", Map.of())));
        }
    }

    @Test
    void aRequestThatComesTwiceRunsOnce() {
        Held held = new Held();
        TestCommands.Rows rows = new TestCommands.Rows(call -> held.call());
        b.with(rows);
        byte[] request = new RunRequest(new java.util.UUID(1, 2), "test:rows", TestNode.ADMIN, Map.of()).toBytes();
        List<CompletionStage<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) answers.add(b.runs.called(a.node.self(), request));
        scheduler.runAll();
        assertEquals(1, held.calls.size());
        held.calls.get(0).complete(Result.text("once"));
        answers.add(b.runs.called(a.node.self(), request));
        scheduler.runAll();
        assertEquals(1, rows.runs);
        answers.forEach(x -> assertTrue(x.toCompletableFuture().isDone()));
    }

    @Test
    void aCommandAboutAUserRunsWhereTheUserMayBe() {
        List<String> ran = new ArrayList<>();
        for (TestNode n : List.of(a, b, c)) {
            n.with(new TestCommands.OfUser(call -> {
                ran.add(call.node());
                if (!n.online.contains(JULIET)) throw new CommandException(Kind.NOT_FOUND, "not here");
                return Result.later(Result.text("kicked"));
            }));
        }
        b.online.add(JULIET);
        a.node.strategy(account -> NodeSet.of(List.of(b.node.self(), c.node.self())));
        Answer answer = a.run("test:user", ABOUT_JULIET);
        assertEquals(List.of("b", "c"), ran.stream().sorted().toList());
        assertEquals(List.of("b: ok"), outcomes(answer), "that c has no session of hers is no failure");
        b.online.clear();
        assertEquals(
                "b: failed: not here; c: failed: not here",
                a.run("test:user", ABOUT_JULIET).failure());

        ran.clear();
        a.node.strategy(account -> NodeSet.none());
        assertEquals("not here", a.run("test:user", ABOUT_JULIET).failure());
        assertEquals(List.of("a"), ran, "of a user without session the asked node tells");
        a.online.add(JULIET);
        assertTrue(a.run("test:user", ABOUT_JULIET).isDone());
    }

    @Test
    void aNodeNotInTheViewIsNotAskedAndNamed() {
        b.online.add(JULIET);
        for (TestNode n : List.of(a, b)) n.with(new TestCommands.OfUser(HELLO));
        a.node.strategy(account -> NodeSet.of(List.of(b.node.self(), new NodeId("gone", 77))));
        assertEquals(
                List.of("b: ok", "gone: unreachable: is no member; it was not asked"),
                outcomes(a.run("test:user", ABOUT_JULIET)));
    }

    @Test
    void ofAHugeResultWhatFitsComesAndTheRestIsCounted() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) rows.add(List.of("row " + i + " " + "x".repeat(100)));
        for (TestNode n : List.of(a, b, c)) {
            n.with(new TestCommands.Rows(call ->
                    Result.later(n == b ? Result.table(List.of("k"), rows) : Result.table(List.of("k"), List.of()))));
        }
        Answer answer = a.run("test:rows", Map.of());
        int came = answer.result().rows().size();
        assertTrue(came > 50_000 && came < 100_000, () -> came + " rows");
        assertEquals(
                List.of((100_000 - came) + " rows were left out, for the answer is too long"),
                answer.notes().stream().map(Answer.Outcome::text).toList());
    }

    private CompletableFuture<Answer> start(TestNode at, String name, Cancelling cancelling) {
        return at.runs
                .run(at.registry.named(name).orElseThrow(), Map.of(), TestNode.ADMIN, cancelling)
                .toCompletableFuture();
    }

    @Test
    void whoCancelsGetsWhatHadComeAtOnceAndTheOthersAreNamed() {
        Held held = new Held();
        a.with(new TestCommands.Rows(HELLO));
        b.with(new TestCommands.Rows(HELLO));
        c.with(new TestCommands.Rows(call -> held.call()));
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Answer> answer = start(a, "test:rows", cancelling);
        scheduler.runAll();
        assertFalse(answer.isDone());
        cancelling.cancel();
        assertTrue(answer.isDone());
        assertEquals("a|hello admin of a / b|hello admin of b", cells(answer.join()));
        assertEquals(List.of("a: ok", "b: ok", "c: cancelled"), outcomes(answer.join()));
        held.calls.get(0).complete(Result.text("late")); // nobody minds
        scheduler.runAll();
        assertEquals("a|hello admin of a / b|hello admin of b / c|late", cells(again(held)));
    }

    private Answer again(Held held) {
        CompletableFuture<Answer> next = start(a, "test:rows", new Cancelling());
        scheduler.runAll();
        held.calls.get(1).complete(Result.text("late"));
        scheduler.runAll();
        return next.join();
    }

    @Test
    void whatIsCancelledIsInterruptedOnTheOtherNodesToo() throws Exception {
        WorkerThreads threads = new WorkerThreads();
        try {
            TestNode d = new TestNode(cluster, scheduler, "d", new Workers(threads, threads));
            for (TestNode n : List.of(a, b, c)) n.with(new TestCommands.Rows(HELLO));
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            d.with(new TestCommands.Rows(call -> {
                began.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
                return Result.later(Result.text("interrupted"));
            }));
            Cancelling cancelling = new Cancelling();
            start(a, "test:rows", cancelling);
            scheduler.runAll();
            assertTrue(began.await(60, TimeUnit.SECONDS));
            cancelling.cancel();
            scheduler.runAll();
            assertTrue(interrupted.await(60, TimeUnit.SECONDS));
        } finally {
            threads.close();
        }
    }

    @Test
    void whatIsCancelledBeforeItRunsDoesNotRun() {
        TestCommands.Rows rows = new TestCommands.Rows(HELLO);
        a.with(rows);
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Answer> answer = start(a, "test:rows", cancelling);
        cancelling.cancel();
        scheduler.runAll();
        assertEquals(List.of("a: cancelled", "b: cancelled", "c: cancelled"), outcomes(answer.join()));
        assertEquals(0, rows.runs);
    }

    @Test
    void whatWaitsForItsTurnIsCancelledAtOnceAndNeverRuns() {
        TestCommands.Local local = new TestCommands.Local(HELLO);
        a.with(local);
        for (int i = 0; i < Turns.TOGETHER; i++) start(a, "test:local", new Cancelling());
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Answer> answer = start(a, "test:local", cancelling);
        assertTrue(cancelling.cancel());
        assertEquals(List.of("a: cancelled"), outcomes(answer.join()));
        scheduler.runAll();
        assertEquals(Turns.TOGETHER, local.runs);
    }

    @Test
    void oneLinkThatIsFullKeepsNoOtherFromBeingCancelled() {
        Cancelling cancelling = new Cancelling();
        List<String> told = new ArrayList<>();
        cancelling.then(() -> {
            throw new IllegalStateException("the link is full");
        });
        cancelling.then(() -> told.add("b"));
        assertTrue(cancelling.cancel());
        assertEquals(List.of("b"), told);
    }

    @Test
    void whatIsCarriedOutToItsEndCannotBeCancelledAndWhatIsCancelledDoesNotBegin() {
        Cancelling late = new Cancelling();
        assertTrue(late.tooLate());
        assertFalse(late.cancel());
        Cancelling early = new Cancelling();
        assertTrue(early.cancel());
        assertFalse(early.tooLate());
    }
}
