package org.skein.adhoc.groovy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import groovy.lang.Binding;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.auth.Accounts;
import org.skein.api.command.Action.Call;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.command.Result.Column;
import org.skein.api.command.Result.Value;
import org.skein.api.session.Sessions;
import org.skein.xmpp.Jid;

/** What a script sees, what becomes of what it answers, and how it ends. */
class ScriptCommandTest {
    private static final Call CALL = new Call(Jid.of("admin@localhost"), "node1", true);
    private static final String FILE = "my-test.groovy";
    private static final String SHORT = "// name: test:x\n// title: X\n";
    private static final long PATIENCE_SECONDS = 60;

    private final Fakes fakes = new Fakes();

    private Result run(String script, Map<String, Object> input) throws Exception {
        try (Program program = compile(script)) {
            return command(script, program)
                    .run(input, CALL)
                    .toCompletableFuture()
                    .join();
        }
    }

    private static Program compile(String script) throws ScriptException {
        return Program.of(FILE, script, Header.of(script).about().deadlineSeconds());
    }

    private ScriptCommand command(String script, Program program) throws ScriptException {
        return ScriptCommand.of(FILE, Header.of(script), program, fakes.context());
    }

    private Result run(String body) throws Exception {
        return run(SHORT + body, Map.of());
    }

    private CommandException failure(String body) {
        Exception thrown = assertThrows(Exception.class, () -> run(body));
        return (CommandException) (thrown instanceof CompletionException ? thrown.getCause() : thrown);
    }

    @Test
    void whatItReturnsIsTheAnswer() throws Exception {
        assertEquals(Result.text("done"), run("'done'"));
        assertEquals(Result.text("ab2"), run("def n = 2\n\"ab$n\""));
        assertEquals(Result.text(""), run("null"));
        assertEquals(Result.text("one\ntwo"), run("println 'one'\n[1].each { println 'two' }\nnull"));
        assertEquals(Result.value("result", "Result", 7), run("3 + 4"));
        assertEquals(Result.list("result", "Result", List.of("a", "1")), run("['a', 1]"));
        assertEquals(Result.text(""), run("[]"));
        assertEquals(
                List.of(new Value("a", "a", List.of("1")), new Value("b", "b", List.of("x", "y"))),
                run("[a: 1, b: ['x', 'y']]").values());
        Result table = run("println 'see'\n[[a: 1, b: 2], [b: 3, c: null]]");
        assertEquals("see", table.text());
        assertEquals(List.of(new Column("a", "a"), new Column("b", "b"), new Column("c", "c")), table.columns());
        assertEquals(List.of(List.of("1", "2", ""), List.of("", "3", "")), table.rows());
        assertEquals(Result.text("x"), run("org.skein.api.command.Result.text('x')"));
        assertEquals(
                Result.value("result", "Result", 5), run("java.util.concurrent.CompletableFuture.supplyAsync { 5 }"));
    }

    @Test
    void fieldsAreVariablesAndServicesAreThere() throws Exception {
        fakes.services.put(Sessions.class.getName(), Fakes.fake(Sessions.class, (method, arguments) -> 42));
        fakes.services.put(
                Accounts.class.getName(),
                Fakes.fake(Accounts.class, (method, arguments) -> CompletableFuture.completedFuture(3L)));
        fakes.services.put("com.example.Hidden", new StringBuilder("abc"));
        String script = SHORT + """
                // field: who text "Who"
                // field: maybe int "Maybe" optional
                log.info('what=test')
                [fields: "$who $maybe",
                 call: "${call.by()} ${call.node()} ${call.isAskedHere()}",
                 sessions: sessions.count(),
                 accounts: await(accounts.count('localhost')),
                 service: service(org.skein.api.session.Sessions).count(),
                 hidden: service('com.example.Hidden').length(),
                 all: services('com.example.Hidden').size() + services('com.example.None').size()]
                """;
        Map<String, String> values = new HashMap<>();
        run(script, Map.of("who", "me")).values().forEach(v -> values.put(v.var(), String.join(",", v.texts())));
        assertEquals(
                Map.of(
                        "fields", "me null",
                        "call", "admin@localhost node1 true",
                        "sessions", "42",
                        "accounts", "3",
                        "service", "42",
                        "hidden", "3",
                        "all", "1"),
                values);
        assertEquals(0, fakes.taken);
        CommandException none = failure("\n\nrouter.route(null)");
        assertEquals(
                "script my-test.groovy line 5: IllegalStateException: this node has no service"
                        + " org.skein.api.component.Router",
                none.getMessage());
        assertEquals(0, fakes.taken);
    }

