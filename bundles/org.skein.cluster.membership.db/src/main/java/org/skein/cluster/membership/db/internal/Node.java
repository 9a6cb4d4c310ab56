package org.skein.cluster.membership.db.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.LocalNode.Figures;
import org.skein.cluster.api.membership.Membership;
import org.skein.cluster.api.transport.Endpoint;
import org.skein.cluster.api.transport.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link MemberMachine} at work: gives it time, a thread and a database, and carries out what it wants. What it tells is
 * told on another thread, in order: however long a listener takes, the machine goes on, and with it the permit.
 */
final class Node implements Membership.Participation, Effects {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Figures NO_FIGURES = new Figures(0, 0, 0, "");

    private final Endpoint endpoint;
    private final Membership.Listener listener;
    private final DatabaseThread database;
    private final ScheduledExecutorService thread;
    private final ExecutorService teller;
    private final Permit permit = new Permit();
    private final MemberMachine machine;
    private final ScheduledFuture<?> ticks;
    private volatile NodeId self;
    private volatile View view = MemberMachine.NO_VIEW;
    private volatile long clockOffsetMs;

    Node(LocalNode local, Endpoint endpoint, Membership.Listener listener, Timing timing, DatabaseThread database) {
        this.endpoint = endpoint;
        this.listener = listener;
        this.database = database;
        self = local.id();
        thread = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "skein-cluster-membership"));
        teller = Executors.newSingleThreadExecutor(task -> daemon(task, "skein-cluster-view"));
        LocalNode guarded = new LocalNode(
                local.id(),
                local.host(),
                local.port(),
                local.clientAddress(),
                local.level(),
                local.version(),
                local.seeds(),
                guarded(local.figures()));
        machine = new MemberMachine(
                guarded,
                timing,
                new Rules(),
                Incarnations::next,
                endpoint::link,
                endpoint::awakeSinceNanos,
                endpoint::fingerprints,
                endpoint.versions(),
                this,
                System.nanoTime());
        endpoint.onFingerprints(() -> step(() -> machine.fingerprintsChanged(System.nanoTime())));
        ticks = thread.scheduleAtFixedRate(
                () -> run(() -> machine.tick(System.nanoTime())), 0, timing.tick(), TimeUnit.NANOSECONDS);
    }

    private Thread daemon(Runnable task, String name) {
        Thread t = new Thread(task, name + '-' + self.name());
        t.setDaemon(true);
        return t;
    }

    private static Supplier<Figures> guarded(Supplier<Figures> figures) {
        return () -> {
            try {
                return Optional.ofNullable(figures.get()).orElse(NO_FIGURES);
            } catch (RuntimeException e) {
                LOG.warn("what=cluster_figures_failed", e);
                return NO_FIGURES;
            }
        };
    }

    private void step(Runnable input) {
        try {
            thread.execute(() -> run(input));
        } catch (RejectedExecutionException left) {
            LOG.trace("what=cluster_step_after_end node={}", self);
        }
    }

    /** A bug must not end the ticks: a node whose machine stands still loses its permit, but would never say so. */
    private static void run(Runnable input) {
        try {
            input.run();
        } catch (RuntimeException e) {
            LOG.error("what=cluster_membership_failed", e);
        }
    }

    // ---- the participation

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public boolean isServing() {
        return permit.isValid(System.nanoTime());
    }

    @Override
    public void linkChanged(NodeId peer) {
        step(() -> machine.linkChanged(System.nanoTime()));
    }

    @Override
    public CompletionStage<Void> state(NodeState state) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        enqueue(() -> machine.state(state, done, System.nanoTime()), done);
        return done;
    }

    @Override
    public CompletionStage<List<Membership.Row>> rows() {
        CompletableFuture<List<Membership.Row>> rows = new CompletableFuture<>();
        enqueue(
                () -> rows.complete(machine.book().sane().stream()
                        .map(this::row)
                        .sorted((a, b) -> a.id().compareTo(b.id()))
                        .toList()),
                rows);
        return rows;
    }

    private void enqueue(Runnable input, CompletableFuture<?> done) {
        try {
            thread.execute(() -> {
                try {
                    input.run();
                } catch (RuntimeException e) {
                    LOG.error("what=cluster_membership_failed", e);
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException left) {
            done.completeExceptionally(new IllegalStateException("the node has left"));
        }
    }

    private Membership.Row row(StoredRow r) {
        NodeState state = NodeState.JOINING;
        for (NodeState s : NodeState.values()) {
            if (s.name().toLowerCase(Locale.ROOT).equals(r.state())) state = s;
        }
        return new Membership.Row(
                r.id(),
                r.host(),
                r.port(),
                r.clientAddress(),
                r.fingerprints(),
                r.level(),
                r.version(),
                state,
                r.ageMs(),
                r.figures());
    }

    @Override
    public long databaseClockOffsetMillis() {
        return clockOffsetMs;
    }

    @Override
    public CompletionStage<Void> leave() {
        permit.end();
        CompletableFuture<Void> left = new CompletableFuture<>();
        try {
            thread.execute(() -> run(() -> machine.leave(left, System.nanoTime())));
        } catch (RejectedExecutionException already) {
            left.complete(null);
        }
        return left.whenComplete((v, e) -> end());
    }

    /** Ends without a word, as a process that is killed. */
    void crash() {
        permit.end();
        thread.shutdownNow();
        teller.shutdownNow();
        database.close();
    }

    private void end() {
        step(() -> {
            ticks.cancel(false);
            database.close();
            thread.shutdown();
            teller.shutdown();
        });
    }

    // ---- what the machine wants

    @Override
    public void ask(Operation operation, long number) {
        long sentMs = System.currentTimeMillis();
        database.run(operation, answer -> {
            if (answer instanceof Answer.Snapshot s)
                clockOffsetMs = s.clockMs() - (sentMs + System.currentTimeMillis()) / 2;
            step(() -> machine.answered(number, answer, System.nanoTime()));
        });
    }

    @Override
    public void permit(NodeId life, long untilNanos) {
        permit.until(untilNanos, life);
    }

    @Override
    public void noPermit() {
        permit.end();
    }

    private void tell(Runnable news) {
        try {
            teller.execute(() -> run(news));
        } catch (RejectedExecutionException left) {
            LOG.trace("what=cluster_news_after_end node={}", self);
        }
    }

    @Override
    public void self(NodeId now) {
        tell(() -> endpoint.self(now));
    }

    @Override
    public void peers(Collection<Peer> peers) {
        tell(() -> endpoint.peers(peers));
    }

    @Override
    public void published(Set<String> fingerprints) {
        tell(() -> endpoint.published(fingerprints));
    }

    @Override
    public void complete(CompletableFuture<Void> future, String failure) {
        tell(() -> {
            if (failure == null) future.complete(null);
            else future.completeExceptionally(new IllegalStateException(failure));
        });
    }

    @Override
    public void decided(View now) {
        tell(() -> listener.decided(now));
    }

    @Override
    public void installed(View now) {
        tell(() -> {
            view = now;
            permit.begin(self);
            listener.installed(now);
        });
    }

    @Override
    public void excluded() {
        tell(() -> {
            view = MemberMachine.NO_VIEW;
            permit.begin(null);
            listener.excluded();
        });
    }

    @Override
    public void reborn(NodeId now) {
        tell(() -> {
            self = now;
            listener.reborn(now);
        });
    }

    @Override
    public void serving(boolean serving) {
        tell(() -> listener.serving(serving));
    }

    @Override
    public void refused(String reason, boolean forGood) {
        tell(() -> listener.refused(reason, forGood));
    }

    @Override
    public void database(boolean answers) {
        tell(() -> listener.database(answers));
    }
}
