package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.adhoc.internal.commands.FakeCluster.value;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.config.NodeSettings;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Jid;

class ServerCommandsTest {
    private final FakeCluster cluster = new FakeCluster("n1", "n2");
    private final Map<String, FakeSettings> settings = new HashMap<>();
    private final Map<String, Stop> stops = new HashMap<>();
    private final List<String> stopped = new ArrayList<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final InMemoryCluster members = new InMemoryCluster(new ManualScheduler());
    private final InMemoryNode self = members.node("n1");

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private static final class FakeSettings implements NodeSettings {
        final Map<String, String> values = new TreeMap<>(Map.of("admins", "", "c2s-admins-port", "1"));

        private static CompletionStage<Entry> entry(String name, String value) {
            return CompletableFuture.completedFuture(new Entry(name, value, "console"));
        }

        @Override
        public CompletionStage<List<Entry>> show(String part) {
            return CompletableFuture.completedFuture(values.entrySet().stream()
                    .filter(e -> e.getKey().contains(part))
                    .map(e -> new Entry(e.getKey(), e.getValue(), "default"))
                    .toList());
        }

        @Override
        public CompletionStage<Entry> set(String name, String value) {
            if (!values.containsKey(name)) {
                return CompletableFuture.supplyAsync(() -> {
                    throw new IllegalArgumentException("unknown setting '" + name + "'");
                });
            }
            values.put(name, value);
            return entry(name, value);
        }

        @Override
        public CompletionStage<Entry> reset(String name) {
            return entry(name, values.put(name, ""));
        }

        @Override
        public CompletionStage<List<Entry>> logLevels() {
            return CompletableFuture.completedFuture(List.of(new Entry("root", "INFO", "console")));
        }

        @Override
        public CompletionStage<Entry> logLevel(String logger, String level) {
            return entry(logger, level);
        }
    }

    private FakeSettings settings(FakeNode node) {
        return settings.computeIfAbsent(node.name, n -> new FakeSettings());
    }

    private Stop stop(FakeNode node) {
        return stops.computeIfAbsent(node.name, n -> new Stop(then -> stopped.add(n), timer));
    }

    private final Function<FakeNode, Action<ConfigPut.Input>> put = n -> new ConfigPut(settings(n));
    private final Function<FakeNode, Action<EditAdmins.Input>> admins = n -> new EditAdmins(settings(n), cluster.hosts);
    private final Function<FakeNode, Action<WhenToEnd>> shutdown = n -> new Shutdown(stop(n), n, self);
    private final Function<FakeNode, Action<WhenToEnd>> restart = n -> new Restart(stop(n), n, self);
    private final Function<FakeNode, Action<Action.Nothing>> cancel = n -> new CancelShutdown(stop(n));

    @Test
    void aSettingIsSetShownAndTakenBackOnAllNodes() {
        cluster.run(put, new ConfigPut.Input("c2s-admins-port", "7"));
        List<String> row = List.of("c2s-admins-port", "7", "default");
        assertEquals(
                List.of(row, row),
                cluster.run(n -> new ConfigGet(settings(n)), new ConfigGet.Input("port"))
                        .rows());
        cluster.run(n -> new ConfigUnset(settings(n)), new ConfigUnset.Input("c2s-admins-port"));
        settings.values().forEach(s -> assertEquals("", s.values.get("c2s-admins-port")));
        assertEquals(2, settings.size());
    }

    @Test
    void aSettingThatIsNoneIsBadInputAndASecretIsRefused() {
        CommandException unknown = cluster.refused(put, new ConfigPut.Input("colour", "7"));
        assertEquals(Kind.BAD_INPUT, unknown.kind());
        assertEquals("unknown setting 'colour'", unknown.getMessage());
        assertEquals(
                Kind.FORBIDDEN,
                cluster.refused(put, new ConfigPut.Input("db-uri", "jdbc:mysql://h/d?password=x"))
                        .kind());
        assertEquals(
                Kind.FORBIDDEN,
                cluster.refused(put, new ConfigPut.Input("db-Password", "x")).kind());
    }

    @Test
    void levelsAreSetAndShownOnAllNodes() {
        List<String> row = List.of("session", "debug", "console");
        assertEquals(
                List.of(row, row),
                cluster.run(n -> new LogSet(settings(n)), new LogSet.Input("session", "debug"))
                        .rows());
        assertEquals(
                2,
                cluster.run(n -> new LogShow(settings(n)), new Action.Nothing())
                        .rows()
                        .size());
    }

