package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;
import org.skein.xmpp.Jid;

/** Three nodes with real threads: event loops, a lane from each node to each other, a timer. */
class ThreadsTest {
    private static final int LOOPS = 3;
    private static final int ROUNDS = 400;
    private static final List<NodeId> IDS = List.of(new NodeId("a", 1), new NodeId("b", 1), new NodeId("c", 1));

    private record Lane(NodeId from, NodeId to) {}

    private final Map<NodeId, OnlineStrategy> nodes = new TreeMap<>();
    private final Map<Lane, ExecutorService> lanes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final Queue<String> missed = new ConcurrentLinkedQueue<>();
    private final AtomicLong runs = new AtomicLong();

    @AfterEach
    void end() {
        nodes.values().forEach(OnlineStrategy::stop);
        timer.shutdownNow();
        lanes.values().forEach(ExecutorService::shutdownNow);
    }

    @Test
    void whatIsBoundIsFoundWhateverElseGoesOn() throws Exception {
        for (NodeId id : IDS)
            nodes.put(id, new OnlineStrategy(Limits.USUAL, Duration.ofSeconds(1), runs::incrementAndGet));
        List<CompletableFuture<Void>> started = new ArrayList<>();
        nodes.forEach((id, s) -> started.add(s.start(new Services(id)).toCompletableFuture()));
        join(started);
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        for (NodeId id : IDS) {
            for (int i = 0; i < LOOPS; i++) {
                int loop = i;
                loops.add(CompletableFuture.runAsync(
                        () -> loop(id, loop), lane(new Lane(id, new NodeId("loop", 1 + i)))));
            }
        }
        join(loops);
        assertEquals(List.of(), List.copyOf(missed));
        // The frame that tells these sessions, or one before it, tells all that was before.
        List<CompletableFuture<Void>> last = new ArrayList<>();
        nodes.forEach((id, s) -> last.add(s.bound(jid("last", id.name())).toCompletableFuture()));
        join(last);
        nodes.forEach((id, s) -> {
            Set<NodeId> others = new TreeSet<>(IDS);
            others.remove(id);
            for (int i = 0; i < LOOPS; i++)
                assertEquals(others, Set.copyOf(s.locate(account(i)).now()));
            assertEquals(2 * LOOPS + 2, s.figures().get("sessions"));
            assertEquals(0, s.figures().get("repaired"));
        });
    }

    private static void join(List<CompletableFuture<Void>> all) throws Exception {
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }

    private static Jid account(int loop) {
        return Jid.of("user" + loop + "@localhost");
    }

    private static Jid jid(String user, String resource) {
        return Jid.of(user + "@localhost/" + resource);
    }

    /** Sessions come and go; loops of one number on different nodes have the same account. The last one stays. */
    private void loop(NodeId id, int loop) {
        OnlineStrategy here = nodes.get(id);
        for (int i = 0; i <= ROUNDS; i++) {
            Jid full = account(loop).withResource(id.name() + i);
            here.bound(full)
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
            nodes.forEach((other, s) -> {
                if (!other.equals(id) && !s.locate(full.bare()).now().contains(id))
                    missed.add(other + " misses " + full);
            });
            here.presence(full, Optional.of(ScheduleTest.status(full, i)));
            if (i < ROUNDS) here.unbound(full);
        }
    }

    private ExecutorService lane(Lane lane) {
        return lanes.computeIfAbsent(lane, l -> Executors.newSingleThreadExecutor());
    }

    private final class Services implements Context {
        private final NodeId id;

        private Services(NodeId id) {
            this.id = id;
        }

        @Override
        public NodeId self() {
            return id;
        }

        @Override
        public View view() {
            return new View(
                    1,
                    1,
                    IDS.stream().map(i -> new Member(i, NodeState.SERVING, 1)).toList());
        }

        @Override
        public Set<NodeId> publishing() {
            return Set.copyOf(IDS);
        }

        @Override
        public void send(NodeId to, byte[] message) {
            throw new AssertionError("it only asks");
        }

        @Override
        public CompletionStage<Reply> call(NodeId to, byte[] request, Duration deadline) {
            CompletableFuture<Reply> answer = new CompletableFuture<>();
            lane(new Lane(id, to))
                    .execute(() -> nodes.get(to)
                            .called(id, request)
                            .whenComplete((bytes, e) -> lane(new Lane(to, id))
                                    .execute(() -> answer.complete(
                                            e == null
                                                    ? new Reply(Result.ANSWERED, bytes, "")
                                                    : new Reply(Result.FAILED, new byte[0], e.toString())))));
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
            return List.of();
        }

        @Override
        public void later(Duration delay, Runnable task) {
            if (!timer.isShutdown()) timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void failed(String reason) {
            missed.add(reason);
        }
    }
}
