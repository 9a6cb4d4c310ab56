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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skein.adhoc.internal.TestNode.Held;
import org.skein.api.command.Action;
import org.skein.api.command.Command;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Field;
import org.skein.api.command.Result;
import org.skein.api.component.IqHandler.Target;
import org.skein.api.disco.DiscoRequest;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

class CommandHostTest {
    private static final String FORM = "urn:skein:command:test:form";
    private static final Map<String, List<String>> PAGE1 = Map.of("text", List.of("hi"));
    private static final Map<String, List<String>> PAGE2 = Map.of("whom", List.of("juliet@localhost"));

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final TestCommands.AllFields allFields = new TestCommands.AllFields();
    private final TestNode a = new TestNode(cluster, scheduler, "a")
            .with(allFields, new TestCommands.Local(call -> Result.later(Result.text("hello " + call.by()))));

    private static Map<String, List<String>> with(Map<String, List<String>> values, String var, String... texts) {
        Map<String, List<String>> more = new LinkedHashMap<>(values);
        more.put(var, List.of(texts));
        return more;
    }

    private Element begin() {
        return a.ask(ADMIN, command(FORM));
    }

    private static String notes(Element answer) {
        return answer.children().stream()
                .filter(c -> c.name().equals("note"))
                .map(n -> n.attribute("type", "") + " " + n.text())
                .collect(Collectors.joining("; "));
    }

    private static Element form(Element answer) {
        return answer.child("x", Forms.DATA).orElseThrow();
    }

    private static Optional<Element> field(Element answer, String var) {
        return form(answer).children().stream()
                .filter(f -> f.attribute("var", "").equals(var))
                .findFirst();
    }

    private static String actions(Element answer) {
        Element actions = answer.child("actions", Forms.COMMANDS).orElseThrow();
        return actions.attribute("execute", "")
                + actions.children().stream().map(Element::name).toList();
    }

    @Test // XEP-0050 §2.3
    void commandsAreListedToThoseWhoMayUseThem() {
        for (Jid by : List.of(ADMIN, USER)) {
            List<String> nodes = a.host.items(new DiscoRequest(Target.HOST, HOST, Forms.COMMANDS, by)).stream()
                    .map(i -> i.node())
                    .toList();
            assertEquals(by == ADMIN ? List.of(FORM, "urn:test#local") : List.of("urn:test#local"), nodes);
            assertTrue(a.host.items(new DiscoRequest(Target.HOST, HOST, "", by)).isEmpty());
        }
    }

    @Test
    void whoMayNotIsRefusedAlsoAnAdministratorOfAnotherHost() {
        assertEquals("forbidden", a.refusal(USER, command(FORM)));
        assertEquals("forbidden", a.refusal(Jid.of("admin@other.host/pc"), command(FORM)));
        assertEquals("forbidden", a.refusal(Jid.of("user@other.host/pc"), command("urn:test#local")));
        assertEquals("forbidden", a.refusal(HOST, command("urn:test#local")));
    }

    @Test // XEP-0050 §2.4
    void aCommandWithoutFieldsIsDoneInOneStep() {
        Element result = a.ask(USER, command("urn:test#local").with("action", "execute"));
        assertEquals("completed", result.attribute("status", ""));
        assertFalse(result.attribute("sessionid", "").isEmpty());
        assertEquals("info hello user@localhost/pc", notes(result));
    }

    @Test // XEP-0050 §4.4
    void whatCannotBeDoneIsAnsweredWithTheRightError() {
        assertEquals("item-not-found", a.refusal(ADMIN, command("unknown")));
        assertTrue(a.refusal(ADMIN, command(FORM).with("action", "dance")).startsWith("bad-request: malformed-action"));
        assertTrue(a.refusal(ADMIN, command(FORM).with("action", "next")).startsWith("bad-request: bad-sessionid"));
        assertTrue(a.refusal(ADMIN, Element.of("command", Forms.COMMANDS)).startsWith("bad-request"));
    }

