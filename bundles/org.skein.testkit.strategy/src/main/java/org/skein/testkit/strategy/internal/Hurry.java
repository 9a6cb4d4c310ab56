package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.StrategyUnderTest;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Real threads, all at once at one strategy; on the other nodes it does not run. */
public final class Hurry {
    private static final NodeId SELF = new NodeId("a", 1);
    private static final int THREADS = 4;
    private static final int ROUNDS = 2_000;

    private final StrategyUnderTest tested;
    private final ClusteringStrategy strategy;
    private final Map<Jid, Optional<Stanza>> sessions = new ConcurrentHashMap<>();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private volatile View view = view(1, 3);

    public Hurry(StrategyUnderTest tested) {
        this.tested = tested;
        strategy = tested.create();
    }

    private static View view(long epoch, int nodes) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(new Member(new NodeId("" + (char) ('a' + i), i + 1), NodeState.SERVING, 1));
        }
        return new View(epoch, 1, members);
    }

    /** @return what went wrong */
    public List<String> run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(this::views));
        for (int i = 0; i < THREADS; i++) {
            int first = i * ROUNDS;
            threads.add(new Thread(() -> users(first)));
        }
        strategy.start(new Deaf()).toCompletableFuture().join();
        for (Thread t : threads) t.start();
        for (Thread t : threads) t.join();
        strategy.stop();
        return List.copyOf(wrong);
    }

    private void users(int first) {
        try {
            List<CompletableFuture<Void>> binds = new ArrayList<>();
            for (int i = first; i < first + ROUNDS; i++) {
                Jid full = tested.account(i).withResource("r");
                sessions.put(full, Optional.empty());
                binds.add(strategy.bound(full).toCompletableFuture());
                strategy.presence(full, Optional.of(Stanza.presence().from(full).build()));
                if (strategy.locate(full.bare()) == null) wrong.add("locate answered null");
                strategy.presences(full.bare());
                if (i % 2 == 0) {
                    sessions.remove(full);
                    strategy.unbound(full);
                }
                strategy.figures();
            }
            CompletableFuture.allOf(binds.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            wrong.add("binds are not complete though nobody is there to be told");
        } catch (Exception e) {
            wrong.add(e + " at " + List.of(e.getStackTrace()));
        }
    }

    private void views() {
        try {
            for (int i = 2; i < ROUNDS; i++) {
                view = view(i, 2 + i % 2);
                strategy.changed(view);
            }
        } catch (RuntimeException e) {
            wrong.add(e + " at " + List.of(e.getStackTrace()));
        }
    }

    /** Nobody hears what is said. */
    private final class Deaf implements ClusteringStrategy.Context {
        @Override
        public NodeId self() {
            return SELF;
        }

        @Override
        public View view() {
            return view;
        }

        @Override
        public Set<NodeId> publishing() {
            return Set.of();
        }

        @Override
        public void send(NodeId to, byte[] message) {
            // it does not run there
        }

        @Override
        public CompletionStage<Peers.Reply> call(NodeId to, byte[] request, Duration deadline) {
            return CompletableFuture.completedFuture(
                    new Peers.Reply(Peers.Result.FAILED, new byte[0], "it does not run there"));
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
        public Iterable<ClusteringStrategy.LocalSession> sessions() {
            return () -> sessions.entrySet().stream()
                    .map(e -> new ClusteringStrategy.LocalSession(e.getKey(), e.getValue()))
                    .iterator();
        }

        @Override
        public void later(Duration delay, Runnable task) {
            CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(task);
        }

        @Override
        public void failed(String reason) {
            wrong.add("it gave up: " + reason);
        }
    }
}
