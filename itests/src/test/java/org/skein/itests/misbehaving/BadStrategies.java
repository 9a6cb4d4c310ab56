package org.skein.itests.misbehaving;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Strategies that name every other member, as they should, but do one thing wrong; components of one bundle. */
public final class BadStrategies {
    private BadStrategies() {}

    /** Does nothing wrong. */
    public abstract static class AllOthers implements ClusteringStrategy {
        private volatile Context context;

        final Context context() {
            return context;
        }

        @Override
        public CompletionStage<Void> start(Context context) {
            this.context = context;
            return CompletableFuture.completedFuture(null);
        }

        final NodeSet others() {
            return NodeSet.of(context.view().ids().stream()
                    .filter(id -> !id.equals(context.self()))
                    .toList());
        }

        @Override
        public NodeSet locate(Jid account) {
            return others();
        }
    }

    public static final class ThrowsWhenAsked extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            throw new IllegalStateException("thrown as promised");
        }
    }

    /** In whatever is told to it. */
    public static final class ThrowsWhenTold extends AllOthers {
        private static IllegalStateException bug() {
            return new IllegalStateException("thrown as promised");
        }

        @Override
        public CompletionStage<Void> bound(Jid full) {
            throw bug();
        }

        @Override
        public void presence(Jid full, Optional<Stanza> presence) {
            throw bug();
        }

        @Override
        public void unbound(Jid full) {
            throw bug();
        }

        @Override
        public void changed(View view) {
            throw bug();
        }

        @Override
        public Optional<Presences> presences(Jid account) {
            throw bug();
        }

        @Override
        public Map<String, Long> figures() {
            throw bug();
        }

        @Override
        public void stop() {
            throw bug();
        }
    }

    public static final class ThrowsInStart extends AllOthers {
        @Override
        public CompletionStage<Void> start(Context context) {
            throw new IllegalStateException("thrown as promised");
        }
    }

    public static final class AnswersNull extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            return null;
        }
    }

    /** Beside the members. */
    public static final class NamesAStranger extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            return NodeSet.of(Stream.concat(
                            context().view().ids().stream()
                                    .filter(id -> !id.equals(context().self())),
                            Stream.of(new NodeId("stranger", 1)))
                    .toList());
        }
    }

    public static final class NeverAnswers extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            return NodeSet.later(new CompletableFuture<>());
        }
    }

    public static final class NeverConfirms extends AllOthers {
        @Override
        public CompletionStage<Void> bound(Jid full) {
            return new CompletableFuture<>();
        }
    }

    public static final class Blocks extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            while (!Thread.interrupted()) LockSupport.park();
            return others();
        }
    }

    /** Does not look whether they can take it. */
    public static final class Floods extends AllOthers {
        private static final byte[] MUCH = new byte[1 << 20];

        @Override
        public NodeSet locate(Jid account) {
            for (NodeId peer : context().publishing()) {
                for (int i = 0; i < 64; i++) context().send(peer, MUCH);
            }
            return others();
        }
    }

    /** And cannot read it. */
    public static final class SendsGarbage extends AllOthers {
        @Override
        public NodeSet locate(Jid account) {
            for (NodeId peer : context().publishing()) {
                context().send(peer, new byte[] {1, 2, 3});
                context().call(peer, new byte[0], Duration.ofSeconds(1));
            }
            return others();
        }

        @Override
        public void received(NodeId from, byte[] message) {
            throw new IllegalArgumentException("garbage");
        }

        @Override
        public CompletionStage<byte[]> called(NodeId from, byte[] request) {
            throw new IllegalArgumentException("garbage");
        }
    }

    /** Of one name but another version than {@link Second}. */
    public static final class First extends AllOthers {}

    public static final class Second extends AllOthers {}
}