    @Test // XEP-0050 §3.4
    void aFormIsFilledInBackAndForthAndDone() {
        Element first = begin();
        assertEquals("executing", first.attribute("status", ""));
        assertEquals("next[next]", actions(first));
        assertEquals(
                List.of(
                        "text-single",
                        "text-private",
                        "text-multi",
                        "boolean",
                        "text-single",
                        "text-single",
                        "list-single",
                        "list-single"),
                form(first).children().stream()
                        .filter(f -> f.name().equals("field"))
                        .map(f -> f.attribute("type", ""))
                        .toList());
        Element second = a.ask(ADMIN, step(first, "", with(with(PAGE1, "lines", "one", "two"), "flag", "1")));
        assertEquals("complete[prev, complete]", actions(second));
        assertEquals("hi", field(second, "words").orElseThrow().childText("value", Forms.DATA), "made of the first");
        Element back = a.ask(ADMIN, step(second, "prev", Map.of()));
        assertEquals(
                List.of("one", "two"),
                field(back, "lines").orElseThrow().children().stream()
                        .map(Element::text)
                        .toList());
        a.ask(ADMIN, step(back, "next", with(PAGE1, "number", "7")));
        Element done = a.ask(ADMIN, step(back, "complete", with(with(PAGE2, "others", "a@b", "c@d"), "maybe", "3")));
        assertEquals("completed", done.attribute("status", ""));
        assertEquals(
                new TestCommands.AllFields.Input(
                        "hi",
                        "",
                        "",
                        false,
                        7,
                        0,
                        TestCommands.AllFields.Colour.BLUE,
                        "",
                        Jid.of("juliet@localhost"),
                        List.of(Jid.of("a@b"), Jid.of("c@d")),
                        List.of(),
                        List.of(),
                        Optional.of(3)),
                allFields.last);
        assertTrue(a.refusal(ADMIN, step(back, "complete", PAGE2)).contains("bad-sessionid"), "it is over");
    }

    @Test
    void whatIsFilledInWrongIsRefusedByNameAndMayBeCorrected() {
        Element first = begin();
        Map<String, List<String>> bad = new LinkedHashMap<>();
        bad.put("text", List.of("more than ten characters"));
        bad.put("number", List.of("10"));
        bad.put("big", List.of("1.5"));
        bad.put("flag", List.of("perhaps"));
        bad.put("colour", List.of("green"));
        bad.put("the-choice", List.of("c"));
        bad.put("nothing", List.of("x"));
        bad.put("whom", List.of("of@page.two"));
        bad.put("secret", List.of("two", "values"));
        bad.forEach((var, texts) -> {
            String said = a.refusal(ADMIN, step(first, "next", with(PAGE1, var, texts.toArray(String[]::new))));
            assertTrue(said.startsWith("bad-request: bad-payload: field " + var + ": "), said);
        });
        assertTrue(a.refusal(ADMIN, step(first, "next", Map.of())).contains("field text: is required"));
        String huge = a.refusal(ADMIN, step(first, "next", with(PAGE1, "secret", "x".repeat(100_000))));
        assertEquals("bad-request: bad-payload: field secret: longer than 4096 characters", huge);
        Element second = a.ask(ADMIN, step(first, "next", PAGE1));
        for (var wrong : List.of(
                with(PAGE2, "whom", "@"),
                with(PAGE2, "others", "a@b", "b@b", "c@b", "d@b"),
                with(PAGE2, "marks", "z"),
                with(PAGE2, "maybe", "99999999999"))) {
            assertTrue(
                    a.refusal(ADMIN, step(second, "complete", wrong)).startsWith("bad-request: bad-payload: field "));
        }
        assertEquals("completed", a.ask(ADMIN, step(second, "complete", PAGE2)).attribute("status", ""));
    }

    @Test
    void whatTheCommandItselfRefusesMayBeCorrectedToo() {
        Element second = a.ask(ADMIN, step(begin(), "next", Map.of("text", List.of("refused"))));
        assertEquals(
                "bad-request: bad-payload: field text: not this", a.refusal(ADMIN, step(second, "complete", PAGE2)));
        a.ask(ADMIN, step(second, "prev", Map.of()));
        a.ask(ADMIN, step(second, "next", PAGE1));
        assertEquals("completed", a.ask(ADMIN, step(second, "complete", PAGE2)).attribute("status", ""));
    }

    @Test
    void stepsOutOfOrderAreBadActions() {
        Element first = begin();
        assertTrue(a.refusal(ADMIN, step(first, "prev", Map.of())).contains("bad-action"));
        assertTrue(a.refusal(ADMIN, step(first, "complete", PAGE1)).contains("bad-action"));
        a.ask(ADMIN, step(first, "next", PAGE1));
        assertTrue(a.refusal(ADMIN, step(first, "next", PAGE2)).contains("bad-action"));
        assertTrue(a.refusal(ADMIN, step(first, "dance", PAGE2)).contains("malformed-action"));
    }

