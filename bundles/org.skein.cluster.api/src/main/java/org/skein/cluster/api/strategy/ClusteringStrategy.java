package org.skein.cluster.api.strategy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * Decides which other nodes hear of an account: a service with the properties {@link #NAME} and, where its messages are
 * not those of an earlier release, {@link #VERSION}.
 *
 * <p><b>The one rule (P3).</b> {@link #locate} must name every other member that holds a session of the account and
 * publishes to this strategy. Naming too many costs traffic, naming too few loses stanzas. A member whose sessions the
 * strategy does not know yet, because the two are not in step, is to be named. Members that run another strategy, or
 * another version of this one, are added by the core and are no business of the strategy.
 *
 * <p><b>Life.</b> {@link #start} begins it beside the strategy that routes. From that call on it hears of this node's
 * sessions and of its peers; sessions there were before are in {@link Context#sessions}. When the stage of
 * {@code start} completes it is asked. {@link #stop} ends it, also in the middle of a start. A service may be started
 * again after {@code stop}, with another context; each start is a life of its own.
 *
 * <p><b>Order.</b> Of one session: {@link #bound}, changes of {@link #presence} in their order, {@link #unbound}; an
 * event may come that the snapshot has already, or the other way round, so both must be idempotent. Of one peer:
 * {@link #publishes}, {@link #received} and {@link #called} come one after the other, in the order in which that node
 * acted; between two nodes that are members and run this strategy nothing is lost. A view reaches the strategy with
 * {@link #changed} before anything the nodes that are new in it say.
 *
 * <p><b>When a session is safe to find.</b> The stage of {@link #bound} completes when every member for which
 * {@code locate} would otherwise miss this node knows of it; until then the session is not bound and no stanza is owed to
 * it. {@link #unbound} may be told late.
 *
 * <p><b>Threads.</b> Any thread may call {@code locate}, {@code bound}, {@code presence} and {@code unbound}, also
 * several at once for different accounts; none may block. What takes time goes through {@link Context#later}.
 *
 * <p><b>When it fails.</b> A strategy that throws, answers null, blocks the calling thread, does not complete a stage in
 * its time ({@code locate} 1 s, again and again for 10 s; {@code bound} 15 s; {@code start} 2 min) or sends more than a peer can take is
 * replaced by "all members", reported in the log, in {@code cluster:strategy} and in the health of the node, and not used
 * again before its bundle is updated or the strategy is chosen anew. A peer whose message it cannot take (an exception of
 * {@code received} or {@code called}) is named in every answer until it publishes anew. Neither costs a stanza.
 */
@ConsumerType
public interface ClusteringStrategy {
    /** Service property: the short name, such as {@code broadcast}: letters, digits, hyphens, at most 32. */
    String NAME = "skein.cluster.strategy";

    /**
     * Service property, an integer from 1: the version of what its messages mean. Strategies of one name and different
     * versions do not hear each other. Default 1.
     */
    String VERSION = "skein.cluster.strategy.version";

    /** What the core offers to a strategy from {@link #start} to {@link #stop}; later calls do nothing. Any thread. */
    @ProviderType
    interface Context {
        NodeId self();

        /** The view now. */
        View view();

        /** The other members that publish to this strategy, as {@link #publishes} told last. */
        Set<NodeId> publishing();

        /**
         * Sends to this strategy on another member; dropped where it is not running.
         *
         * @param message at most 1 MiB, not changed any more
         * @throws IllegalArgumentException if it is larger
         */
        void send(NodeId to, byte[] message);

        /**
         * Asks this strategy on another member, in order with {@link #send}. The stage never fails: where the strategy is
         * not running the answer is {@link Peers.Result#FAILED}, and that is known at once.
         */
        CompletionStage<Peers.Reply> call(NodeId to, byte[] request, Duration deadline);

        /** False while a lot waits for that member: who goes on sending all the same is replaced. */
        boolean isWritable(NodeId to);

        /** Runs a task once when {@link #isWritable} is true again, or at once. */
        void whenWritable(NodeId to, Runnable task);

        /** This node's sessions with their presence, for a snapshot; weakly consistent, events tell the rest. */
        Iterable<LocalSession> sessions();

        /** Runs a task once on a thread of the core, not before the delay; not after {@link #stop}. */
        void later(Duration delay, Runnable task);

        /** The strategy gives up: all members are used from now on. @param reason for operators */
        void failed(String reason);
    }

    /** A session of this node; presence is empty while it is not available. */
    record LocalSession(Jid full, Optional<Stanza> presence) {}

    /** The last presence of an available session on another node; the session's full address is in {@code from}. */
    record RemotePresence(NodeId node, Stanza presence) {}

    /**
     * What is known of an account's sessions on other nodes.
     *
     * @param known one for each available session
     * @param ask members of which that is not known
     */
    record Presences(List<RemotePresence> known, List<NodeId> ask) {
        public Presences {
            known = List.copyOf(known);
            ask = List.copyOf(ask);
        }
    }

    /**
     * Begins to get in step while another strategy routes; local events come from here on.
     *
     * @return completes when {@link #locate} may be asked
     */
    default CompletionStage<Void> start(Context context) {
        return CompletableFuture.completedFuture(null);
    }

    /** It routes no more, and nothing is told to it any more. Bounded in time. */
    default void stop() {}

    /**
     * Which other nodes may hold a session of an account. At once if it can; a late answer holds only stanzas to this
     * account, and after 1 s all members are used.
     *
     * @param account bare
     */
    NodeSet locate(Jid account);

    /**
     * The last presence of an account's available sessions on other nodes, if the strategy keeps it: so that a probe is
     * answered without asking (RFC 6121 §4.3.2). When the stage of {@link #bound} of a session here has completed, it is
     * no older than what the others knew when they confirmed it.
     *
     * @param account bare
     * @return empty if it does not keep presence
     */
    default Optional<Presences> presences(Jid account) {
        return Optional.empty();
    }

    /**
     * This node is about to hold a session.
     *
     * @return completes when every member running this strategy knows; one that does not answer in time does not. If it
     *     takes longer than 15 s the core uses all members instead
     */
    default CompletionStage<Void> bound(Jid full) {
        return CompletableFuture.completedFuture(null);
    }

    /** The presence of a session of this node changed; empty: it is not available any more. */
    default void presence(Jid full, Optional<Stanza> presence) {}

    /** A session of this node is over. */
    default void unbound(Jid full) {}

    /** A view is installed. Nodes that are not in it any more are gone, with their sessions. */
    default void changed(View view) {}

    /**
     * A member's sessions are published to this strategy from now on, or are no more. When it begins anew, what it told
     * before is void, and "no more" is told first.
     */
    default void publishes(NodeId member, boolean does) {}

    /** A message of this strategy on another node. */
    default void received(NodeId from, byte[] message) {}

    /** A request of this strategy on another node. The stage is to complete in good time; what it fails with is told there. */
    default CompletionStage<byte[]> called(NodeId from, byte[] request) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("nothing can be asked here"));
    }

    /** Figures for operators, by a word each, such as {@code users} and {@code bytes}; shown by {@code cluster:strategy}. */
    default Map<String, Long> figures() {
        return Map.of();
    }
}
