package org.skein.im.internal;

import org.skein.im.internal.presence.PresenceProcessor;
import org.skein.im.internal.presence.PresenceSender;
import org.skein.im.internal.roster.RosterRequests;
import org.skein.im.internal.roster.Rosters;
import org.skein.im.internal.subscription.SubscriptionProcessor;
import org.skein.im.internal.subscription.Subscriptions;

/** A {@link TestServer} with rosters, subscriptions and presence, wired as the framework does. */
public final class ImServer {
    public final TestServer server = new TestServer();
    public final Rosters rosters;
    public final PresenceSender sender;
    public final Subscriptions subscriptions;

    public ImServer() {
        this(TestServer.config(Rosters.Config.class), TestServer.config(PresenceProcessor.Config.class));
    }

    public ImServer(Rosters.Config rosterConfig, PresenceProcessor.Config presenceConfig) {
        rosters = server.add(new Rosters(rosterConfig, server.storage.rosters()));
        sender = new PresenceSender(server, server, server.hosts);
        subscriptions = new Subscriptions(rosters, server.accounts, sender);
        server.add(new SubscriptionProcessor(subscriptions));
        server.add(
                new PresenceProcessor(presenceConfig, sender, rosters, server.accounts, server.storage.lastActivity()));
        server.add(new RosterRequests(rosters, server.storage.rosters(), server, subscriptions));
    }
}
