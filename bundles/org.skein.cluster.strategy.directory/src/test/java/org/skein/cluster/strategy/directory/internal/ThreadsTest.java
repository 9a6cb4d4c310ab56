package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;
import org.skein.xmpp.Jid;

/** What a single thread cannot show: sessions bound, looked up and cached by many at once, while a directory comes and goes. */
class ThreadsTest {
    private static final byte[] NOTHING = {};
    private static final int WORKERS = 6;
    private static final int ROUNDS = 200;
    private static final long PATIENCE_SECONDS = 60;

    private final Map<NodeId, Node> nodes = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private View view;

    /** A node whose neighbours each have a thread here, and answers another. */
    private final class Node {
        final NodeId id;
        final Map<NodeId, ExecutorService> lanes = new ConcurrentHashMap<>();
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
        final Set<Jid> sessions = ConcurrentHashMap.newKeySet();
        final Set<NodeId> publishing = ConcurrentHashMap.newKeySet();
        volatile DirectoryStrategy strategy;
        volatile CoreContext context;

        Node(NodeId id) {
            this.id = id;
        }

        void start() {
            DirectoryStrategy starts = new DirectoryStrategy(20);
            context = new CoreContext(this);
            strategy = starts;
            CompletableFuture<Void> started = starts.start(context).toCompletableFuture();
            await(started);
            announce(true);
        }

        void stop() {
            announce(false);
            DirectoryStrategy stops = strategy;
            strategy = null;
            context.isOver = true;
            stops.stop();
        }

        void announce(boolean does) {
            nodes.values().stream()
                    .filter(n -> n != this)
                    .forEach(n -> n.lane(id).execute(() -> {
                        if (does) n.publishing.add(id);
                        else n.publishing.remove(id);
                        DirectoryStrategy s = n.strategy;
                        if (s != null) s.publishes(id, does);
                    }));
        }

        ExecutorService lane(NodeId from) {
            return lanes.computeIfAbsent(from, i -> Executors.newSingleThreadExecutor());
        }
    }

    private final class CoreContext implements ClusteringStrategy.Context {
        private final Node node;
        private volatile boolean isOver;

        CoreContext(Node node) {
            this.node = node;
        }

        @Override
        public NodeId self() {
            return node.id;
        }

        @Override
        public View view() {
            return view;
        }

        @Override
        public Set<NodeId> publishing() {
            return Set.copyOf(node.publishing);
        }

        @Override
        public void send(NodeId to, byte[] message) {
            throw new AssertionError("it only asks");
        }

        @Override
        public CompletionStage<Reply> call(NodeId to, byte[] request, Duration deadline) {
            CompletableFuture<Reply> answer = new CompletableFuture<>();
            if (isOver) return CompletableFuture.completedFuture(new Reply(Result.FAILED, NOTHING, "stopped"));
            Node there = nodes.get(to);
            there.lane(node.id)
                    .execute(() -> guarded(() -> {
                        DirectoryStrategy s = there.strategy;
                        CompletionStage<byte[]> stage = s == null
                                ? CompletableFuture.failedFuture(new IllegalStateException("not running"))
                                : s.called(node.id, request);
                        stage.whenComplete((bytes, failure) -> node.timer.execute(() -> answer.complete(
                                failure == null
                                        ? new Reply(Result.ANSWERED, bytes, "")
                                        : new Reply(Result.FAILED, NOTHING, failure.toString()))));
                    }));
            return answer;
        }

        @Override
        public boolean isWritable(NodeId to) {
            return true;
        }

        @Override
        public void whenWritable(NodeId to, Runnable task) {
            task.run();
        }

        @Override
        public Iterable<LocalSession> sessions() {
            return node.sessions.stream()
                    .map(full -> new LocalSession(full, Optional.empty()))
                    .toList();
        }

        @Override
        public void later(Duration delay, Runnable task) {
            if (node.timer.isShutdown()) return;
            node.timer.schedule(() -> guarded(isOver ? () -> {} : task), delay.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void failed(String reason) {
            throw new AssertionError(reason);
        }
    }

    @AfterEach
    void end() {
        workers.shutdownNow();
        nodes.values().forEach(node -> {
            node.timer.shutdownNow();
            node.lanes.values().forEach(ExecutorService::shutdownNow);
        });
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Exception | Error e) {
            failures.add(e);
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("not in " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static List<NodeId> locate(Node node, Jid account) {
        CompletableFuture<List<NodeId>> answer = new CompletableFuture<>();
        NodeSet set = node.strategy.locate(account);
        set.then(answer::complete, answer::completeExceptionally);
        return await(answer);
    }

    @Test // P3
    void whatIsBoundIsFoundWhileEverythingMoves() throws Exception {
        List<NodeId> ids = List.of(
                new NodeId("a", 1), new NodeId("b", 2), new NodeId("c", 3), new NodeId("d", 4), new NodeId("e", 5));
        view = new View(
                1,
                1,
                ids.stream().map(id -> new Member(id, NodeState.SERVING, 1)).toList());
        ids.forEach(id -> nodes.put(id, new Node(id)));
        List<Node> stable = ids.subList(0, 4).stream().map(nodes::get).toList();
        stable.forEach(Node::start);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            int worker = i;
            work.add(workers.submit(() -> bindAndFind(worker, stable)));
        }
        Node restless = nodes.get(ids.get(4));
        while (work.stream().anyMatch(w -> !w.isDone())) {
            restless.start();
            for (int i = 0; i < 200; i++) locate(restless, account(i % WORKERS));
            restless.stop();
        }
        for (Future<?> w : work) w.get();
        nothingIsLeft(stable);
        assertEquals(List.of(), List.copyOf(failures));
    }

    private static Jid account(int worker) {
        return Jid.of("user" + worker + "@example.org");
    }

    private static void bindAndFind(int worker, List<Node> stable) {
        Random random = new Random(worker);
        Jid account = account(worker);
        for (int round = 0; round < ROUNDS; round++) {
            Node node = stable.get(random.nextInt(stable.size()));
            Jid full = account.withResource("r" + round);
            for (Node other : stable) locate(other, account); // it may be cached
            node.sessions.add(full);
            await(node.strategy.bound(full).toCompletableFuture());
            for (Node other : stable) {
                if (other == node || !other.publishing.contains(node.id)) continue;
                List<NodeId> named = locate(other, account);
                assertTrue(
                        named.contains(node.id), () -> other.id + " missed " + node.id + " for " + full + ": " + named);
            }
            node.sessions.remove(full);
            node.strategy.unbound(full);
        }
    }

    private void nothingIsLeft(List<Node> stable) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (left(stable) != 0 && System.nanoTime() < end) {
            for (int i = 0; i < WORKERS; i++) {
                for (Node node : stable) locate(node, account(i));
            }
            Thread.onSpinWait();
        }
        assertEquals(0, left(stable), "entries left");
        stable.forEach(node -> assertEquals(0, node.strategy.renewals()));
    }

    private static long left(List<Node> stable) {
        return stable.stream()
                .map(node -> node.strategy.figures())
                .mapToLong(f -> f.get("entries") + f.get("replicas") + f.get("cached"))
                .sum();
    }
}
