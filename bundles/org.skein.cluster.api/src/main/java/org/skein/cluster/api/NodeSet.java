package org.skein.cluster.api;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Nodes, known at once or later. */
public final class NodeSet {
    private static final NodeSet NONE = new NodeSet(List.of(), null);

    private final List<NodeId> now; // null if later
    private final CompletionStage<List<NodeId>> later;

    private NodeSet(List<NodeId> now, CompletionStage<List<NodeId>> later) {
        this.now = now;
        this.later = later;
    }

    public static NodeSet none() {
        return NONE;
    }

    /** @param nodes unchanging */
    public static NodeSet of(List<NodeId> nodes) {
        return nodes.isEmpty() ? NONE : new NodeSet(nodes, null);
    }

    public static NodeSet later(CompletionStage<List<NodeId>> nodes) {
        return new NodeSet(null, Objects.requireNonNull(nodes, "nodes"));
    }

    public boolean isKnown() {
        return now != null;
    }

    /** @throws IllegalStateException if not {@link #isKnown} */
    public List<NodeId> now() {
        if (now == null) throw new IllegalStateException("known later");
        return now;
    }

    public CompletionStage<List<NodeId>> later() {
        if (later == null) throw new IllegalStateException("known now");
        return later;
    }

    /** Tells at once where known; else when known, on any thread; {@code failed} if that fails. */
    public void then(Consumer<List<NodeId>> known, Consumer<Throwable> failed) {
        if (now != null) {
            known.accept(now);
            return;
        }
        later.whenComplete((nodes, failure) -> {
            if (failure != null) failed.accept(failure);
            else known.accept(nodes);
        });
    }
}