    @Test
    void whatItThrowsIsToldWithItsLine() throws Exception {
        assertEquals(
                "script my-test.groovy line 4: MissingPropertyException: No such property: nothing for class:"
                        + " script_my_test",
                failure("def x = 1\nnothing + x").getMessage());
        assertEquals(
                "script my-test.groovy line 5: ArithmeticException: Division by zero",
                failure("def f = {\n  it\n  1 / 0 }\nf(1)").getMessage());
        assertTrue(
                failure("assert 1 == 2").getMessage().startsWith("script my-test.groovy line 3: PowerAssertionError"));
        assertTrue(
                failure("def f() { f() }\nf()").getMessage().startsWith("script my-test.groovy line 3: StackOverflow"));
        assertEquals(
                "script my-test.groovy line 3: IllegalStateException: later",
                failure("java.util.concurrent.CompletableFuture.failedFuture(new IllegalStateException('later'))")
                        .getMessage());
        assertEquals("no", failure("fail('no')").getMessage());
        assertEquals(Kind.NOT_FOUND, failure("notFound('nobody')").kind());
        CommandException itself = failure("def l = []\nl << [l]\nl");
        assertTrue(itself.getMessage().startsWith("script my-test.groovy"), itself::getMessage);
    }

    private static CommandException failureOf(CompletableFuture<?> answer) {
        try {
            return fail("answered " + answer.join());
        } catch (CompletionException e) {
            return (CommandException) e.getCause();
        }
    }

    @Test
    void thatItFailsLaterIsToldAsWell() throws Exception {
        CompletableFuture<Object> later = new CompletableFuture<>();
        fakes.services.put("x", later);
        try (Program program = compile(SHORT + "service('x')")) {
            CompletableFuture<Result> answer =
                    command(SHORT, program).run(Map.of(), CALL).toCompletableFuture();
            assertFalse(answer.isDone());
            assertEquals(1, fakes.taken);
            later.completeExceptionally(new IllegalStateException("late"));
            assertEquals(
                    "script my-test.groovy: IllegalStateException: late",
                    failureOf(answer).getMessage());
            assertEquals(0, fakes.taken);
        }
    }

    @Test
    void servicesAreGivenBackWhereItsStageNeverCompletes() throws Exception {
        CompletableFuture<Object> never = new CompletableFuture<>();
        fakes.services.put("x", never);
        try (Program program = compile(SHORT + "service('x')")) {
            CompletableFuture<Result> answer =
                    command(SHORT, program).run(Map.of(), CALL).toCompletableFuture();
            assertEquals(1, fakes.taken);
            answer.cancel(true); // as the host does at the deadline
            assertEquals(0, fakes.taken);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while (true) {}",
                "for (;;) { Math.random() }",
                "def f = { -> true }\nwhile (f()) {}",
                "[1].each { while (true) { it + 1 } }",
                "class Busy { def go() { while (true) {} } }\nnew Busy().go()",
                "while (true) { try { while (true) {} } catch (Throwable t) { } }",
                "sleep(1_000_000)",
                "await(new java.util.concurrent.CompletableFuture())"
            })
    void anInterruptEndsIt(String body) throws Exception {
        try (Program program = compile(SHORT + "// deadline: 3600\nservice('begun').complete(true); " + body)) {
            CommandException ended = interrupted(program);
            assertTrue(
                    ended.getMessage().matches("script my-test.groovy line [45]: ended after 10 s.*"), ended::toString);
        }
    }

