package org.skein.cluster.membership.db.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.View;
import org.skein.testkit.cluster.Timeline;

/** The database of the simulation: the three tables, its own clock, and all the ways in which it can fail to answer. */
final class VirtualTables {
    /** Told of each change of the view when it is committed. */
    interface Changes {
        void changed(StoredView before, StoredView now, NodeId by);
    }

    private record Written(OwnRow row, long beat, long at) {}

    static final long TIMEOUT = 2_000 * Timing.MS;

    private final Timeline time;
    private final Random random;
    private final Changes changes;
    private final Map<String, Written> rows = new LinkedHashMap<>();
    private final List<Runnable> whileStopped = new ArrayList<>();
    final Map<Long, StoredView> history = new LinkedHashMap<>();
    private StoredView stored = new StoredView(new View(0, 1, List.of()), "", 0, Map.of());
    private long changedAt;
    long clockOffset;
    boolean stopped; // SIGSTOP: takes requests, answers later
    boolean down; // nobody listens
    long extraLatency;

    VirtualTables(Timeline time, Random random, Changes changes) {
        this.time = time;
        this.random = random;
        this.changes = changes;
        history.put(0L, stored);
    }

    StoredView stored() {
        return stored;
    }

    long clock() {
        return time.nanos() + clockOffset;
    }

    void proceed() {
        stopped = false;
        List<Runnable> waiting = List.copyOf(whileStopped);
        whileStopped.clear();
        waiting.forEach(Runnable::run);
    }

    /** One who asks: whether its packets get there and back. */
    interface Client {
        boolean reaches();

        /** The answer arrives in the process, when that runs. */
        void inProcess(Runnable task);
    }

    private static final class Request {
        private boolean answered;
    }

    void ask(Client client, Operation operation, Consumer<Answer> answer) {
        Request request = new Request();
        Consumer<Answer> once = a -> client.inProcess(() -> {
            if (request.answered) return;
            request.answered = true;
            answer.accept(a);
        });
        if (client.reaches() && down) {
            time.after(latency(), () -> once.accept(new Answer.Failed("refused", true)));
            return;
        }
        time.after(TIMEOUT, () -> once.accept(new Answer.Failed("timeout", false)));
        if (!client.reaches()) return;
        // The process of the database works on what it has, whatever becomes of who asked.
        Runnable reset = () -> reply(client, once, new Answer.Failed("reset", false));
        step(reset, () -> {
            if (!(operation instanceof Operation.Exchange exchange)) {
                Answer a = change(operation);
                reply(client, once, a);
                return;
            }
            boolean ours = exchange.write() == null || write(exchange.write());
            step(reset, () -> {
                StoredView view = new StoredView(
                        stored.view(), stored.changedBy(), (clock() - changedAt) / Timing.MS, stored.addresses());
                step(reset, () -> reply(client, once, new Answer.Snapshot(view, rows(), ours, clock() / Timing.MS)));
            });
        });
    }

    private void step(Runnable reset, Runnable task) {
        time.after(latency(), () -> run(reset, task));
    }

    private void run(Runnable reset, Runnable task) {
        if (down) reset.run();
        else if (stopped) whileStopped.add(() -> run(reset, task));
        else task.run();
    }

    private void reply(Client client, Consumer<Answer> once, Answer a) {
        if (client.reaches()) time.after(latency(), () -> once.accept(a));
    }

    private long latency() {
        long usual = (100 + random.nextInt(random.nextInt(100) == 0 ? 100_000 : 1_500)) * 1_000L;
        return usual + (extraLatency == 0 ? 0 : (long) (random.nextDouble() * extraLatency));
    }

    private boolean write(OwnRow row) {
        Written old = rows.get(row.id().name());
        boolean member = stored.view().contains(row.id());
        boolean mine = old == null || member || old.row.id().equals(row.id());
        OwnRow.Replaced replaces = row.replaces();
        boolean replaced = old != null
                && replaces != null
                && old.row.id().incarnation() == replaces.incarnation()
                && old.beat == replaces.beat();
        if (!mine && !replaced) return false;
        rows.put(row.id().name(), new Written(row, old == null ? 1 : old.beat + 1, clock()));
        return true;
    }

    private List<StoredRow> rows() {
        List<StoredRow> all = new ArrayList<>();
        for (Written w : rows.values()) {
            OwnRow r = w.row;
            String fingerprint = r.fingerprints().iterator().next();
            all.add(new StoredRow(
                    r.id().name(),
                    r.id().incarnation(),
                    r.host(),
                    r.port(),
                    r.clientAddress(),
                    fingerprint,
                    "",
                    r.level(),
                    r.version(),
                    r.state(),
                    r.links(),
                    w.beat,
                    (clock() - w.at) / Timing.MS,
                    r.figures()));
        }
        return all;
    }

    private Answer change(Operation operation) {
        if (operation instanceof Operation.Forget f) {
            return new Answer.Swept(rows.values().removeIf(w -> w.row.id().equals(f.own())) ? 1 : 0);
        }
        if (operation instanceof Operation.Sweep s) {
            int before = rows.size();
            for (StoredRow r : s.rows()) {
                rows.values().removeIf(w -> w.row.id().equals(r.id()) && w.beat == r.beat());
            }
            return new Answer.Swept(before - rows.size());
        }
        Operation.Change c = (Operation.Change) operation;
        if (c.to().view().epoch() != stored.view().epoch() + 1) return new Answer.Changed(false);
        StoredView before = stored;
        stored = c.to();
        changedAt = clock();
        history.put(stored.view().epoch(), stored);
        if (c.deletesRow()) rows.values().removeIf(w -> w.row.id().equals(c.by()));
        changes.changed(before, stored, c.by());
        return new Answer.Changed(true);
    }

    /** Goes back to an older state, as after a restore from a backup. */
    void restore(long epoch) {
        stored = history.get(epoch);
    }
}
