package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.skein.api.session.Session;
import org.skein.api.session.SessionListener;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.PeerHandler;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** Presence from another node, and who hears of it. */
class RemotePresenceTest {
    private static final Jid A = Jid.of("a@localhost");

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualScheduler.Loop database = scheduler.loop();
    private final InMemorySpool spool = new InMemorySpool(database);
    private final InMemoryAccounts accounts = new InMemoryAccounts(database).with("a@localhost", "b@localhost");
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryNode memberHere = cluster.join("here");
    private final InMemoryNode memberThere = cluster.join("there");
    private final Harness here = new Harness(scheduler, database, spool, accounts, memberHere);
    private final Harness there = new Harness(scheduler, database, spool, accounts, memberThere);
    private final List<String> heard = new ArrayList<>();

    RemotePresenceTest() {
        here.node.chains.listeners(List.of(new SessionListener() {
            @Override
            public void bound(Session session) {
                heard.add("bound");
            }
        }));
        here.node.chains.remotePresence(List.of((origin, account, presence) ->
                heard.add(presence.type() + presence.from().orElseThrow().resource() + " of " + origin)));
        scheduler.runAll();
    }

    private static Stanza from(String resource) {
        return Stanza.presence().from(Jid.of("b@localhost/" + resource)).build();
    }

    @Test // who is told at bind that the others know must miss nothing they send from then on
    void whatComesWhileTheFirstSessionIsBoundIsHeardBehindThat() {
        CompletableFuture<Void> published = new CompletableFuture<>();
        memberHere.publication(full -> published);
        there.node.deliverer.toMany(from("before"), List.of(A));
        scheduler.runAll();
        FakeClientStream stream = here.stream("a@localhost");
        stream.bind("r");
        scheduler.runAll();
        there.node.deliverer.toMany(from("shown"), List.of(A));
        there.node.deliverer.quietly(() -> there.node.deliverer.toMany(from("moved"), List.of(A)));
        scheduler.runAll();
        assertEquals(List.of(), heard);
        published.complete(null);
        scheduler.runAll();
        String origin = " of " + memberThere.self();
        assertEquals(List.of("bound", "shown" + origin, "moved" + origin), heard);
    }

    @Test // one frame for each node with the list of recipients, never one for each contact
    void presenceToManyContactsIsOneFrameForEachNode() {
        List<byte[]> frames = new ArrayList<>();
        InMemoryNode third = cluster.join("third");
        third.handler(Forwarding.CHANNEL, new PeerHandler() {
            @Override
            public void received(NodeId from, int lane, byte[] payload) {
                frames.add(payload);
            }
        });
        scheduler.runAll();
        frames.clear();
        List<Jid> contacts = new ArrayList<>();
        for (int i = 0; i < 500; i++) contacts.add(Jid.of("contact" + i + "@localhost"));
        here.node.deliverer.toMany(from("many"), contacts);
        scheduler.runAll();
        assertEquals(1, frames.size());
    }
}
