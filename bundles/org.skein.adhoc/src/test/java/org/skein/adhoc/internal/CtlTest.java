package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;

/** The words of {@code bin/skein ctl}, and its exit status. */
class CtlTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryNode node = cluster.join("a");
    private final Registry registry = new Registry();
    private final TestCommands.AllFields allFields = new TestCommands.AllFields();
    private final WorkerThreads threads = new WorkerThreads();
    private final Runs runs = new Runs(
            registry,
            TestNode.fake(org.skein.api.session.Sessions.class, (m, a) -> java.util.Optional.empty()),
            new Workers(threads, threads),
            node);
    private final Operator operator = new Operator(registry, runs, TestNode.hosts());
    private final Ctl ctl = new Ctl(operator, new Errands(operator, new Abroad(registry, runs, node), node));
    private String printed = "";
    private String complained = "";

    CtlTest() {
        scheduler.runAll();
        registry.bindAction(allFields);
    }

    @AfterEach
    void end() {
        threads.close();
    }

    private int ctl(String... words) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = ctl.run(
                List.of(words),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        printed = out.toString(StandardCharsets.UTF_8);
        complained = err.toString(StandardCharsets.UTF_8);
        return status;
    }

    @Test
    void wordsAreFieldsByNameAndByOrder() throws Exception {
        assertEquals(0, ctl("test:form", "hi", "number=3", "whom=j@localhost", "others=a@b", "others=c@d"), complained);
        assertEquals("done\n", printed);
        assertEquals(3, allFields.last.number());
        assertEquals(2, allFields.last.others().size());
    }

    @Test
    void wordsMayBeOptions() throws Exception {
        assertEquals(0, ctl("test:form", "--flag", "hi", "--number", "3", "--whom=j@localhost"), complained);
        assertTrue(allFields.last.flag());
        assertEquals("hi", allFields.last.text());
        assertEquals(3, allFields.last.number());
        assertEquals(2, ctl("test:form", "hi", "j@localhost", "--number"));
        assertTrue(complained.startsWith("skein: --number needs a value; test:form "), complained);
        assertEquals(2, ctl("test:form", "--loud"));
        assertTrue(complained.startsWith("skein: unknown option --loud; "), complained);
    }

    @Test
    void whoIsInterruptedIsToldWhatHadCome() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        registry.bindAction(new TestCommands.Rows(call -> {
            began.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                stopped.countDown();
            }
            return Result.later(Result.text(""));
        }));
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Thread operator = new Thread(() -> {
            try {
                status.complete(ctl("test:rows"));
            } catch (Exception e) {
                status.completeExceptionally(e);
            }
        });
        operator.start();
        assertTrue(began.await(60, TimeUnit.SECONDS));
        operator.interrupt();
        assertEquals(3, status.get(60, TimeUnit.SECONDS));
        assertEquals("skein: a: cancelled\n", complained);
        assertTrue(stopped.await(60, TimeUnit.SECONDS));
    }

    @Test
    void wrongWordsAreStatusTwo() throws Exception {
        assertEquals(2, ctl());
        assertEquals(2, ctl("no:such"));
        assertEquals(2, ctl("test:form"));
        assertEquals("skein: field text: is required\n", complained);
        assertEquals(2, ctl("test:form", "--loud"));
        assertEquals(
                2, ctl("test:form", "1", "2", "3", "1", "5", "6", "blue", "a", "j@a", "a@b", "w", "x", "1", "more"));
        assertTrue(complained.contains("'more' is one too many"), complained);
    }

    @Test
    void whatThereIsAndWhatItTakesIsTold() throws Exception {
        assertEquals(0, ctl("--list"));
        assertTrue(printed.startsWith("test:form "), printed);
        assertEquals(0, ctl("test:form", "--help"));
        assertTrue(printed.contains("test:form text= [secret=] ") && printed.contains("dark-red | blue"), printed);
    }

    @Test
    void failureIsStatusOneAndMissingNodesAreThree() throws Exception {
        registry.bindAction(new TestCommands.Local(call -> {
            throw new CommandException(Kind.CONFLICT, "already there");
        }));
        assertEquals(1, ctl("test:local"));
        assertEquals("skein: already there\n", complained);
        registry.bindAction(new TestCommands.OfUser(call -> Result.later(Result.value("n", "Number", 1))));
        assertEquals(0, ctl("test:user", "j@localhost"));
        cluster.join("b");
        scheduler.runAll();
        node.strategy(account ->
                org.skein.cluster.api.NodeSet.of(List.of(node.self(), new org.skein.cluster.api.NodeId("gone", 9))));
        assertEquals(3, ctl("test:user", "j@localhost", "--json"));
        assertEquals(
                "{\"command\":\"test:user\",\"complete\":false,\"text\":\"\",\"values\":{\"n\":\"1\"},\"columns\":[],"
                        + "\"rows\":[],\"nodes\":[{\"node\":\"a\",\"state\":\"ok\",\"text\":\"\"},{\"node\":\"gone\","
                        + "\"state\":\"unreachable\",\"text\":\"is no member; it was not asked\"}]}\n",
                printed);
        assertEquals(3, ctl("test:user", "j@localhost"));
        assertEquals("Number: 1\n", printed);
        assertEquals("gone: unreachable: is no member; it was not asked\n", complained);
    }

    @Test
    void jsonEscapesWhatItMust() {
        assertEquals("\"a\\\"\\\\\\n\\u0001\\ud83d\\ude00ä\"", Json.text("a\"\\\n\u0001\ud83d\ude00ä"));
        assertEquals("{\"a\":1}", Json.object(Map.of("a", "1")));
    }
}