    private CommandException interrupted(Program program) throws Exception {
        ScriptCommand command = command(SHORT, program);
        CompletableFuture<CommandException> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        fakes.services.put("begun", begun);
        Thread thread = new Thread(() -> {
            try {
                command.run(Map.of(), CALL);
                ended.completeExceptionally(new AssertionError("it ended by itself"));
            } catch (CommandException e) {
                ended.complete(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        thread.interrupt();
        return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void oneThatSwallowsTheInterruptEndsByTheClock() throws Exception {
        String script = SHORT + "// deadline: 1\nwhile (true) { try { sleep(10) } catch (InterruptedException e) { } }";
        try (Program program = compile(script)) {
            CommandException ended = assertThrows(
                    CommandException.class, () -> command(script, program).run(Map.of(), CALL));
            assertEquals("script my-test.groovy line 4: ended after 1 s, its deadline", ended.getMessage());
        }
    }

    @Test
    void whatItPrintsHasAnEnd() throws Exception {
        Result result = run("def big = 'x' * 1000\n3000.times { println big }\nnull");
        assertEquals(Printed.MOST + 1, result.text().length());
        assertTrue(result.text().endsWith("…"));
    }

    @Test
    void whatDoesNotCompileIsToldWithItsLine() {
        ScriptException syntax = assertThrows(ScriptException.class, () -> compile(SHORT + "def x = 1\nif (x {\n"));
        assertEquals(4, syntax.line(), syntax::getMessage);
        ScriptException type = assertThrows(ScriptException.class, () -> compile(SHORT + "\nNoSuchThing x = null"));
        assertEquals("script f line 4: unable to resolve class NoSuchThing", type.of("f"));
        ScriptException grab =
                assertThrows(ScriptException.class, () -> compile(SHORT + "@Grab('a:b:1')\nimport x.Y\n1"));
        assertFalse(grab.getMessage().isBlank());
        ScriptException onlyClass = assertThrows(ScriptException.class, () -> compile(SHORT + "class A { }"));
        assertEquals("there is nothing to run: it has no statements of its own", onlyClass.getMessage());
        String deep = SHORT + "def x = " + "(".repeat(20_000) + "1" + ")".repeat(20_000);
        assertThrows(ScriptException.class, () -> compile(deep));
    }

    @Test
    void eachRunIsOfItsOwnAndAVersionLeavesNothingBehind() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String script = SHORT + "class C" + i + " { def v = " + i + " }\nn = binding.hasVariable('n') ? 1 : 0\n"
                    + "[1, 2].collect { new C" + i + "().v + it + n }.sum()";
            try (Program program = compile(script)) {
                ScriptCommand command = command(script, program);
                for (int run = 0; run < 2; run++) {
                    Result result =
                            command.run(Map.of(), CALL).toCompletableFuture().join();
                    assertEquals(Result.value("result", "Result", 2L * i + 3), result);
                }
                loaders.add(new WeakReference<>(
                        program.script(new Binding()).getClass().getClassLoader()));
            }
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (left(loaders) > 3 && System.nanoTime() < limit) System.gc();
        assertTrue(left(loaders) <= 3, () -> left(loaders) + " of 100 class loaders are still there");
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(r -> r.get() != null).count();
    }

    @Test
    void theHostSaysWhetherItIsACommand() throws Exception {
        try (Program program = compile(SHORT + "1")) {
            ScriptCommand command = command(SHORT, program);
            assertEquals("test:x", command.description().name());
            command.hosted(Optional.of("taken"));
            assertEquals(Optional.of("taken"), command.refusal());
            command.hosted(Optional.empty());
            assertSame(Optional.empty(), command.refusal());
        }
    }
}