    @Test
    void aSessionBelongsToWhoBeganIt() {
        Element first = begin();
        assertTrue(a.refusal(Jid.of("admin2@localhost/x"), step(first, "next", PAGE1))
                .startsWith("forbidden"));
        a.registry.bindAction(new TestCommands.OfUser(call -> null));
        Element other = step(first, "next", PAGE1).with("node", "urn:skein:command:test:user");
        assertTrue(a.refusal(ADMIN, other).contains("bad-sessionid"));
        for (String forged :
                List.of("x", "x@a", first.attribute("sessionid", "").toLowerCase(), "@", "")) {
            String said = a.refusal(ADMIN, step(first.with("sessionid", forged), "next", PAGE1));
            assertTrue(said.contains("bad-sessionid") || said.contains("session-expired"), said);
        }
        assertEquals(
                "executing",
                a.ask(Jid.of("admin@localhost/phone"), step(first, "next", PAGE1))
                        .attribute("status", ""),
                "another of the user's clients may go on");
    }

    @Test
    void aSessionExpiresTenMinutesAfterItsLastStep() {
        Element first = begin();
        scheduler.advance(Duration.ofMinutes(9));
        a.ask(ADMIN, step(first, "next", PAGE1));
        scheduler.advance(Duration.ofMinutes(9));
        Element back = a.ask(ADMIN, step(first, "prev", Map.of()));
        scheduler.advance(Duration.ofMinutes(10));
        assertTrue(a.refusal(ADMIN, step(back, "next", PAGE1)).startsWith("not-allowed: session-expired"));
    }

    @Test
    void sessionsAreBoundedAndCancellingFreesThem() {
        List<Element> begun = new ArrayList<>();
        for (int i = 0; i < FormSessions.EACH; i++) begun.add(begin());
        assertTrue(a.refusal(ADMIN, command(FORM)).startsWith("resource-constraint"));
        Element cancelled = a.ask(ADMIN, step(begun.get(0), "cancel", Map.of()));
        assertEquals("canceled", cancelled.attribute("status", ""));
        assertEquals("executing", begin().attribute("status", ""));
        scheduler.advance(Duration.ofMinutes(10));
        assertEquals("executing", begin().attribute("status", ""));
        assertEquals(
                begun.size(),
                begun.stream().map(e -> e.attribute("sessionid", "")).distinct().count());
    }

    @Test
    void aStepThatComesToAnotherNodeIsHandedOver() {
        TestCommands.AllFields there = new TestCommands.AllFields();
        TestNode b = new TestNode(cluster, scheduler, "b").with(there);
        Element first = begin();
        Element second = b.ask(ADMIN, step(first, "next", PAGE1));
        assertEquals("complete[prev, complete]", actions(second));
        assertTrue(b.refusal(ADMIN, step(second, "complete", Map.of())).contains("field whom: is required"));
        assertTrue(b.refusal(USER, step(second, "complete", PAGE2)).startsWith("forbidden"));
        assertEquals("completed", b.ask(ADMIN, step(second, "complete", PAGE2)).attribute("status", ""));
        assertEquals("hi", allFields.last.text());
        assertEquals(null, there.last);

        Element lost = begin();
        cluster.crash(a.node);
        scheduler.runAll();
        assertTrue(b.refusal(ADMIN, step(lost, "next", PAGE1)).startsWith("not-allowed: session-expired"));
    }

    @Command(name = "test:slow", title = "Takes long", deadlineSeconds = 100)
    private static final class Slow implements Action<Slow.Input> {
        record Input(@Field(label = "Word") String word) {}

        private final Held held;

        Slow(Held held) {
            this.held = held;
        }

        @Override
        public Class<Input> input() {
            return Input.class;
        }

        @Override
        public CompletionStage<Result> run(Input input, Call call) {
            return held.call();
        }
    }