    @Test // XEP-0133 §4.29
    void administratorsAreThoseGivenButNeverWithoutTheOneWhoAsks() {
        Jid other = Jid.of("chief@b.example");
        cluster.run(admins, new EditAdmins.Input(List.of(FakeCluster.ADMIN, other)));
        settings.values().forEach(s -> assertEquals(FakeCluster.ADMIN + "," + other, s.values.get("admins")));
        assertEquals(
                List.of(FakeCluster.ADMIN.toString(), other.toString()),
                admins.apply(cluster.node("n1"))
                        .prefill(1, Map.of())
                        .toCompletableFuture()
                        .join()
                        .get("adminjids"));
        assertEquals(
                Kind.CONFLICT,
                cluster.refused(admins, new EditAdmins.Input(List.of(other))).kind());
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(admins, new EditAdmins.Input(List.of(FakeCluster.ADMIN, Jid.of("x@other.example"))))
                        .kind());
        assertEquals(
                2, cluster.run(admins, new EditAdmins.Input(List.of())).rows().size());
    }

    @Test // XEP-0133 §4.31
    void nodesStopAfterAWhileUnlessItIsTakenBack() {
        FakeSession user = cluster.node("n2").online("x@a.example/1");
        cluster.run(shutdown, new WhenToEnd(3600, "see you", ""));
        assertEquals("see you", user.sent.get(0).body());
        assertEquals(2, timer.getQueue().size());
        assertEquals(
                Kind.CONFLICT,
                cluster.refused(shutdown, new WhenToEnd(10, "", "")).kind());
        assertEquals(1, user.sent.size());
        assertTrue(value(cluster.run(cancel, new Action.Nothing())).contains("taken back"));
        assertEquals("no stop was planned", value(cluster.run(cancel, new Action.Nothing())));
        assertEquals(List.of(), stopped);
    }

    @Test // XEP-0133 §4.30
    void aRestartIsPlannedAndTakenBackAsAStopIs() {
        FakeSession user = cluster.node("n2").online("x@a.example/1");
        assertEquals("restarts in 60 s", value(cluster.run(restart, new WhenToEnd(60, "back soon", ""))));
        assertEquals("back soon", user.sent.get(0).body());
        CommandException twice = cluster.refused(shutdown, new WhenToEnd(10, "", ""));
        assertEquals(Kind.CONFLICT, twice.kind());
        assertTrue(twice.getMessage().startsWith("restarts already, in "), twice.getMessage());
        assertTrue(value(cluster.run(cancel, new Action.Nothing())).contains("taken back"));
    }

    @Test
    void oneNodeIsStopped() {
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(shutdown, new WhenToEnd(0, "", "n7")).kind());
        assertEquals("stops in 0 s", value(cluster.run(shutdown, new WhenToEnd(0, "", "n1"))));
        assertTrue(stop(cluster.node("n1")).cancel());
        assertFalse(stop(cluster.node("n2")).cancel());
    }

    @Test
    void whatIsPlannedIsDone() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        List<Stop.Then> then = new ArrayList<>();
        new Stop(
                        what -> {
                            then.add(what);
                            done.countDown();
                        },
                        timer)
                .in(Duration.ofMillis(1), Stop.Then.COME_BACK);
        assertTrue(done.await(60, TimeUnit.SECONDS));
        assertEquals(List.of(Stop.Then.COME_BACK), then);
    }

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answers.get(method.getName())));
    }

    private static Bundle bundle(long id, String name) {
        return fake(
                Bundle.class,
                Map.of(
                        "getSymbolicName",
                        name,
                        "getVersion",
                        new Version(1, 2, 3),
                        "getState",
                        Bundle.ACTIVE,
                        "getBundleId",
                        id));
    }

    @Test
    void bundlesAreListedByName() {
        BundleContext context = fake(BundleContext.class, Map.of("getBundles", new Bundle[] {
            bundle(1, "b.two"), bundle(2, "b.one"), bundle(3, "c")
        }));
        Result result = cluster.run(n -> new BundleList(context), new BundleList.Input("b."));
        List<String> one = List.of("b.one", "1.2.3", "active", "2");
        List<String> two = List.of("b.two", "1.2.3", "active", "1");
        assertEquals(List.of(one, two, one, two), result.rows());
    }
}
