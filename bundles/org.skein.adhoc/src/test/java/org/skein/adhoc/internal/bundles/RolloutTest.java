package org.skein.adhoc.internal.bundles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;
import org.skein.adhoc.internal.Answer;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.skein.api.storage.StorageException;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.Answers;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

class RolloutTest {
    private static final Jid ADMIN = Jid.of("admin@localhost/pc");
    private static final String NAME = "my.bundle";
    private static final Duration PERIOD = Duration.ofSeconds(40);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryStorage storage = new InMemoryStorage();
    private final SharedFiles files = storage.sharedFiles();
    private final Node a = new Node("a");
    private final Node b = new Node("b");
    private final Node c = new Node("c");

    /** One node. Its framework outlives it. */
    private final class Node {
        final FakeBundles framework;
        final InMemoryNode node;
        final SharedBundles bundles;
        final Rollout rollout;
        private boolean isDead;

        Node(String name) {
            this(name, new FakeBundles());
        }

        Node(String name, FakeBundles framework) {
            this.framework = framework;
            node = cluster.node(name);
            ManualScheduler.Loop loop = scheduler.loop();
            SharedFiles files = ofProcess();
            bundles = new SharedBundles(framework, files, loop, loop::schedule, node);
            rollout = new Rollout(files, bundles, node);
            node.handler(SharedBundles.CHANNEL, bundles);
            cluster.join(node);
            scheduler.runAll();
            bundles.begin();
            scheduler.advance(Duration.ofSeconds(1));
        }

        /** The shared files as long as the process lives: what it would go on with in this test writes nothing. */
        private SharedFiles ofProcess() {
            return (SharedFiles) Proxy.newProxyInstance(
                    SharedFiles.class.getClassLoader(),
                    new Class<?>[] {SharedFiles.class},
                    (proxy, method, arguments) -> isDead
                            ? CompletableFuture.failedFuture(new FencedException("dead"))
                            : method.invoke(files, arguments));
        }

        void crash() {
            isDead = true;
            cluster.crash(node);
        }

        String version() {
            return framework.version(NAME).orElse("none");
        }
    }

    private static BundleFile file(String version) {
        byte[] jar = version.getBytes(StandardCharsets.UTF_8);
        return new BundleFile(NAME, Version.emptyVersion, BundleFile.sha256(jar), jar);
    }

    private Answer done(CompletionStage<Answer> stage) {
        scheduler.runAll();
        assertTrue(stage.toCompletableFuture().isDone());
        return stage.toCompletableFuture().join();
    }

    private CommandException refused(CompletionStage<Answer> stage) {
        scheduler.runAll();
        CompletionException failed = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        return (CommandException) failed.getCause();
    }

    private Answer installed(String version) {
        return done(a.rollout.install(file(version), ADMIN));
    }

    private String versions() {
        return List.of(a, b, c).stream().map(Node::version).collect(Collectors.joining(" "));
    }

    private static String cells(Answer answer) {
        return answer.result().rows().stream()
                .map(r -> String.join("|", r.subList(0, 4)))
                .collect(Collectors.joining(" / "));
    }

    private static List<String> outcomes(Answer answer) {
        return answer.nodes().stream().map(Answer.Outcome::line).toList();
    }

    private List<Entry> shared() {
        return Answers.of(files.list(SharedBundles.KIND));
    }

    private void assertNothingUnderWay() {
        assertEquals(List.of(), Answers.of(files.list(SharedBundles.ROLLOUT)));
    }

    @Test
    void aBundleGoesFromNodeToNodeAndIsUpdatedAndRemovedLikeThat() {
        Answer installed = installed("1");
        assertEquals("a|my.bundle|1|installed / b|my.bundle|1|installed / c|my.bundle|1|installed", cells(installed));
        assertEquals(file("1").sha256(), installed.result().rows().get(2).get(4));
        assertTrue(installed.isWhole());
        assertEquals("admin@localhost", shared().get(0).changedBy());
        Answer updated = done(b.rollout.update(file("2"), ADMIN));
        assertEquals("b|my.bundle|2|updated / a|my.bundle|2|updated / c|my.bundle|2|updated", cells(updated));
        assertEquals(file("2").sha256(), shared().get(0).sha256());
        assertEquals("2 2 2", versions());
        Answer removed = done(c.rollout.uninstall(NAME, ADMIN));
        assertEquals("c|my.bundle||removed / a|my.bundle||removed / b|my.bundle||removed", cells(removed));
        assertEquals("none none none", versions());
        assertEquals(List.of(), shared());
        assertNothingUnderWay();
        assertEquals(List.of("my.bundle 1", "my.bundle 2", "no my.bundle"), a.framework.done, "each once");
    }

