package org.skein.adhoc.internal.bundles;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.adhoc.internal.Answer;
import org.skein.adhoc.internal.Answer.Outcome;
import org.skein.adhoc.internal.Answer.State;
import org.skein.api.command.CommandException;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.api.storage.FencedException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.skein.api.storage.StorageException;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers.Reply;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes a shared bundle on all nodes, one after the other, this one first. What is tried is in a file of its own until
 * all have it and are well; then it becomes what all nodes are to have. If a node refuses it, those before it are told
 * to go back. One at a time in a cluster: the file is the lock. Whatever dies in between, each node brings itself in line
 * with what was decided.
 */
@Component(service = Rollout.class)
public final class Rollout {
    /** A little more than a node takes at the longest. */
    private static final Duration NODE_DEADLINE = SharedBundles.LONGEST.plus(Duration.ofSeconds(15));

    private static final String THE_ONE = "rollout";
    private static final List<String> HEADS =
            List.of("node=Node", "bundle=Bundle", "version=Version", "outcome=Outcome", "sha256=SHA-256", "note=Note");
    private static final Logger log = LoggerFactory.getLogger(Rollout.class);

    /** What to do with a name. */
    enum Mode {
        INSTALL,
        UPDATE,
        UNINSTALL
    }

    private final SharedFiles files;
    private final SharedBundles bundles;
    private final AtomicBoolean isBusy = new AtomicBoolean();

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public Rollout(@Reference SharedFiles files, @Reference SharedBundles bundles) {
        this.files = files;
        this.bundles = bundles;
    }

    /** For tests. */
    Rollout(SharedFiles files, SharedBundles bundles, Cluster cluster) {
        this(files, bundles);
        this.cluster = cluster;
    }

    CompletionStage<Answer> install(BundleFile file, Jid by) {
        return roll(new Work(Mode.INSTALL, file.name(), Optional.of(file), who(by)));
    }

    CompletionStage<Answer> update(BundleFile file, Jid by) {
        return roll(new Work(Mode.UPDATE, file.name(), Optional.of(file), who(by)));
    }

    CompletionStage<Answer> uninstall(String name, Jid by) {
        return roll(new Work(Mode.UNINSTALL, name, Optional.empty(), who(by)));
    }

    private static String who(Jid by) {
        return by.hasLocal() ? by.bare().toString() : "the console";
    }

