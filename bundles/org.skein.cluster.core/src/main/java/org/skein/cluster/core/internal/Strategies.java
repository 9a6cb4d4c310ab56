package org.skein.cluster.core.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.osgi.framework.ServiceReference;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.core.internal.routing.StrategyNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The strategies that run here and which of them is wanted: the one chosen at the console until the next start or another
 * setting, else the configured one. Where it is not there, or has failed, broadcast; without that all members.
 */
final class Strategies {
    private static final Logger log = LoggerFactory.getLogger(Strategies.class);
    private static final long STOP_MS = 1500;

    private final Supplier<ClusterMember> member;
    private final Executor control;
    private final LongAdder messages;
    private final LongAdder frames;
    private final Map<ServiceReference<ClusteringStrategy>, ClusteringStrategy> running = new ConcurrentHashMap<>();
    private final Map<ClusteringStrategy, String> failed = Collections.synchronizedMap(new IdentityHashMap<>());
    private volatile String configured;
    private volatile String chosen; // null: the configured one
    private volatile String trouble = "";
    private volatile Traffic since = new Traffic("", 0, 0);

    /** Messages taken from clients in the cluster and frames sent for them, when a strategy began to route. */
    private record Traffic(String strategy, long messages, long frames) {}

    /** One that runs here. @param state for people */
    record Row(String name, int version, String state, Map<String, Long> figures) {}

    /** @param control runs tasks one after the other */
    Strategies(
            Supplier<ClusterMember> member, Executor control, String configured, LongAdder messages, LongAdder frames) {
        this.member = member;
        this.control = control;
        this.configured = configured;
        this.messages = messages;
        this.frames = frames;
    }

    // services and settings

    void add(ServiceReference<ClusteringStrategy> reference, ClusteringStrategy strategy) {
        running.put(reference, strategy);
        control.execute(this::choose);
    }

    /** All members are asked, and the strategy is stopped, before this returns. */
    void remove(ServiceReference<ClusteringStrategy> reference) {
        ClusteringStrategy gone = running.remove(reference);
        if (gone == null) return;
        failed.remove(gone);
        ClusterMember m = member.get();
        if (m != null) {
            try {
                m.routing().gone(gone).toCompletableFuture().get(STOP_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                log.warn("what=strategy_not_stopped strategy={}", name(reference), e);
            }
        }
        control.execute(this::choose);
    }

    void configured(String setting) {
        if (setting.equals(configured)) return;
        configured = setting;
        chosen = null;
        failed.clear();
        control.execute(this::choose);
    }

    // choosing: on control

    /** Takes the strategy that is wanted into use, or the best there is in its place. */
    void choose() {
        ClusterMember m = member.get();
        if (m == null) return;
        String wanted = wanted();
        Optional<ServiceReference<ClusteringStrategy>> found = find(wanted);
        String reason = found.isEmpty() ? "is not running here" : failed.get(running.get(found.get()));
        trouble(wanted, reason, found.isEmpty());
        if (reason != null) found = find(StrategyNames.DEFAULT).filter(r -> !failed.containsKey(running.get(r)));
        found.ifPresent(reference -> begin(m, reference));
    }

    /** @param reason null if there is none */
    private void trouble(String wanted, String reason, boolean missing) {
        String before = trouble;
        // Without broadcast the core itself asks all members.
        boolean none = reason == null || missing && wanted.equals(StrategyNames.DEFAULT);
        trouble = none ? "" : "strategy '" + wanted + "' " + reason + (missing ? ", there are: " + list() : "");
        if (trouble.isEmpty() || trouble.equals(before)) return;
        String classes = missing ? String.join(", ", StrategyNames.knownClasses()) : "";
        log.warn("what=strategy_not_in_use reason=\"{}\" classes=\"{}\" instead=broadcast", trouble, classes);
    }

    private CompletionStage<Void> begin(ClusterMember m, ServiceReference<ClusteringStrategy> reference) {
        ClusteringStrategy strategy = running.get(reference);
        if (strategy == null) return CompletableFuture.failedFuture(new IllegalStateException("it has just stopped"));
        return m.routing()
                .use(name(reference), version(reference), strategy, reason -> {
                    failed.put(strategy, reason);
                    if (!running.containsValue(strategy)) failed.remove(strategy);
                    control.execute(this::choose);
                })
                .thenRun(() -> since = new Traffic(name(reference), messages.sum(), frames.sum()));
    }

    /**
     * Chooses a strategy until the next start, or another setting.
     *
     * @param name short name or class
     * @return completes when the swap is complete; fails with the reason why it is not
     * @throws IllegalArgumentException if it does not run here
     */
    CompletionStage<Void> use(String name) {
        String wanted = StrategyNames.shortName(name);
        if (find(wanted).isEmpty()) {
            throw new IllegalArgumentException("no strategy '" + name + "' runs here; there are: " + list());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        control.execute(() -> {
            ClusterMember m = member.get();
            Optional<ServiceReference<ClusteringStrategy>> found = find(wanted);
            if (m == null || found.isEmpty()) {
                done.completeExceptionally(new IllegalStateException("'" + wanted + "' has just stopped"));
                return;
            }
            String before = chosen;
            chosen = wanted;
            failed.remove(running.get(found.get()));
            begin(m, found.get()).whenComplete((v, failure) -> {
                if (failure == null) {
                    trouble = "";
                    done.complete(null);
                } else {
                    if (wanted.equals(chosen)) chosen = before;
                    done.completeExceptionally(
                            failure instanceof CompletionException && failure.getCause() != null
                                    ? failure.getCause()
                                    : failure);
                }
            });
        });
        return done;
    }

    private String wanted() {
        String now = chosen;
        return StrategyNames.shortName(now == null ? configured : now);
    }

    private Optional<ServiceReference<ClusteringStrategy>> find(String name) {
        return running.entrySet().stream()
                .filter(e -> name.equals(name(e.getKey()))
                        || name.equals(e.getValue().getClass().getName()))
                .map(Map.Entry::getKey)
                .max(ServiceReference::compareTo);
    }

    private static String name(ServiceReference<ClusteringStrategy> reference) {
        return String.valueOf(reference.getProperty(ClusteringStrategy.NAME));
    }

    private static int version(ServiceReference<ClusteringStrategy> reference) {
        return reference.getProperty(ClusteringStrategy.VERSION) instanceof Number number ? number.intValue() : 1;
    }

    // for operators

    /** Names of those that run here. */
    List<String> names() {
        return running.keySet().stream()
                .map(Strategies::name)
                .distinct()
                .sorted()
                .toList();
    }

    private String list() {
        return running.isEmpty() ? "none" : String.join(", ", names());
    }

    /** Why another strategy than the wanted one routes; empty if it does not. */
    String trouble() {
        return trouble;
    }

    List<Row> rows(ClusterMember m) {
        String current = m.routing().current().orElse("");
        String warming = m.routing().warming().orElse("");
        return running.entrySet().stream()
                .map(e -> {
                    String name = name(e.getKey());
                    String failure = failed.get(e.getValue());
                    String state = name.equals(current)
                            ? "in use"
                            : name.equals(warming) ? "warming up" : failure != null ? "failed: " + failure : "ready";
                    return new Row(name, version(e.getKey()), state, m.routing().figures(name));
                })
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /** Frames to other nodes for each message taken from a client here since the current strategy routes. */
    Optional<Double> framesPerMessage(String current) {
        Traffic begun = since;
        long n = messages.sum() - begun.messages;
        return n <= 0 || !begun.strategy.equals(current)
                ? Optional.empty()
                : Optional.of((double) (frames.sum() - begun.frames) / n);
    }
}
