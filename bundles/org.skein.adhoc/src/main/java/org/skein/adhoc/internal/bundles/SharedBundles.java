package org.skein.adhoc.internal.bundles;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.skein.adhoc.internal.Delays;
import org.skein.adhoc.internal.bundles.Report.Change;
import org.skein.api.monitor.HealthCheck;
import org.skein.api.storage.ConflictException;
import org.skein.api.storage.SharedFiles;
import org.skein.api.storage.SharedFiles.Entry;
import org.skein.api.storage.StorageException;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.cluster.api.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shared bundles of this node. Brings them in line with {@link SharedFiles}: at the start, from time to time, and when
 * it is told. One that is on trial stays as it is until the {@link Rollout} is decided, or gone. All of it happens on one
 * thread, one after the other.
 */
@Component(
        service = {SharedBundles.class, PeerHandler.class},
        property = PeerHandler.CHANNEL + "=" + SharedBundles.CHANNEL,
        immediate = true)
public final class SharedBundles implements PeerHandler {
    static final String CHANNEL = "adhoc.bundles";
    /** Kinds of files: what all nodes are to have; and the one that is being tried. */
    static final String KIND = "bundle";

    static final String ROLLOUT = "bundle.rollout";

    /** A change that takes longer is given up; an answer comes by then, whatever the bundle does. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(SharedBundles.class);
    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final Duration SOONER = Duration.ofSeconds(5);
    private static final Duration START_LEVEL = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final int STORAGE_SECONDS = 60;

    private final NodeBundles host;
    private final SharedFiles files;
    private final Executor thread;
    private final Delays delays;
    private final BooleanSupplier isStarted;
    private final Runnable stop;
    private final Random random = new Random();

    /** Names on trial, with the version of their roll-out. Of the thread. */
    private final Map<String, Long> trials = new HashMap<>();

    /** Why it could not be brought in line, so that it is told once. Of the thread. */
    private final Map<String, String> problems = new HashMap<>();

    /** At the first look the framework may not have started them yet. */
    private boolean hasLooked;

    private String notCompared = "";
    private long abandoned;

    /** Set while this node has a roll-out of its own. */
    private volatile boolean isRolling;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // parts of the server come and go
    private volatile List<HealthCheck> checks;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile ServiceComponentRuntime components;

    @Activate
    public SharedBundles(BundleContext context, @Reference SharedFiles files) {
        this.files = files;
        Vitals vitals = new Vitals(() -> checks, () -> Optional.ofNullable(components), BETWEEN_LOOKS);
        host = new FrameworkBundles(context, context.getDataFile("shared").toPath(), vitals);
        FrameworkStartLevel levels = context.getBundle(0).adapt(FrameworkStartLevel.class);
        isStarted = () -> levels.getStartLevel() >= levels.getInitialBundleStartLevel();
        ScheduledThreadPoolExecutor worker = thread("skein-bundles");
        ScheduledThreadPoolExecutor timer = thread("skein-bundles-timer");
        thread = worker;
        delays = (task, delay) -> {
            ScheduledFuture<?> due = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        };
        stop = () -> {
            timer.shutdownNow();
            worker.shutdownNow();
        };
    }

    @Activate
    void begin() {
        again(START_LEVEL);
    }

    private static ScheduledThreadPoolExecutor thread(String name) {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        one.setRemoveOnCancelPolicy(true);
        return one;
    }

    /** For tests; nothing happens from time to time unless {@link #begin} is called. */
    SharedBundles(NodeBundles host, SharedFiles files, Executor thread, Delays delays, Cluster cluster) {
        this.host = host;
        this.files = files;
        this.thread = thread;
        this.delays = delays;
        this.cluster = cluster;
        this.isStarted = () -> true;
        this.stop = () -> {};
    }

    @Deactivate
    void deactivate() {
        stop.run();
    }

    // from time to time

    private void again(Duration after) {
        try {
            delays.schedule(() -> thread.execute(this::tick), after);
        } catch (RejectedExecutionException stopped) {
            log.debug("what=shared_bundles_stopped");
        }
    }

    private void tick() {
        if (!isStarted.getAsBoolean()) {
            again(START_LEVEL);
            return;
        }
        boolean done = false;
        try {
            done = bringInLine();
        } finally {
            long spread = PERIOD.toMillis() / 3; // nodes that were started together do not ask together for ever
            again(done ? PERIOD.minusMillis(spread / 2).plusMillis((long) (random.nextDouble() * spread)) : SOONER);
        }
    }