    private record Work(Mode mode, String name, Optional<BundleFile> file, String by) {
        /** Something has to be in the file that is the lock. */
        byte[] content() {
            return file.map(BundleFile::content).orElseGet(() -> name.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** How it came out on a node. */
    private record Told(NodeId node, State state, Report report) {}

    private CompletionStage<Answer> roll(Work work) {
        if (!isBusy.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(busy("somebody at this node"));
        }
        bundles.rolling(true);
        return claimed(work)
                .thenCompose(claim -> decided(work)
                        .thenCompose(before -> new Run(work, claim, before).go())
                        .handle((answer, failure) -> given(claim, answer, failure))
                        .thenCompose(answer -> answer))
                .whenComplete((answer, failure) -> {
                    bundles.rolling(false);
                    isBusy.set(false);
                })
                .handle(Rollout::told)
                .thenCompose(answer -> answer);
    }

    private static CommandException busy(String who) {
        return new CommandException(
                Kind.CONFLICT,
                who + " is changing the bundles of all nodes right now: nothing was done, try again later");
    }

    /** What the storage says is for people, too. */
    private static CompletionStage<Answer> told(Answer answer, Throwable failure) {
        if (failure == null) return CompletableFuture.completedFuture(answer);
        Throwable cause = cause(failure);
        return CompletableFuture.failedFuture(
                cause instanceof StorageException
                        ? new CommandException(Kind.UNAVAILABLE, "nothing was done: " + cause.getMessage())
                        : cause);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private CompletionStage<Entry> claimed(Work work) {
        return files.list(SharedBundles.ROLLOUT).thenCompose(rollouts -> {
            Optional<Entry> other = rollouts.stream().findFirst();
            // our own is of before: while one is under way here, isBusy tells
            other.filter(o -> !SharedBundles.isBy(o, cluster.self().name())).ifPresent(this::refuse);
            return files.put(
                            SharedBundles.ROLLOUT,
                            THE_ONE,
                            work.content(),
                            SharedBundles.by(work.by(), cluster.self()),
                            other.map(Entry::version).orElse(0L))
                    .exceptionally(failure -> {
                        if (SharedBundles.isConflict(failure)) throw busy("somebody else");
                        throw new CompletionException(cause(failure));
                    });
        });
    }

    /** Also where the node is missing: it may only have just joined. Whoever misses it twice clears its claim away. */
    private void refuse(Entry other) {
        if (!bundles.isAbandoned(other)) throw busy(other.changedBy());
        throw new CommandException(
                Kind.CONFLICT,
                other.changedBy()
                        + " has begun to change the bundles of all nodes, and that node is not in the cluster:"
                        + " nothing was done; if it does not come back its change is void in about a minute,"
                        + " try again then");
    }

    private CompletionStage<Answer> given(Entry claim, Answer answer, Throwable failure) {
        return files.remove(SharedBundles.ROLLOUT, THE_ONE, claim.version()).handle((nothing, notRemoved) -> {
            if (notRemoved != null)
                log.warn("what=bundle_rollout_not_cleared", notRemoved); // later, by whoever sees it
            if (failure != null) throw new CompletionException(cause(failure));
            return answer;
        });
    }

    /** What is there now, if that is what the command is for. */
    private CompletionStage<Optional<Entry>> decided(Work work) {
        return entry(work.name()).thenApply(there -> {
            if (work.mode() == Mode.INSTALL && there.isPresent()) {
                throw new CommandException(
                        Kind.CONFLICT,
                        work.name() + " is on all nodes already, put there by "
                                + there.get().changedBy() + ": bundle:update-everywhere replaces it");
            }
            if (work.mode() != Mode.INSTALL && there.isEmpty()) {
                throw new CommandException(
                        Kind.NOT_FOUND, "there is no bundle " + work.name() + " that was put on all nodes");
            }
            return there;
        });
    }

    private CompletionStage<Optional<Entry>> entry(String name) {
        return files.list(SharedBundles.KIND)
                .thenApply(
                        all -> all.stream().filter(e -> e.name().equals(name)).findFirst());
    }

    /** One change, from node to node. */
    private final class Run {
        private final Work work;
        private final Entry claim;
        private final Optional<Entry> before;
        private final Order trial;
        private final List<NodeId> nodes = new ArrayList<>();
        private final Map<NodeId, Told> told = new LinkedHashMap<>();

        Run(Work work, Entry claim, Optional<Entry> before) {
            this.work = work;
            this.claim = claim;
            this.before = before;
            trial = new Order(work.name(), work.file().map(f -> claim), claim.version());
            NodeId self = cluster.self();
            nodes.add(self);
            cluster.view().ids().stream().filter(id -> !id.equals(self)).forEach(nodes::add);
        }

        CompletionStage<Answer> go() {
            log.info(
                    "what=bundle_rollout mode={} bundle={} sha256={} by=\"{}\" nodes={}",
                    work.mode(),
                    work.name(),
                    work.file().map(BundleFile::sha256).orElse(""),
                    work.by(),
                    nodes.size());
            return next(0);
        }

        private CompletionStage<Answer> next(int i) {
            if (i == nodes.size()) return decide();
            return ask(nodes.get(i), trial).thenCompose(one -> {
                told.put(one.node(), one);
                return one.state() == State.FAILED ? back(i) : next(i + 1);
            });
        }

        private CompletionStage<Told> ask(NodeId node, Order order) {
            Cluster now = cluster;
            if (node.equals(now.self())) return bundles.carriedOut(order).thenApply(report -> told(node, report));
            if (!now.view().contains(node)) {
                return CompletableFuture.completedFuture(unknown(node, State.UNREACHABLE, "it left the cluster"));
            }
            return now.peers()
                    .call(node, SharedBundles.CHANNEL, order.toBytes(), NODE_DEADLINE)
                    .thenApply(reply -> told(node, reply));
        }

        private Told told(NodeId node, Report report) {
            return new Told(node, report.isFailed() ? State.FAILED : State.OK, report);
        }

        private Told told(NodeId node, Reply reply) {
            return switch (reply.result()) {
                case ANSWERED -> {
                    try {
                        yield told(node, Report.of(reply.payload()));
                    } catch (IOException e) {
                        yield told(node, Report.failed("its answer cannot be read"));
                    }
                }
                case FAILED -> told(node, Report.failed(reply.error()));
                case TIMEOUT -> unknown(node, State.TIMED_OUT, "no answer within " + NODE_DEADLINE.toSeconds() + " s");
                case LEFT -> unknown(node, State.LEFT, "it left the cluster before it answered");
            };
        }

        private Told unknown(NodeId node, State state, String text) {
            return new Told(node, state, new Report(Report.Change.UNCHANGED, "", text + "; it brings itself in line"));
        }

        // all are well

        private CompletionStage<Answer> decide() {
            return stillMine()
                    .thenCompose(mine -> store())
                    .handle((entry, failure) -> failure == null ? settled(entry) : notStored(cause(failure)))
                    .thenCompose(answer -> answer);
        }

        private CompletionStage<Void> stillMine() {
            return files.list(SharedBundles.ROLLOUT).thenAccept(all -> {
                if (all.stream().noneMatch(e -> e.version() == claim.version())) {
                    throw new CommandException(Kind.CONFLICT, "somebody else has taken over");
                }
            });
        }

        private CompletionStage<Optional<Entry>> store() {
            long expected = before.map(Entry::version).orElse(0L);
            if (work.file().isEmpty()) {
                return files.remove(SharedBundles.KIND, work.name(), expected).thenApply(done -> Optional.empty());
            }
            return files.put(SharedBundles.KIND, work.name(), work.file().get().content(), work.by(), expected)
                    .thenApply(Optional::of);
        }

        /** Also those that came meanwhile are told, so that they need not wait until they look. */
        private CompletionStage<Answer> settled(Optional<Entry> now) {
            Order order = new Order(work.name(), now, 0);
            List<CompletableFuture<Told>> all = new ArrayList<>();
            for (NodeId node : cluster.view().ids()) all.add(ask(node, order).toCompletableFuture());
            return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                    .thenApply(done -> answer());
        }

        private Answer answer() {
            List<List<String>> rows = told.values().stream()
                    .map(t -> List.of(
                            t.node().name(),
                            work.name(),
                            t.report().version(),
                            t.state() == State.OK ? t.report().change().word() : "outcome unknown",
                            work.file().map(BundleFile::sha256).orElse(""),
                            t.report().text()))
                    .toList();
            return new Answer(
                    Result.table(HEADS, rows),
                    told.values().stream()
                            .map(t -> new Outcome(
                                    t.node().name(),
                                    t.state() == State.UNREACHABLE ? State.LEFT : t.state(),
                                    Optional.empty(),
                                    t.state() == State.OK ? "" : t.report().text()))
                            .toList());
        }

        /** The database may have done it and not said so. */
        private CompletionStage<Answer> notStored(Throwable failure) {
            boolean isRefused = SharedBundles.isConflict(failure)
                    || failure instanceof FencedException
                    || !(failure instanceof StorageException);
            if (isRefused) return backFrom(failure.getMessage());
            return entry(work.name())
                    .handle((now, notKnown) -> {
                        if (notKnown != null) return CompletableFuture.completedFuture(undecided(failure));
                        boolean isDone = !now.map(Entry::version).equals(before.map(Entry::version))
                                && now.map(Entry::sha256).equals(work.file().map(BundleFile::sha256));
                        return isDone ? settled(now) : backFrom(failure.getMessage());
                    })
                    .thenCompose(answer -> answer);
        }

        private Answer undecided(Throwable failure) {
            String text = "the database does not say whether it is decided (" + failure.getMessage()
                    + "); when it answers, each node brings itself in line";
            return new Answer(
                    Result.text(""),
                    told.keySet().stream()
                            .map(node -> new Outcome(node.name(), State.TIMED_OUT, Optional.empty(), text))
                            .toList());
        }

        // one is not

        private CompletionStage<Answer> backFrom(String reason) {
            return back(nodes.size() - 1, new ArrayList<>())
                    .thenApply(outcomes -> failed(outcomes, "it could not be stored for all: " + reason));
        }

        private CompletionStage<Answer> back(int failed) {
            return back(failed, new ArrayList<>()).thenApply(outcomes -> failed(outcomes, ""));
        }

        /** In the opposite order; also the node that failed, which is back already unless it could not. */
        private CompletionStage<List<Outcome>> back(int i, List<Outcome> outcomes) {
            if (i < 0) return CompletableFuture.completedFuture(outcomes);
            Told was = told.get(nodes.get(i));
            return ask(nodes.get(i), new Order(work.name(), before, 0)).thenCompose(now -> {
                outcomes.add(taken(was, now));
                return back(i - 1, outcomes);
            });
        }

        private Outcome taken(Told was, Told now) {
            String text = was.state() == State.FAILED ? was.report().text() + "; " : "";
            String node = now.node().name();
            if (now.state() != State.OK) {
                return now.state() == State.FAILED
                        ? outcome(
                                node,
                                text + "what was there before is not back: "
                                        + now.report().text())
                        : new Outcome(
                                node,
                                now.state(),
                                Optional.empty(),
                                text + now.report().text());
            }
            String there = now.report().version().isEmpty()
                    ? "it is not there"
                    : "version " + now.report().version();
            return outcome(node, text + "as before: " + there);
        }

        private Outcome outcome(String node, String text) {
            return new Outcome(node, State.FAILED, Optional.of(Kind.CONFLICT), text);
        }

        private Answer failed(List<Outcome> outcomes, String reason) {
            List<Outcome> all = new ArrayList<>();
            for (Outcome one : outcomes) {
                all.add(
                        0,
                        reason.isEmpty()
                                ? one
                                : new Outcome(one.node(), one.state(), one.kind(), reason + "; " + one.text()));
            }
            nodes.stream()
                    .filter(n -> !told.containsKey(n))
                    .forEach(n -> all.add(outcome(n.name(), "it was not its turn")));
            log.warn("what=bundle_rolled_back bundle={} outcome=\"{}\"", work.name(), all);
            return new Answer(Result.text(""), all);
        }
    }
}
