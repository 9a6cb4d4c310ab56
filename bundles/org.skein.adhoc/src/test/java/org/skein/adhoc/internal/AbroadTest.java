package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.adhoc.internal.TestNode.ADMIN;
import static org.skein.adhoc.internal.TestNode.HOST;
import static org.skein.adhoc.internal.TestNode.USER;
import static org.skein.adhoc.internal.TestNode.command;
import static org.skein.adhoc.internal.TestNode.step;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.TestNode.Held;
import org.skein.api.command.Result;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.disco.DiscoRequest;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** Commands that only another node has. */
class AbroadTest {
    private static final String FORM = "urn:skein:command:test:form";
    private static final String ROWS = "urn:skein:command:test:rows";
    private static final String LOCAL = "urn:test#local";

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final TestNode a = new TestNode(cluster, scheduler, "a");
    private final TestNode b = new TestNode(cluster, scheduler, "b");
    private final TestCommands.AllFields form = new TestCommands.AllFields();
    private final TestCommands.Rows rows = new TestCommands.Rows(call -> Result.later(
            Result.table(List.of("said"), List.of(List.of("hello " + call.by().local())))));

    @BeforeEach
    void oneOfTwoHasCommands() {
        b.with(form, rows);
        settle();
    }

    /** What has changed is told after a while. */
    private void settle() {
        scheduler.advance(Duration.ofSeconds(1));
    }

    private List<String> listed(TestNode node, Jid by) {
        return node.host.items(new DiscoRequest(Target.HOST, HOST, Forms.COMMANDS, by)).stream()
                .map(i -> i.node())
                .toList();
    }

    private CompletableFuture<Said> type(String name, Cancelling cancelling, String... words) {
        return a.errands.start(a.abroad.named(name).orElseThrow(), List.of(words), false, cancelling);
    }

    private Said said(String name, String... words) {
        CompletableFuture<Said> said = type(name, new Cancelling(), words);
        scheduler.runAll();
        return said.join();
    }

    @Test
    void itIsListedToThoseWhoMayUseIt() {
        assertEquals(List.of(FORM, ROWS), listed(a, ADMIN));
        assertEquals(List.of(), listed(a, USER));
        assertEquals("forbidden", a.refusal(USER, command(ROWS)));
    }

    @Test
    void itRunsWhereItIsAndTheNodeWithoutItIsNamed() {
        Element done = a.ask(ADMIN, command(ROWS));
        assertEquals("completed", done.attribute("status", ""));
        assertTrue(done.toString().contains("hello admin"), done::toString);
        assertTrue(done.toString().contains("a: no such command there"), done::toString);
        assertEquals(1, rows.runs);
    }

    @Test
    void itsFormIsFilledInPageByPage() {
        Element first = a.ask(ADMIN, command(FORM));
        Element second = a.ask(ADMIN, step(first, "", Map.of("text", List.of("hi"))));
        Element done = a.ask(ADMIN, step(second, "", Map.of("whom", List.of("juliet@localhost"))));
        assertEquals("completed", done.attribute("status", ""));
        assertEquals("hi", form.last.text());
    }

    @Test
    void anOperatorTypesItAsIfItWereHere() {
        Said done = said("test:form", "hi", "whom=a@b", "--flag");
        assertEquals(Said.DONE, done.status(), done::toString);
        assertEquals("done", done.out());
        assertTrue(form.last.flag());
        Said partial = said("test:rows");
        assertEquals(Said.NODES_MISSING, partial.status());
        assertTrue(partial.out().contains("hello"), partial::toString);
        assertEquals("a: no such command there", partial.err());
        Said wrong = said("test:form", "hi", "--colour", "green", "whom=a@b");
        assertEquals(Said.USAGE, wrong.status());
        assertTrue(wrong.err().contains("field colour"), wrong::toString);
    }

    @Test
    void whatIsHereIsNotRunThere() {
        TestCommands.Rows here = new TestCommands.Rows(rows.code);
        a.with(here);
        assertTrue(a.abroad.named("test:rows").isEmpty());
        a.ask(ADMIN, command(ROWS));
        assertEquals(1, here.runs);
        a.registry.unbindAction(here);
        assertTrue(a.abroad.named("test:rows").isPresent());
    }

