package org.skein.im.internal;

import java.util.List;
import java.util.Set;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.blocking.BlockListsOf;
import org.skein.im.internal.carbons.Carbons;
import org.skein.im.internal.last.LastActivityRequests;
import org.skein.im.internal.presence.SeenPresence;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryStorage;
import org.skein.xmpp.Jid;

/** Two nodes on one storage, each a {@link TestServer} with the processors that know of other nodes. */
public final class TwoNodes {
    /** One of them. */
    public static final class Node {
        public final InMemoryNode member;
        public final ImServer im;
        public final TestServer server;
        public final SeenPresence seen;

        private Node(InMemoryNode member, InMemoryStorage storage) {
            this.member = member;
            server = new TestServer(storage);
            im = new ImServer(server, member);
            seen = server.add(im.seen);
            server.add(new Carbons(server));
            server.add(new LastActivityRequests(im.rosters, im.sender, storage.lastActivity()));
            member.handler("im.roster", im.rosters)
                    .handler("im.presence", im.sender)
                    .handler("im.blocking", BlockListsOf.add(im))
                    .listener(im.rosters)
                    .listener(seen);
        }

        public TestServer.Client login(String full) {
            return server.login(full);
        }
    }

    public final InMemoryStorage storage;
    public final ManualScheduler scheduler = new ManualScheduler();
    public final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    public final Node a;
    public final Node b;

    public TwoNodes() {
        this(new InMemoryStorage());
    }

    public TwoNodes(InMemoryStorage storage) {
        this.storage = storage;
        a = new Node(cluster.node("a"), storage);
        b = new Node(cluster.node("b"), storage);
        a.server.cluster("a", List.of(a.server, b.server), scheduler::runAll);
        b.server.cluster("b", List.of(b.server, a.server), scheduler::runAll);
        a.server.origin(() -> a.member.self().toString());
        b.server.origin(() -> b.member.self().toString());
        cluster.join(a.member);
        cluster.join(b.member);
        scheduler.runAll();
    }

    /** Accounts exist on all nodes. */
    public void create(String... accounts) {
        a.server.create(accounts);
        b.server.create(accounts);
    }

    /** Two accounts that see each other. */
    public void friends(Jid one, Jid other) {
        create(one.toString(), other.toString());
        subscription(one, other);
        subscription(other, one);
    }

    private void subscription(Jid owner, Jid contact) {
        storage.rosters()
                .put(owner, new RosterItem(contact, "", Set.of(), Subscription.BOTH, false, false, false, true, ""))
                .toCompletableFuture()
                .join();
    }

    /** The node's process is gone with all its sessions; nobody says goodbye. */
    public void crash(Node node) {
        node.server.dies();
        cluster.crash(node.member);
        scheduler.runAll();
    }
}
