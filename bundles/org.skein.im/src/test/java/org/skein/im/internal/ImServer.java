package org.skein.im.internal;

import org.skein.cluster.api.Cluster;
import org.skein.im.internal.account.OtherNodes;
import org.skein.im.internal.blocking.BlockLists;
import org.skein.im.internal.presence.AnswersHere;
import org.skein.im.internal.presence.Arrivals;
import org.skein.im.internal.presence.PresenceProcessor;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.presence.SeenPresence;
import org.skein.im.internal.roster.RosterRequests;
import org.skein.im.internal.roster.Rosters;
import org.skein.im.internal.subscription.SubscriptionDelivery;
import org.skein.im.internal.subscription.SubscriptionProcessor;
import org.skein.im.internal.subscription.Subscriptions;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.storage.InMemoryStorage;

/** A {@link TestServer} with rosters, subscriptions and presence, wired as the framework does. */
public final class ImServer {
    public final TestServer server;
    public final OtherNodes others;
    public final Rosters rosters;
    /** In use only where {@link org.skein.im.internal.blocking.BlockListsOf} adds it. */
    public final BlockLists lists;

    public final Arrivals arrivals;
    /** In use only among {@link TwoNodes}. */
    public final SeenPresence seen;

    public final PresenceSender sender;
    public final Subscriptions subscriptions;

    public ImServer() {
        this(TestServer.config(Rosters.Config.class), TestServer.config(PresenceProcessor.Config.class));
    }

    public ImServer(Rosters.Config rosterConfig, PresenceProcessor.Config presenceConfig) {
        this(
                new TestServer(new InMemoryStorage()),
                new InMemoryCluster(new ManualScheduler()).node("alone"),
                rosterConfig,
                presenceConfig);
    }

    /** A node of a cluster. */
    public ImServer(TestServer server, Cluster cluster) {
        this(
                server,
                cluster,
                TestServer.config(Rosters.Config.class),
                TestServer.config(PresenceProcessor.Config.class));
    }

    private ImServer(
            TestServer server, Cluster cluster, Rosters.Config rosterConfig, PresenceProcessor.Config presenceConfig) {
        this.server = server;
        others = new OtherNodes(cluster);
        rosters = server.add(new Rosters(rosterConfig, server.storage.rosters(), others));
        lists = new BlockLists(server.storage.blockLists(), others);
        arrivals = server.add(new Arrivals(others));
        seen = new SeenPresence(server, server.hosts, others, arrivals);
        AnswersHere answers = new AnswersHere(server, others, lists, seen, arrivals);
        sender = server.add(new PresenceSender(server, server, server.hosts, others, answers));
        subscriptions = new Subscriptions(rosters, server.accounts, sender);
        server.add(new SubscriptionProcessor(subscriptions));
        server.add(new SubscriptionDelivery(subscriptions));
        server.add(
                new PresenceProcessor(presenceConfig, sender, rosters, server.accounts, server.storage.lastActivity()));
        server.add(new RosterRequests(rosters, server.storage.rosters(), server, subscriptions));
    }
}