    private boolean bringInLine() {
        List<Entry> wanted;
        try {
            List<Entry> rollouts = get(files.list(ROLLOUT)); // first: what is decided after it is in the other list
            wanted = get(files.list(KIND));
            forgetTrials(rollouts);
            notCompared = "";
        } catch (RuntimeException | InterruptedException e) {
            if (!String.valueOf(e.getMessage()).equals(notCompared)) {
                log.warn("what=shared_bundles_not_compared reason=\"{}\"", e.getMessage());
            }
            notCompared = String.valueOf(e.getMessage());
            return false;
        }
        Set<String> names = wanted.stream().map(Entry::name).collect(Collectors.toSet());
        wanted.stream().filter(w -> !trials.containsKey(w.name())).forEach(w -> bring(w.name(), Optional.of(w)));
        new TreeSet<>(host.names())
                .stream()
                        .filter(n -> !names.contains(n) && !trials.containsKey(n))
                        .forEach(n -> bring(n, Optional.empty()));
        hasLooked = true;
        return true;
    }

    private void bring(String name, Optional<Entry> wanted) {
        Report report = carryOut(new Order(name, wanted, 0));
        if (!report.isFailed()) {
            problems.remove(name);
        } else if (!report.text().equals(problems.put(name, report.text()))) {
            log.error("what=shared_bundle_not_brought_in_line bundle={} reason=\"{}\"", name, report.text());
        }
    }

    /** A roll-out whose node is gone will not be decided; that what is on trial is then brought in line with the rest. */
    private void forgetTrials(List<Entry> rollouts) {
        Set<Long> live = rollouts.stream()
                .filter(r -> !isAbandoned(r))
                .map(Entry::version)
                .collect(Collectors.toSet());
        trials.values().removeIf(version -> !live.contains(version));
        Optional<Entry> gone = rollouts.stream().filter(this::isAbandoned).findFirst();
        // seen twice: a node that is in the view of others already may be missing in ours; our own earlier life is over
        // for sure
        gone.filter(r -> r.version() == abandoned || isOfEarlierLife(r)).ifPresent(this::clear);
        abandoned = gone.map(Entry::version).orElse(0L);
    }

    /** Not after this process was excluded and came back: it may be at it still. */
    private boolean isOfEarlierLife(Entry rollout) {
        NodeId self = cluster.self();
        return !isRolling && isBy(rollout, self.name()) && !node(rollout).equals(self.toString());
    }

    private void clear(Entry rollout) {
        log.warn("what=bundle_rollout_abandoned by=\"{}\"", rollout.changedBy());
        files.remove(ROLLOUT, rollout.name(), rollout.version()).exceptionally(e -> {
            log.debug("what=bundle_rollout_not_cleared", e);
            return null;
        });
    }

    /** Whether the node that began a roll-out is gone, or does not go on with it. */
    boolean isAbandoned(Entry rollout) {
        String node = node(rollout);
        Cluster now = cluster;
        if (node.equals(now.self().toString())) return !isRolling;
        View view = now.view();
        return now.isServing()
                && view.ids().stream().noneMatch(id -> id.toString().equals(node));
    }

    private static String node(Entry rollout) {
        return rollout.changedBy().substring(rollout.changedBy().lastIndexOf(' ') + 1);
    }

    /** Whether a node of this name began it, in whatever life. */
    static boolean isBy(Entry rollout, String name) {
        String node = node(rollout);
        return node.substring(0, Math.max(0, node.lastIndexOf('#'))).equals(name);
    }

    /** Who begins a roll-out, for {@link #isAbandoned}. */
    static String by(String who, NodeId node) {
        return who + " at " + node;
    }

    void rolling(boolean isRolling) {
        this.isRolling = isRolling;
    }

