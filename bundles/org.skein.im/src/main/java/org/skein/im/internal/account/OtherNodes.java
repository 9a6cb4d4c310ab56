package org.skein.im.internal.account;

import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.Peers.Reply;
import org.skein.cluster.api.Peers.Result;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.xmpp.Jid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the processors here have to do with other nodes of the cluster. Costs next to nothing alone. Any thread. */
@Component(service = OtherNodes.class)
public final class OtherNodes {
    private static final Logger log = LoggerFactory.getLogger(OtherNodes.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    /** A node that is silent for longer is excluded long before. */
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(10);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    @Reference(policy = DYNAMIC, policyOption = GREEDY) // exchanged when a lone node becomes a member
    private volatile Cluster cluster;

    @Activate
    public OtherNodes() {
        // the cluster comes by itself
    }

    /** For tests. */
    public OtherNodes(Cluster cluster) {
        this.cluster = cluster;
    }

    /** True if another node may hold a session of the account. */
    public boolean mayHold(Jid account) {
        NodeSet nodes = cluster.locate(account.bare());
        return !nodes.isKnown() || !nodes.now().isEmpty();
    }

    /** What is known here of an account's presence on other nodes; empty if the strategy in use keeps none. */
    public Optional<Presences> presences(Jid account) {
        return cluster.presences(account.bare());
    }

    /** This node in its present life, as {@link org.skein.api.session.RemotePresenceListener} is told of it elsewhere. */
    public String self() {
        return cluster.self().toString();
    }

    /** True if the life of a node is in the view now; this one always. */
    public boolean isMember(String node) {
        Cluster c = cluster;
        return c.self().toString().equals(node)
                || c.view().members().stream().anyMatch(m -> m.id().toString().equals(node));
    }

    /**
     * Tells all nodes of a change that is committed (CLUSTER 22).
     *
     * @param message only asked for if there is another node
     * @return completes when each has confirmed that its copy is no older, or has left; never fails
     */
    public CompletionStage<Void> confirmed(String channel, Supplier<byte[]> message) {
        Cluster c = cluster;
        if (c.view().members().size() < 2) return DONE;
        return c.peers()
                .gather(channel, message.get(), CONFIRM_WITHIN)
                .thenAccept(replies -> replies.forEach((node, reply) -> check(channel, node, reply)));
    }

    private static void check(String channel, NodeId node, Reply reply) {
        if (reply.result() == Result.FAILED || reply.result() == Result.TIMEOUT) {
            log.warn(
                    "what=change_not_confirmed channel={} node={} result={} error={}",
                    channel,
                    node,
                    reply.result(),
                    reply.error());
        }
    }

    /** Sends to the nodes that may hold a session of the account, in order for each account. */
    public void tell(Jid account, String channel, byte[] message) {
        int lane = Peers.lane(account);
        located(account, nodes -> nodes.forEach(node -> cluster.peers().send(node, lane, channel, message)));
    }

    /** Asks the nodes that may hold a session of the account; true as soon as one answers so. Never fails. */
    public CompletionStage<Boolean> any(Jid account, String channel, byte[] request, Predicate<byte[]> isYes) {
        if (!mayHold(account)) return CompletableFuture.completedFuture(false);
        CompletableFuture<Boolean> any = new CompletableFuture<>();
        located(account, nodes -> {
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (NodeId node : nodes) {
                answers.add(cluster.peers()
                        .call(node, channel, request, ANSWER_WITHIN)
                        .thenAccept(reply -> {
                            if (reply.isAnswered() && isYes.test(reply.payload())) any.complete(true);
                        })
                        .toCompletableFuture());
            }
            CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                    .whenComplete((done, failure) -> any.complete(false));
        });
        return any;
    }

    private void located(Jid account, Consumer<List<NodeId>> use) {
        Cluster c = cluster;
        c.locate(account.bare()).then(use, failure -> {
            List<NodeId> all = new ArrayList<>(c.view().ids()); // P3
            all.remove(c.self());
            use.accept(all);
        });
    }
}