    @Test
    void anotherNodeIsWaitedForAsLongAsTheCommandMayTake() {
        Held held = new Held();
        a.with(new Slow(held));
        TestNode b = new TestNode(cluster, scheduler, "b").with(new Slow(held));
        TestNode without = new TestNode(cluster, scheduler, "c");
        scheduler.advance(Duration.ofSeconds(1));
        Element complete =
                step(a.ask(ADMIN, command("urn:skein:command:test:slow")), "complete", Map.of("word", List.of("x")));
        CompletableFuture<Optional<Element>> answer = b.send(ADMIN, complete);
        scheduler.advance(Duration.ofSeconds(90));
        assertFalse(answer.isDone());
        held.calls.get(0).complete(Result.text("done"));
        scheduler.runAll();
        assertEquals("info done", notes(answer.join().orElseThrow()));

        cluster.hold(a.node, b.node);
        cluster.hold(a.node, without.node);
        CompletableFuture<Optional<Element>> lost = b.send(ADMIN, complete);
        CompletableFuture<Optional<Element>> lostToo = without.send(ADMIN, complete);
        scheduler.advance(Duration.ofSeconds(244));
        assertFalse(lost.isDone());
        assertFalse(lostToo.isDone(), "it was told how long this command may take");
        scheduler.advance(Duration.ofSeconds(2));
        assertTrue(lost.isCompletedExceptionally());
        assertTrue(lostToo.isCompletedExceptionally());
    }

    @Test
    void twoWhoCompleteOneFormRunItOnce() {
        Held held = new Held();
        a.with(new TestCommands.OfUser(call -> held.call()));
        Element first = a.ask(ADMIN, command("urn:skein:command:test:user"));
        Element complete = step(first, "complete", Map.of("user", List.of("x@localhost")));
        CompletableFuture<Optional<Element>> one = a.send(ADMIN, complete);
        scheduler.runAll();
        assertTrue(a.refusal(ADMIN, complete).contains("it is being carried out"));
        held.calls.get(0).complete(Result.text("done"));
        scheduler.runAll();
        assertEquals("info done", notes(one.join().orElseThrow()));
        assertEquals(1, held.calls.size());
    }

    @Test
    void failuresAreErrorsWithTheCommandsText() {
        a.registry.bindAction(new TestCommands.Rows(call -> {
            throw new CommandException(Kind.NOT_FOUND, "no such thing");
        }));
        a.registry.bindAction(new TestCommands.Sum(call -> null));
        assertEquals("item-not-found: no such thing", a.refusal(ADMIN, command("urn:skein:command:test:rows")));
        assertTrue(a.refusal(ADMIN, command("urn:skein:command:test:sum")).startsWith("internal-server-error"));
    }

    @Test
    void aTableIsReportedAndCutAndMissingNodesAreNamed() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < 1500; i++) rows.add(List.of("r" + i, "\u0000&"));
        new TestNode(cluster, scheduler, "b");
        a.with(new TestCommands.Rows(call -> Result.later(Result.table(List.of("k=Key", "v"), rows))));
        Element done = a.ask(ADMIN, command("urn:skein:command:test:rows"));
        assertEquals("warn b: no such command there; warn the first 1000 rows; 500 more are not shown", notes(done));
        Element form = form(done);
        assertEquals("result", form.attribute("type", ""));
        assertEquals(
                List.of("node", "k", "v"),
                form.child("reported", Forms.DATA).orElseThrow().children().stream()
                        .map(f -> f.attribute("var", ""))
                        .toList());
        assertEquals(
                1000,
                form.children().stream().filter(c -> c.name().equals("item")).count());
        assertFalse(done.toString().contains("\u0000"));
    }

    @Test // XEP-0050 §3.4
    void whatIsUnderWayIsCancelledOnWhicheverNodeTheClientSaysSo() {
        Held held = new Held();
        TestNode b = new TestNode(cluster, scheduler, "b");
        for (TestNode n : List.of(a, b)) n.with(new TestCommands.OfUser(call -> held.call()));
        Element form = a.ask(ADMIN, command("urn:skein:command:test:user"));
        CompletableFuture<Optional<Element>> waiting =
                a.send(ADMIN, step(form, "complete", Map.of("user", List.of("juliet@localhost"))));
        scheduler.runAll();
        assertEquals(1, held.calls.size());
        Element cancelled = b.ask(ADMIN, step(form, "cancel", Map.of()));
        assertEquals("canceled", cancelled.attribute("status", ""));
        Element answer = waiting.join().orElseThrow();
        assertEquals("canceled", answer.attribute("status", ""));
        assertTrue(answer.toString().contains("b: cancelled"), answer.toString());
        assertTrue(b.refusal(ADMIN, step(form, "cancel", Map.of())).contains("bad-sessionid"));
    }
}
