package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.api.strategy.ClusteringStrategy.LocalSession;

/** What the core offers to the strategy of a {@link VirtualNode}; it checks what strategies have to heed. */
final class VirtualContext implements ClusteringStrategy.Context {
    boolean isOver;

    private final VirtualNode node;

    VirtualContext(VirtualNode node) {
        this.node = node;
    }

    @Override
    public NodeId self() {
        return node.id;
    }

    @Override
    public View view() {
        return node.view;
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
        if (request.length > 64 * 1024) node.failures.add(new AssertionError(request.length + " bytes"));
        if (node.blocked.contains(to)) node.failures.add(new AssertionError("not writable"));
        if (isOver) return CompletableFuture.completedFuture(new Reply(Result.FAILED, VirtualNode.NOTHING, "stopped"));
        if (!node.view.contains(to))
            return CompletableFuture.completedFuture(new Reply(Result.LEFT, VirtualNode.NOTHING, "left"));
        count(request);
        VirtualNode.Call call = new VirtualNode.Call(to, new CompletableFuture<>());
        node.calls.add(call);
        node.cluster.after(
                deadline.toNanos(), () -> node.finish(call, new Reply(Result.TIMEOUT, VirtualNode.NOTHING, "late")));
        node.transmit(to, other -> other.called(node, call, request));
        return call.answer();
    }

    private void count(byte[] request) {
        if (request.length < 2) return;
        node.cluster.frames.merge((int) request[1], 1L, Long::sum);
        if (request[1] != Frames.CHANGES) return;
        try {
            if (Frames.request(request).body() instanceof Frames.Changes c) node.cluster.changes.addAll(c.changes());
        } catch (IllegalArgumentException garbage) {
            return;
        }
    }

    @Override
    public boolean isWritable(NodeId to) {
        return !node.blocked.contains(to);
    }

    @Override
    public void whenWritable(NodeId to, Runnable task) {
        if (node.blocked.contains(to)) {
            node.whenWritable.computeIfAbsent(to, i -> new ArrayList<>()).add(task);
        } else {
            task.run();
        }
    }

    @Override
    public Iterable<LocalSession> sessions() {
        return node.sessions.keySet().stream()
                .map(full -> new LocalSession(full, Optional.empty()))
                .toList();
    }

    @Override
    public void later(Duration delay, Runnable task) {
        node.cluster.after(delay.toNanos() + node.cluster.lag.getAsLong() / 10, () -> {
            if (!isOver && node.isAlive) node.guarded(task);
        });
    }

    @Override
    public void failed(String reason) {
        node.failures.add(new AssertionError(reason));
    }
}
