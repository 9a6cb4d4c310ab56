package org.skein.testkit.strategy.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** A strategy as a node runs it, and a look at what it says and throws. It changes nothing. */
public final class Observed implements ClusteringStrategy {
    private final ClusteringStrategy strategy;
    private final Consumer<String> thrown;
    private final Consumer<byte[]> said;
    private Context context;

    /**
     * @param thrown told when it throws
     * @param said told what it sends and asks
     */
    Observed(ClusteringStrategy strategy, Consumer<String> thrown, Consumer<byte[]> said) {
        this.strategy = strategy;
        this.thrown = thrown;
        this.said = said;
    }

    /** Of its last start: for what a test says in its name. */
    public Context context() {
        return context;
    }

    private <T> T watched(String call, Supplier<T> it) {
        try {
            return it.get();
        } catch (RuntimeException | Error e) {
            StackTraceElement[] stack = e.getStackTrace();
            thrown.accept(call + " threw " + e + (stack.length == 0 ? "" : " at " + stack[0]));
            throw e;
        }
    }

    private void watched(String call, Runnable it) {
        watched(call, () -> {
            it.run();
            return null;
        });
    }

    @Override
    public CompletionStage<Void> start(Context offered) {
        context = new Listening(offered, said);
        return watched("start", () -> strategy.start(context));
    }

    @Override
    public void stop() {
        watched("stop", strategy::stop);
    }

    @Override
    public NodeSet locate(Jid account) {
        return watched("locate", () -> strategy.locate(account));
    }

    @Override
    public Optional<Presences> presences(Jid account) {
        return watched("presences", () -> strategy.presences(account));
    }

    @Override
    public CompletionStage<Void> bound(Jid full) {
        return watched("bound", () -> strategy.bound(full));
    }

    @Override
    public void presence(Jid full, Optional<Stanza> presence) {
        watched("presence", () -> strategy.presence(full, presence));
    }

    @Override
    public void unbound(Jid full) {
        watched("unbound", () -> strategy.unbound(full));
    }

    @Override
    public void changed(View view) {
        watched("changed", () -> strategy.changed(view));
    }

    @Override
    public void publishes(NodeId member, boolean does) {
        watched("publishes", () -> strategy.publishes(member, does));
    }

    @Override
    public void received(NodeId from, byte[] message) {
        watched("received", () -> strategy.received(from, message));
    }

    @Override
    public CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return watched("called", () -> strategy.called(from, request));
    }

    @Override
    public Map<String, Long> figures() {
        return watched("figures", strategy::figures);
    }

    /** Keeps what is said. */
    private record Listening(Context context, Consumer<byte[]> said) implements Context {
        @Override
        public NodeId self() {
            return context.self();
        }

        @Override
        public View view() {
            return context.view();
        }

        @Override
        public Set<NodeId> publishing() {
            return context.publishing();
        }

        @Override
        public void send(NodeId to, byte[] message) {
            said.accept(message);
            context.send(to, message);
        }

        @Override
        public CompletionStage<Peers.Reply> call(NodeId to, byte[] request, Duration deadline) {
            said.accept(request);
            return context.call(to, request, deadline);
        }

        @Override
        public boolean isWritable(NodeId to) {
            return context.isWritable(to);
        }

        @Override
        public void whenWritable(NodeId to, Runnable task) {
            context.whenWritable(to, task);
        }

        @Override
        public Iterable<LocalSession> sessions() {
            return context.sessions();
        }

        @Override
        public void later(Duration delay, Runnable task) {
            context.later(delay, task);
        }

        @Override
        public void failed(String reason) {
            context.failed(reason);
        }
    }
}
