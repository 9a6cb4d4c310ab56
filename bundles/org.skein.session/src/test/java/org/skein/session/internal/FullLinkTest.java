package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** The link to another node takes no more: who sends into it pauses, and nothing vanishes (P5, CLUSTER 4). */
class FullLinkTest {
    private static final Jid B = Jid.of("b@localhost");

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualScheduler.Loop database = scheduler.loop();
    private final InMemorySpool spool = new InMemorySpool(database);
    private final InMemoryAccounts accounts = new InMemoryAccounts(database).with("a@localhost", "b@localhost");
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryNode memberHere = cluster.join("here");
    private final InMemoryNode memberThere = cluster.join("there");
    private final Harness here = new Harness(scheduler, database, spool, accounts, memberHere);
    private final Harness there = new Harness(scheduler, database, spool, accounts, memberThere);
    private final List<String> seen = new ArrayList<>();
    private final FakeClientStream a;

    FullLinkTest() {
        there.node.chains.remotePresence(List.of((origin, account, presence) -> seen.add(presence.type())));
        scheduler.runAll();
        a = here.online("a@localhost/r");
        scheduler.runAll();
    }

    private void full(boolean isFull) {
        memberHere.full(memberThere.self(), Forwarding.LANE, isFull);
        scheduler.runAll();
    }

    private static Stanza presence() {
        return Stanza.presence().from(Jid.of("a@localhost/r")).build();
    }

    @Test
    void whoSendsPresenceIntoItPausesUntilThereIsRoom() {
        full(true);
        here.node.deliverer.toMany(presence(), List.of(B));
        scheduler.runAll();
        assertFalse(a.isReading());
        full(false);
        assertTrue(a.isReading());
    }

    @Test
    void whoSendsWhatNobodyAnswersForPausesAsWell() {
        full(true);
        a.receive(Stanza.message().to(B).type("headline").id("h").build());
        scheduler.runAll();
        assertFalse(a.isReading());
        full(false);
        assertTrue(a.isReading());
    }

    private void overflow() {
        full(true);
        memberHere.overflows(true);
    }

    @Test
    void presenceBeyondAllBoundsComesInOrderWhenThereIsRoom() {
        there.online("b@localhost/r");
        overflow();
        here.node.deliverer.toMany(presence(), List.of(B));
        scheduler.runAll();
        assertEquals(List.of(), seen);
        memberHere.overflows(false); // room for some, but nothing may overtake what waits
        here.node.deliverer.toMany(
                Stanza.presence()
                        .from(Jid.of("a@localhost/r"))
                        .type("unavailable")
                        .build(),
                List.of(B));
        scheduler.runAll();
        assertEquals(List.of(), seen);
        full(false);
        assertEquals(List.of("", "unavailable"), seen);
    }

    @Test
    void aMessageBeyondAllBoundsIsRefusedAndTheNextIsTaken() {
        FakeClientStream b = there.online("b@localhost/r");
        scheduler.runAll();
        overflow();
        a.receive(Harness.chat("b@localhost", "one"));
        scheduler.runAll();
        Stanza error = a.lastStanza().orElseThrow();
        assertTrue(error.isError(), error::toString);
        assertEquals("one", error.id());
        assertEquals("resource-constraint", Harness.condition(error));
        assertEquals(0, here.node.forwarding.outstanding());

        full(false);
        a.receive(Harness.chat("b@localhost", "two"));
        scheduler.runAll();
        assertEquals(List.of("two"), b.bodies());
    }

    @Test
    void aRequestBeyondAllBoundsIsToBeTriedLater() {
        there.online("b@localhost/r");
        scheduler.runAll();
        overflow();
        a.receive(Harness.get("b@localhost/r"));
        scheduler.runAll();
        assertEquals("recipient-unavailable", Harness.condition(a.lastStanza().orElseThrow()));
    }
}
