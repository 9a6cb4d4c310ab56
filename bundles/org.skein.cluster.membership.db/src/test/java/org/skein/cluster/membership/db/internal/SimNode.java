package org.skein.cluster.membership.db.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LocalNode;
import org.skein.cluster.api.membership.LocalNode.Figures;
import org.skein.cluster.api.transport.Peer;
import org.skein.testkit.cluster.VirtualNetwork;

/**
 * One process of the simulation: the shipping machine and permit. What the machine wants is carried out one by one, and
 * the process may be stopped between any two.
 */
final class SimNode implements Effects, VirtualTables.Client {
    final String name;
    final String host;
    final VirtualNetwork.End endpoint;
    private final Simulation sim;
    private final MemberMachine machine;
    private final Permit permit = new Permit();
    private final Deque<Runnable> effects = new ArrayDeque<>();
    private final List<Runnable> whilePaused = new ArrayList<>();
    private boolean carryingOut;
    NodeId self;
    View told = MemberMachine.NO_VIEW;
    boolean paused;
    boolean dead;
    boolean leaving;
    boolean databaseCut;
    int pauseAfter = -1; // effects
    long disturbedAt; // when something was last wrong with it
    boolean servingTold;
    boolean refused;

    SimNode(Simulation sim, String name, String host, int port, Rules rules) {
        this.sim = sim;
        this.name = name;
        this.host = host;
        self = new NodeId(name, sim.incarnation());
        endpoint = sim.network.open(self, host, port, this::linkChanged);
        LocalNode local = new LocalNode(
                self, host, port, host + ":5222", sim.level, "sim", List.of(), () -> new Figures(0, 0, 0, "broadcast"));
        machine = new MemberMachine(
                local,
                Simulation.TIMING,
                rules,
                sim::incarnation,
                endpoint::link,
                endpoint::awakeSinceNanos,
                endpoint::fingerprints,
                endpoint.versions(),
                this,
                endpoint.nanos());
        tick();
    }

    boolean isServing() {
        return !dead && !paused && permit.isValid(endpoint.nanos());
    }

    MemberMachine.Phase phase() {
        return machine.phase();
    }

    private void tick() {
        if (dead) return;
        sim.time.after(Simulation.TIMING.tick() + sim.random.nextInt(3_000_000), () -> inProcess(this::tick));
        step(() -> machine.tick(endpoint.nanos()));
    }

    private void linkChanged(NodeId peer) {
        inProcess(() -> step(() -> machine.linkChanged(endpoint.nanos())));
    }

    private void step(Runnable input) {
        input.run();
        carryOut();
    }

    private void carryOut() {
        if (carryingOut) return;
        carryingOut = true;
        while (!effects.isEmpty() && !paused && !dead) {
            if (pauseAfter == 0) {
                pauseAfter = -1;
                pause();
                break;
            }
            if (pauseAfter > 0) pauseAfter--;
            effects.poll().run();
            sim.check();
        }
        carryingOut = false;
    }

    @Override
    public void inProcess(Runnable task) {
        if (dead) return;
        if (paused) whilePaused.add(task);
        else task.run();
    }

    @Override
    public boolean reaches() {
        return !dead && !databaseCut;
    }

    // ---- what is done to it

    void pause() {
        paused = true;
        endpoint.pause();
        disturbedAt = sim.time.nanos();
    }

    void resume() {
        if (!paused) return;
        paused = false;
        disturbedAt = sim.time.nanos();
        List<Runnable> waiting = List.copyOf(whilePaused);
        whilePaused.clear();
        sim.check(); // before anything of it runs: it must not serve
        carryOut();
        endpoint.resume();
        waiting.forEach(this::inProcess);
    }

    void crash(boolean powerOff) {
        dead = true;
        permit.end();
        endpoint.crash(powerOff);
    }

    void leave() {
        leaving = true;
        permit.end();
        CompletableFuture<Void> left = new CompletableFuture<>();
        inProcess(() -> step(() -> machine.leave(left, endpoint.nanos())));
        left.thenRun(() -> crash(false));
    }

    // ---- effects

    private void effect(Runnable effect) {
        effects.add(effect);
    }

    @Override
    public void ask(Operation operation, long number) {
        effect(() -> sim.tables.ask(this, operation, a -> step(() -> machine.answered(number, a, endpoint.nanos()))));
    }

    @Override
    public void permit(NodeId life, long untilNanos) {
        effect(() -> {
            if (!leaving) permit.until(untilNanos, life);
        });
    }

    @Override
    public void noPermit() {
        effect(permit::end);
    }

    @Override
    public void self(NodeId now) {
        effect(() -> endpoint.self(now));
    }

    @Override
    public void peers(Collection<Peer> peers) {
        effect(() -> endpoint.peers(peers));
    }

    @Override
    public void published(Set<String> fingerprints) {
        // they never change here
    }

    @Override
    public void complete(CompletableFuture<Void> future, String failure) {
        effect(() -> {
            if (failure == null) future.complete(null);
            else future.completeExceptionally(new IllegalStateException(failure));
        });
    }

    @Override
    public void decided(View view) {
        effect(() -> {
            sim.seen(this, view);
            endpoint.admit(Set.copyOf(view.ids()), view.epoch());
        });
    }

    @Override
    public void installed(View view) {
        effect(() -> {
            told = view;
            permit.begin(self);
            sim.installed(this, view);
            boolean joining = view.member(self).stream().anyMatch(m -> m.state() == NodeState.JOINING);
            if (joining) {
                sim.time.after(
                        sim.random.nextInt(300) * Timing.MS,
                        () -> inProcess(() -> step(
                                () -> machine.state(NodeState.SERVING, new CompletableFuture<>(), endpoint.nanos()))));
            }
        });
    }

    @Override
    public void excluded() {
        effect(() -> {
            told = MemberMachine.NO_VIEW;
            permit.begin(null);
            endpoint.admit(Set.of(), 0);
        });
    }

    @Override
    public void reborn(NodeId now) {
        effect(() -> self = now);
    }

    @Override
    public void serving(boolean serving) {
        effect(() -> servingTold = serving);
    }

    @Override
    public void refused(String reason, boolean forGood) {
        refused = true;
    }

    @Override
    public void database(boolean answers) {
        // nobody here logs in
    }

    @Override
    public String toString() {
        return self + "@" + host + (dead ? " dead" : paused ? " paused" : "") + " " + phase() + " told " + told.epoch()
                + (isServing() ? " serves" : "");
    }
}