    // when it is told

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] bytes) {
        try {
            return carriedOut(Order.of(bytes)).thenApply(Report::toBytes);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("no order: " + e.getMessage(), e));
        }
    }

    /** Never fails, and answers in time: what hangs is interrupted, and what still hangs then is told. */
    CompletionStage<Report> carriedOut(Order order) {
        CompletableFuture<Report> answer = new CompletableFuture<>();
        AutoCloseable last = delays.schedule(
                () -> answer.complete(Report.failed("it hangs: nothing has come of it within "
                        + LONGEST.plus(GRACE).toSeconds() + " s, and the node may have to be restarted")),
                LONGEST.plus(GRACE));
        answer.whenComplete((report, failure) -> cancel(last));
        try {
            thread.execute(() -> answer.complete(carryOut(order)));
        } catch (RejectedExecutionException e) {
            answer.complete(Report.failed("the node is stopping"));
        }
        return answer;
    }

    private static void cancel(AutoCloseable timer) {
        try {
            timer.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Interrupted if it takes too long: a bundle may hang in its start or stop. */
    private Report carryOut(Order order) {
        Thread me = Thread.currentThread();
        AtomicBoolean isOver = new AtomicBoolean();
        AutoCloseable interrupt = delays.schedule(
                () -> {
                    synchronized (isOver) {
                        if (!isOver.get()) me.interrupt();
                    }
                },
                LONGEST);
        try {
            return change(order);
        } catch (RuntimeException | LinkageError e) {
            log.error("what=shared_bundle_failed bundle={}", order.name(), e);
            return Report.failed("internal error: " + e);
        } finally {
            synchronized (isOver) {
                isOver.set(true);
                Thread.interrupted(); // meant for the bundle, not for the next one
            }
            cancel(interrupt);
        }
    }

    private Report change(Order order) {
        String name = order.name();
        if (!BundleFile.isName(name)) return Report.failed("no name of a shared bundle");
        if (order.isTrial()) trials.put(name, order.trial());
        else trials.remove(name);
        boolean isThere = host.names().contains(name);
        Optional<String> now = host.checksum(name);
        Optional<String> wanted = order.target().map(Entry::sha256);
        boolean isToBeStarted = isThere && hasLooked && !host.isAsItShouldBe(name);
        if (now.equals(wanted) && isThere == wanted.isPresent() && !isToBeStarted) {
            return report(Change.UNCHANGED, name, "");
        }
        Optional<byte[]> before = order.isTrial() ? host.content(name) : Optional.empty();
        Optional<byte[]> content = Optional.empty();
        try {
            if (order.target().isPresent())
                content = Optional.of(content(order.target().get()));
        } catch (RuntimeException | BundleProblem | InterruptedException e) {
            return Report.failed("its content cannot be had: " + e.getMessage());
        }
        try {
            return changed(name, content, order, isThere);
        } catch (BundleProblem e) {
            Thread.interrupted(); // that was meant for the bundle
            String back = order.isTrial() ? back(name, before) : "";
            log.warn("what=shared_bundle_refused bundle={} reason=\"{}\"", name, e.getMessage() + back);
            return Report.failed(e.getMessage() + back);
        }
    }

    private Report changed(String name, Optional<byte[]> content, Order order, boolean isThere) throws BundleProblem {
        if (content.isEmpty()) {
            host.remove(name);
            log.info("what=shared_bundle_removed bundle={} trial={}", name, order.isTrial());
            return report(Change.REMOVED, name, "");
        }
        String sha256 = order.target().orElseThrow().sha256();
        String note = host.put(name, content.get(), sha256);
        Report report = report(isThere ? Change.UPDATED : Change.INSTALLED, name, note);
        log.info(
                "what=shared_bundle_{} bundle={} version={} sha256={} trial={}",
                report.change().word(),
                name,
                report.version(),
                sha256,
                order.isTrial());
        return report;
    }

    private Report report(Change change, String name, String note) {
        return new Report(change, host.version(name).orElse(""), note);
    }

    /** @return what is to be said if that fails, too */
    private String back(String name, Optional<byte[]> before) {
        trials.remove(name);
        try {
            if (before.isPresent()) host.put(name, before.get(), BundleFile.sha256(before.get()));
            else host.remove(name);
            return "";
        } catch (BundleProblem e) {
            return "; and what was there before is not back: " + e.getMessage();
        }
    }

    private byte[] content(Entry target) throws BundleProblem, InterruptedException {
        byte[] content = get(files.load(target)).orElseThrow(() -> new BundleProblem("it is no longer there"));
        String found = BundleFile.sha256(content);
        if (found.equals(target.sha256())) return content;
        throw new BundleProblem("its checksum is " + found + " and not " + target.sha256());
    }

    private static <T> T get(CompletionStage<T> stage) throws InterruptedException {
        try {
            return stage.toCompletableFuture().get(STORAGE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException refused) throw refused;
            throw new StorageException(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new StorageException("no answer within " + STORAGE_SECONDS + " s", e);
        }
    }

    /** Whether another version is there than was expected. */
    static boolean isConflict(Throwable failure) {
        return failure instanceof ConflictException || failure.getCause() instanceof ConflictException;
    }
}