    @Test
    void theNextNodeIsAskedWhenTheOneBeforeHasAnsweredAndIsWell() {
        cluster.hold(b.node, a.node);
        CompletableFuture<Answer> answer = a.rollout.install(file("1"), ADMIN).toCompletableFuture();
        scheduler.runAll();
        assertFalse(answer.isDone());
        assertEquals("1 1 none", versions());
        cluster.release(b.node, a.node);
        assertTrue(done(answer).isWhole());
        assertEquals("1 1 1", versions());
    }

    @Test
    void ifOneNodeIsNotWellAllGoBackToWhatTheyHad() {
        c.framework.broken.add("1");
        Answer first = installed("1");
        assertEquals(
                List.of(
                        "a: failed: as before: it is not there",
                        "b: failed: as before: it is not there",
                        "c: failed: 1 does not start; as before: it is not there"),
                outcomes(first));
        assertFalse(first.isDone());
        assertEquals(Optional.of(Kind.CONFLICT), first.failureKind());
        assertEquals("none none none", versions());
        assertEquals(List.of(), shared());

        installed("0");
        b.framework.broken.add("1");
        assertEquals(
                List.of(
                        "a: failed: as before: version 0",
                        "b: failed: 1 does not start; as before: version 0",
                        "c: failed: it was not its turn"),
                outcomes(done(a.rollout.update(file("1"), ADMIN))));
        assertEquals("0 0 0", versions());
        assertEquals(file("0").sha256(), shared().get(0).sha256());
        b.framework.broken.add("no my.bundle");
        assertEquals(
                "b: failed: the node is not well without my.bundle; as before: version 0",
                outcomes(done(a.rollout.uninstall(NAME, ADMIN))).get(1));
        assertEquals("0 0 0", versions());
        assertEquals(1, shared().size());
        assertNothingUnderWay();
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamedAndInLineWhenItIsBack() {
        cluster.hold(a.node, b.node);
        CompletableFuture<Answer> answer = a.rollout.install(file("1"), ADMIN).toCompletableFuture();
        scheduler.advance(Duration.ofSeconds(46));
        scheduler.advance(Duration.ofSeconds(46));
        assertEquals(
                List.of("a: ok", "b: outcome unknown: no answer within 45 s; it brings itself in line", "c: ok"),
                outcomes(answer.join()));
        assertEquals("1 1 1", versions(), "it has looked meanwhile");
    }

    @Test
    void aNodeThatHeardOfItsTurnButNotOfTheRollBackGoesBackItself() {
        cluster.hold(b.node, a.node);
        CompletableFuture<Answer> answer = a.rollout.install(file("1"), ADMIN).toCompletableFuture();
        scheduler.runAll();
        assertEquals("1 1 none", versions());
        scheduler.advance(PERIOD);
        assertEquals("1 1 none", versions(), "what is on trial stays");
        a.crash();
        scheduler.advance(PERIOD);
        assertEquals("none", b.version());
        scheduler.advance(PERIOD);
        scheduler.advance(PERIOD);
        assertNothingUnderWay();
        assertFalse(answer.isDone() && answer.join().isDone());
        Node again = new Node("a", a.framework);
        assertEquals("none", again.version());
        assertTrue(done(b.rollout.install(file("2"), ADMIN)).isWhole());
    }

    @Test
    void aNodeThatComesLaterGetsItAndOneThatWasAwayIsBroughtInLine() {
        installed("1");
        c.crash();
        scheduler.runAll();
        done(a.rollout.update(file("2"), ADMIN));
        Node late = new Node("d");
        assertEquals("2", late.version());
        Node back = new Node("c", c.framework);
        assertEquals("2", back.version());
        back.crash();
        scheduler.runAll();
        done(a.rollout.uninstall(NAME, ADMIN));
        assertEquals("none", new Node("c", back.framework).version());
    }

    @Test
    void whatWasPutAndStoppedSomewhereIsTriedAgainAndToldOnce() {
        installed("1");
        FakeBundles framework = new FakeBundles();
        framework.broken.add("1");
        Node late = new Node("d", framework);
        scheduler.advance(PERIOD);
        assertTrue(framework.done.size() > 1, framework.done::toString);
        framework.broken.clear();
        scheduler.advance(PERIOD);
        assertEquals(Optional.of(file("1").sha256()), late.framework.checksum(NAME));
    }

    @Test
    void oneThatTheFrameworkCouldNotStartIsStartedAtTheNextLook() {
        installed("1");
        c.crash();
        scheduler.runAll();
        c.framework.failed.add(NAME);
        c.framework.done.clear();
        Node back = new Node("c", c.framework);
        assertEquals(List.of(), back.framework.done, "it may only not have come to it");
        scheduler.advance(PERIOD);
        assertEquals(List.of("my.bundle 1"), back.framework.done);
        scheduler.advance(PERIOD);
        assertEquals(1, back.framework.done.size());
    }

    @Test
    void theSecondOfTwoAdministratorsIsRefusedAndToldWhoIsAtIt() {
        cluster.hold(b.node, a.node);
        CompletableFuture<Answer> first = a.rollout.install(file("1"), ADMIN).toCompletableFuture();
        scheduler.runAll();
        CommandException elsewhere = refused(b.rollout.install(file("2"), Jid.of("other@localhost")));
        assertEquals(Kind.CONFLICT, elsewhere.kind());
        assertTrue(elsewhere.getMessage().contains("admin@localhost at a#"), elsewhere.getMessage());
        assertTrue(elsewhere.getMessage().contains("nothing was done"), elsewhere.getMessage());
        assertEquals(Kind.CONFLICT, refused(a.rollout.install(file("2"), ADMIN)).kind());
        cluster.release(b.node, a.node);
        assertTrue(done(first).isWhole());
        assertEquals("1 1 1", versions());
        assertTrue(done(b.rollout.update(file("2"), ADMIN)).isWhole());
    }

    /** As a node leaves it behind that could not take it away. */
    private void leftBehind(String node) {
        Answers.of(files.put(SharedBundles.ROLLOUT, "rollout", new byte[] {1}, "admin@localhost at " + node, 0));
    }

    @Test
    void whatANodeLeftBehindItselfDoesNotStopIt() {
        leftBehind(a.node.self().toString());
        CommandException elsewhere = refused(b.rollout.install(file("1"), ADMIN));
        assertEquals(Kind.CONFLICT, elsewhere.kind());
        assertTrue(installed("1").isWhole());
        assertEquals("1 1 1", versions());
        assertNothingUnderWay();
    }

    @Test
    void whatANodeLeftBehindInAnEarlierLifeDoesNotStopIt() {
        leftBehind(a.node.self().toString());
        a.crash();
        scheduler.runAll();
        Node again = new Node("a", a.framework);
        assertTrue(done(again.rollout.install(file("1"), ADMIN)).isWhole());
        assertEquals("1 1", again.version() + " " + b.version());
        assertNothingUnderWay();
    }

    @Test
    void aNodeThatIsBackClearsAwayWhatItLeftBehindInAnEarlierLife() {
        leftBehind(a.node.self().toString());
        a.crash();
        scheduler.runAll();
        assertEquals(Kind.CONFLICT, refused(b.rollout.install(file("1"), ADMIN)).kind());
        new Node("a", a.framework);
        scheduler.advance(PERIOD);
        assertTrue(done(b.rollout.install(file("1"), ADMIN)).isWhole());
        assertNothingUnderWay();
    }

    @Test
    void whoIsNotInTheViewYetKeepsItsRollout() {
        scheduler.advance(PERIOD);
        leftBehind("late#1");
        for (int looks = 0; looks < 2; looks++) {
            CommandException refused = refused(b.rollout.install(file("1"), ADMIN));
            assertEquals(Kind.CONFLICT, refused.kind());
            assertTrue(refused.getMessage().contains("admin@localhost at late#1"), refused.getMessage());
            assertTrue(refused.getMessage().contains("nothing was done"), refused.getMessage());
            if (looks == 0) assertTrue(refused.getMessage().contains("is not in the cluster"), refused.getMessage());
            assertEquals(
                    "admin@localhost at late#1",
                    Answers.of(files.list(SharedBundles.ROLLOUT)).get(0).changedBy());
            scheduler.advance(Duration.ofSeconds(10));
        }
        scheduler.advance(PERIOD);
        scheduler.advance(PERIOD);
        assertTrue(done(b.rollout.install(file("1"), ADMIN)).isWhole());
    }

    @Test
    void eachCommandIsForWhatItSays() {
        assertEquals(Kind.NOT_FOUND, refused(a.rollout.update(file("1"), ADMIN)).kind());
        assertEquals(Kind.NOT_FOUND, refused(a.rollout.uninstall(NAME, ADMIN)).kind());
        installed("1");
        CommandException again = refused(b.rollout.install(file("2"), ADMIN));
        assertEquals(Kind.CONFLICT, again.kind());
        assertTrue(again.getMessage().contains("bundle:update-everywhere"), again.getMessage());
        assertEquals(
                "a|my.bundle|1|unchanged / b|my.bundle|1|unchanged / c|my.bundle|1|unchanged",
                cells(done(a.rollout.update(file("1"), ADMIN))));
        assertNothingUnderWay();
    }

    @Test
    void withTheDatabaseDownNothingIsDoneAndNothingIsLost() {
        installed("1");
        storage.available(false);
        CommandException down = refused(a.rollout.update(file("2"), ADMIN));
        assertEquals(Kind.UNAVAILABLE, down.kind());
        assertTrue(down.getMessage().startsWith("nothing was done: "), down.getMessage());
        scheduler.advance(PERIOD);
        scheduler.advance(PERIOD);
        assertEquals("1 1 1", versions());
        storage.available(true);
        assertTrue(done(a.rollout.update(file("2"), ADMIN)).isWhole());
    }

    @Test
    void ifTheDatabaseGoesAtTheEndNodesKeepTheTrialUntilItTells() {
        installed("1");
        cluster.hold(c.node, a.node);
        CompletableFuture<Answer> answer = a.rollout.update(file("2"), ADMIN).toCompletableFuture();
        scheduler.runAll();
        storage.available(false);
        cluster.release(c.node, a.node);
        scheduler.runAll();
        assertEquals(Answer.State.TIMED_OUT, answer.join().nodes().get(0).state());
        assertTrue(
                outcomes(answer.join()).get(0).contains("brings itself in line"),
                () -> outcomes(answer.join()).toString());
        storage.available(true);
        scheduler.advance(PERIOD);
        scheduler.advance(PERIOD);
        scheduler.advance(PERIOD);
        assertEquals("1 1 1", versions());
        assertNothingUnderWay();
    }

    @Test
    void anAnswerThatIsLostAtTheEndIsLookedUp() {
        SharedFiles unsure = new Unsure(files);
        Rollout rollout = new Rollout(unsure, a.bundles, a.node);
        assertTrue(done(rollout.install(file("1"), ADMIN)).isWhole());
        assertEquals("1 1 1", versions());
        scheduler.advance(PERIOD);
        assertEquals("1 1 1", versions());
    }

    /** Does what it is asked, and says that nobody knows. */
    private record Unsure(SharedFiles files) implements SharedFiles {
        @Override
        public CompletionStage<List<Entry>> list(String kind) {
            return files.list(kind);
        }

        @Override
        public CompletionStage<Optional<byte[]>> load(Entry entry) {
            return files.load(entry);
        }

        @Override
        public CompletionStage<Entry> put(String kind, String name, byte[] content, String by, long expected) {
            CompletionStage<Entry> put = files.put(kind, name, content, by, expected);
            if (!kind.equals(SharedBundles.KIND)) return put;
            return put.thenApply(entry -> {
                throw new StorageException("the connection broke");
            });
        }

        @Override
        public CompletionStage<Void> remove(String kind, String name, long expected) {
            return files.remove(kind, name, expected);
        }
    }

    @Test
    void whoChangedTheFileBehindItsBackWins() {
        installed("1");
        cluster.hold(c.node, a.node);
        CompletionStage<Answer> answer = a.rollout.update(file("2"), ADMIN);
        scheduler.runAll();
        Entry now = shared().get(0);
        byte[] other = file("3").content();
        Answers.of(files.put(SharedBundles.KIND, NAME, other, "by hand", now.version()));
        cluster.release(c.node, a.node);
        assertFalse(done(answer).isDone());
        scheduler.advance(PERIOD);
        assertEquals("3 3 3", versions());
    }

    @Test
    void garbageIsNoOrderAndNoReport() {
        for (byte[] garbage : List.of(new byte[0], new byte[] {1}, new byte[] {9, 9}, new byte[1000])) {
            assertTrue(a.bundles
                    .called(b.node.self(), garbage)
                    .toCompletableFuture()
                    .isCompletedExceptionally());
            b.node.handler(SharedBundles.CHANNEL, new PeerHandler() {
                @Override
                public CompletionStage<byte[]> called(NodeId from, byte[] request) {
                    return CompletableFuture.completedFuture(garbage);
                }
            });
            Answer answer = installed("1");
            assertTrue(
                    outcomes(answer).get(1).contains("its answer cannot be read"),
                    () -> outcomes(answer).toString());
            assertEquals("none none none", versions());
        }
        CompletableFuture<Report> outside =
                a.bundles.carriedOut(new Order("../x", Optional.empty(), 0)).toCompletableFuture();
        scheduler.runAll();
        assertTrue(outside.join().isFailed());
    }

    @Test
    void contentWithAnotherChecksumIsNotInstalled() {
        Entry entry = Answers.of(files.put("x", NAME, new byte[] {1}, "x", 0));
        Entry lie = new Entry("x", NAME, entry.version(), "0".repeat(64), 1, "", entry.changedAt());
        CompletableFuture<Report> report =
                a.bundles.carriedOut(new Order(NAME, Optional.of(lie), 7)).toCompletableFuture();
        scheduler.runAll();
        assertTrue(report.join().isFailed());
        assertTrue(report.join().text().contains("checksum"), report.join().text());
        assertEquals(List.of(), a.framework.done);
        assertArrayEquals(new byte[] {1}, Answers.of(files.load(entry)).orElseThrow());
    }
}