    @Test
    void itGoesWithItsBundleAndWithItsNode() {
        b.registry.unbindAction(rows);
        settle();
        assertEquals(List.of(FORM), listed(a, ADMIN));
        assertEquals("item-not-found", a.refusal(ADMIN, command(ROWS)));
        cluster.crash(b.node);
        settle();
        assertEquals(List.of(), listed(a, ADMIN));
    }

    @Test
    void itGoesWithTheHostOfCommands() {
        b.abroad.deactivate();
        settle();
        assertEquals(List.of(), listed(a, ADMIN));
    }

    @Test
    void whatHasGoneAndIsStillListedIsRefused() {
        Abroad.Found before = a.abroad.named("test:rows").orElseThrow();
        b.registry.unbindAction(rows); // which has not been told
        assertEquals(List.of(FORM, ROWS), listed(a, ADMIN));
        assertEquals("item-not-found", a.refusal(ADMIN, command(ROWS)));
        CompletableFuture<Said> typed = a.errands.start(before, List.of(), false, new Cancelling());
        scheduler.runAll();
        assertEquals(Said.USAGE, typed.join().status());
        assertTrue(typed.join().err().contains("there is no command"), typed.join()::toString);
    }

    @Test
    void aNodeThatJoinsLaterKnowsAndIsKnown() {
        TestNode c = new TestNode(cluster, scheduler, "c")
                .with(new TestCommands.Local(call -> Result.later(Result.text("said by c"))));
        settle();
        assertEquals(List.of(FORM, LOCAL, ROWS), listed(c, ADMIN));
        assertEquals(List.of(FORM, LOCAL, ROWS), listed(a, ADMIN));
        assertTrue(a.ask(USER, command(LOCAL)).toString().contains("said by c"));
    }

    @Test
    void anExcludedNodeForgetsAndLearnsAnew() {
        cluster.exclude(a.node);
        settle();
        assertEquals(List.of(), listed(a, ADMIN));
        cluster.join(a.node);
        settle();
        assertEquals(List.of(FORM, ROWS), listed(a, ADMIN));
    }

    @Test
    void aNodeLostInTheMiddleLeavesTheOutcomeUnknown() {
        Held held = new Held();
        b.with(new TestCommands.Local(call -> held.call()));
        settle();
        CompletableFuture<?> asked = a.send(USER, command(LOCAL));
        CompletableFuture<Said> typed = type("test:local", new Cancelling());
        scheduler.runAll();
        assertEquals(2, held.calls.size());
        cluster.crash(b.node);
        scheduler.runAll();
        assertTrue(asked.handle((v, e) -> String.valueOf(e)).join().contains("outcome unknown"));
        assertEquals(Said.FAILED, typed.join().status());
        assertTrue(typed.join().err().contains("outcome unknown"));
    }

    @Test
    void whatWasTypedIsCancelledThere() {
        Held held = new Held();
        b.with(new TestCommands.Local(call -> held.call()));
        settle();
        Cancelling cancelling = new Cancelling();
        CompletableFuture<Said> typed = type("test:local", cancelling);
        scheduler.runAll();
        assertFalse(typed.isDone());
        cancelling.cancel();
        scheduler.runAll();
        assertTrue(typed.join().err().contains("cancelled"), typed.join()::toString);
        assertTrue(held.calls.get(0).isCancelled());
    }

    @Test
    void nonsenseFromAPeerIsNotTaken() {
        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {2},
                new Packer(1).number(Long.MAX_VALUE).number(-1).toBytes(),
                new Packer(1).number(Long.MAX_VALUE).number(1).text("no name").toBytes(),
                new Packer(1).number(Long.MAX_VALUE).number(1_000_000_000).toBytes())) {
            a.abroad.called(b.node.self(), bytes);
            assertTrue(
                    a.errands.called(b.node.self(), bytes).toCompletableFuture().isCompletedExceptionally());
        }
        assertEquals(List.of(FORM, ROWS), listed(a, ADMIN));
    }
}
