package org.skein.cluster.api.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.skein.cluster.api.Cluster;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.membership.LoneLife;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/**
 * A node that is in no cluster: one member, no peers. Gives way to any other {@link Cluster}, which goes on with this
 * incarnation. It serves unless {@code cluster-mode} is on: then a node that starts, or was a member, must not act as if
 * it had the database for itself. Where that is switched on, it goes on serving until it is a member.
 */
@Component(
        service = {Cluster.class, LoneLife.class},
        configurationPid = LoneNode.PID,
        property = {"service.ranking:Integer=-1000", LoneNode.ALONE + ":Boolean=true"})
public final class LoneNode implements Cluster, Peers, LoneLife {
    /** Service property of this one. */
    public static final String ALONE = "skein.cluster.alone";

    /** The settings of the cluster; this bundle is there without it. */
    static final String PID = "org.skein.cluster.core";

    private static final int RANDOM_BITS = 20;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private volatile NodeId self;
    private volatile View view;
    private volatile boolean serving;
    private boolean wasMember; // guarded by this
    private boolean isOver; // guarded by this

    @Activate
    public LoneNode(BundleContext context, Map<String, Object> config) {
        this(!clusterMode(context, config));
    }

    LoneNode(boolean serving) {
        this.serving = serving;
        begin();
    }

    /** Where it is not said, installing the feature says it. */
    static boolean clusterMode(BundleContext context, Map<String, Object> config) {
        if (Boolean.parseBoolean(context.getProperty("skein.offline"))) return false;
        Object mode = config.get("mode");
        return mode != null
                ? Boolean.parseBoolean(mode.toString())
                : Arrays.stream(context.getBundles()).anyMatch(b -> PID.equals(b.getSymbolicName()));
    }

    @Modified
    void modified(BundleContext context, Map<String, Object> config) {
        modified(clusterMode(context, config));
    }

    synchronized void modified(boolean clusterMode) {
        if (!clusterMode) {
            serving = true;
            wasMember = false;
        } else if (wasMember) {
            serving = false;
        }
    }

    private void begin() {
        // Unique without asking anybody; it rises with each start unless the clock was put back, which does no harm.
        long incarnation = System.currentTimeMillis() << RANDOM_BITS | new SecureRandom().nextInt(1 << RANDOM_BITS);
        self = new NodeId("alone", incarnation);
        view = new View(0, 1, List.of(new Member(self, NodeState.SERVING, 1)));
    }

    @Override
    public Cluster alone() {
        return this;
    }

    @Override
    public synchronized long incarnation() {
        if (isOver) begin();
        isOver = false;
        return self.incarnation();
    }

    @Override
    public synchronized void joined() {
        wasMember = true;
        serving = false;
    }

    @Override
    public synchronized void over() {
        isOver = true;
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public boolean isServing() {
        return serving;
    }

    @Override
    public Peers peers() {
        return this;
    }

    @Override
    public NodeSet locate(Jid account) {
        return NodeSet.none();
    }

    @Override
    public Optional<ClusteringStrategy.Presences> presences(Jid account) {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> bound(Jid full) {
        return DONE;
    }

    @Override
    public void presence(Jid full, Optional<Stanza> presence) {
        // nobody to tell
    }

    @Override
    public void unbound(Jid full) {
        // nobody to tell
    }

    @Override
    public void send(NodeId to, int lane, String channel, byte[] payload) {
        // no member, so dropped
    }

    @Override
    public boolean isWritable(NodeId to, int lane) {
        return true;
    }

    @Override
    public void whenWritable(NodeId to, int lane, Runnable task) {
        task.run();
    }

    @Override
    public void execute(NodeId node, int lane, Runnable task) {
        task.run();
    }

    @Override
    public CompletionStage<Reply> call(NodeId to, String channel, byte[] request, Duration deadline) {
        return CompletableFuture.completedFuture(new Reply(Result.LEFT, new byte[0], "no such member"));
    }

    @Override
    public CompletionStage<Map<NodeId, Reply>> gather(String channel, byte[] request, Duration deadline) {
        return CompletableFuture.completedFuture(Map.of());
    }
}
