package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;

/** The order of a flow over nodes (CLUSTER 11) where {@link ClusterScheduleTest} once found it broken. */
final class ClusterOrderTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualScheduler.Loop database = scheduler.loop();
    private final InMemorySpool spool = new InMemorySpool(database);
    private final InMemoryAccounts accounts = new InMemoryAccounts(database).with("a@localhost", "b@localhost");
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final InMemoryNode[] members = new InMemoryNode[3];
    private final Harness[] nodes = new Harness[3];

    @BeforeEach
    void start() {
        for (int i = 0; i < nodes.length; i++) {
            members[i] = cluster.node("n" + i);
            nodes[i] = new Harness(scheduler, database, spool, accounts, members[i]);
            cluster.join(members[i]);
        }
        scheduler.runAll();
    }

    @Test
    void whatIsTriedAgainStaysBehindStoredMessages() {
        FakeClientStream a = nodes[0].online("a@localhost/r");
        a.receive(Harness.chat("b@localhost", "1"));
        scheduler.runAll(); // stored
        FakeClientStream b = nodes[0].bound("b@localhost/r");
        cluster.hold(members[1], members[0]);
        a.receive(Harness.chat("b@localhost/gone", "2"));
        scheduler.runAll(); // tried at the others
        b.receive(Harness.presence(0)); // the stored one is asked for
        scheduler.runAll();
        a.receive(Harness.chat("b@localhost", "3"));
        scheduler.runAll();
        assertEquals(List.of(), b.bodies());
        cluster.release(members[1], members[0]); // the second is tried here
        scheduler.advance(AnswerBatch.DELAY);
        assertEquals(List.of("1", "2", "3"), b.bodies());
    }

    @Test
    void whoComesAtAnotherNodeSendsBehindWhatHeSentBefore() {
        FakeClientStream b = nodes[2].online("b@localhost/r");
        FakeClientStream a = nodes[0].online("a@localhost/r");
        cluster.hold(members[0], members[2]);
        a.receive(Harness.chat("b@localhost", "1"));
        a.closeByClient();
        scheduler.runAll();
        FakeClientStream again = nodes[1].online("a@localhost/r");
        again.receive(Harness.chat("b@localhost", "2"));
        scheduler.runAll();
        assertEquals(List.of(), b.bodies());
        cluster.release(members[0], members[2]);
        scheduler.advance(AnswerBatch.DELAY);
        assertEquals(List.of("1", "2"), b.bodies());
    }

    @Test
    void whatWasRefusedBeforeAResourceWasBoundStaysInFront() {
        FakeClientStream a = nodes[0].online("a@localhost/r");
        cluster.hold(members[2], members[0]);
        a.receive(Harness.chat("b@localhost/r", "1"));
        scheduler.advance(AnswerBatch.DELAY); // refused by one, not answered by the other
        FakeClientStream b = nodes[1].stream("b@localhost");
        b.bind("r");
        scheduler.runAll();
        a.receive(Harness.chat("b@localhost/r", "2"));
        scheduler.runAll();
        b.receive(Harness.presence(0));
        cluster.release(members[2], members[0]);
        scheduler.advance(AnswerBatch.DELAY);
        assertEquals(List.of("1", "2"), b.bodies());
    }

    @Test
    void whatWasSentBeforeItsNodeHeardOfABindIsRefusedToo() {
        FakeClientStream a = nodes[0].online("a@localhost/r");
        cluster.hold(members[2], members[0]);
        a.receive(Harness.chat("b@localhost/r", "1"));
        scheduler.advance(AnswerBatch.DELAY); // refused by one, not answered by the other
        cluster.hold(members[0], members[1]);
        a.receive(Harness.chat("b@localhost/r", "2"));
        FakeClientStream b = nodes[1].stream("b@localhost");
        b.bind("r");
        scheduler.runAll(); // it waits for what is to come from the first node
        cluster.release(members[0], members[1]);
        scheduler.advance(AnswerBatch.DELAY);
        b.receive(Harness.presence(0));
        cluster.release(members[2], members[0]);
        scheduler.advance(AnswerBatch.DELAY);
        assertEquals(List.of("1", "2"), b.bodies());
    }
}
