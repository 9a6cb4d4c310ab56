package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.session.Session;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;
import org.skein.xmpp.Jid;

/** Users of a warm-up chat across nodes without an account; nothing is kept for them, and nobody else is taken for one. */
class WarmUpUsersTest {
    private static final String ONE = "warm-up-0123456789abcdef01234567@localhost";
    private static final String OTHER = "warm-up-89abcdef0123456789abcdef@localhost";
    private static final String NEARLY = "warm-up-3@localhost";

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualScheduler.Loop database = scheduler.loop();
    private final InMemorySpool spool = new InMemorySpool(database);
    private final InMemoryAccounts accounts = new InMemoryAccounts(database).with("a@localhost", NEARLY);
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);
    private final Harness here = new Harness(scheduler, database, spool, accounts, cluster.join("here"));
    private final Harness there = new Harness(scheduler, database, spool, accounts, cluster.join("there"));
    private FakeClientStream one;

    @BeforeEach
    void start() {
        scheduler.runAll();
        one = here.online(ONE + "/r");
    }

    private void write(FakeClientStream from, String to, String body) {
        from.clear();
        from.receive(Harness.chat(to, body));
        scheduler.advance(AnswerBatch.DELAY.multipliedBy(2)); // first at the full address, then at the bare one
    }

    private String refusal(FakeClientStream from) {
        return Harness.condition(from.lastStanza().orElseThrow());
    }

    @Test
    void theyChat() {
        FakeClientStream other = there.online(OTHER + "/r");
        write(one, OTHER + "/r", "to the session");
        write(one, OTHER, "to the user");
        assertEquals(List.of("to the session", "to the user"), other.bodies());
        write(other, ONE + "/r", "back");
        assertEquals(List.of("back"), one.bodies());
    }

    @Test
    void nothingIsKeptForWhoIsGone() {
        FakeClientStream other = there.online(OTHER + "/r");
        other.closeByClient();
        scheduler.runAll();
        write(one, OTHER + "/r", "late");
        assertEquals("service-unavailable", refusal(one));
        write(one, OTHER, "later");
        assertEquals("service-unavailable", refusal(one));
        assertEquals(List.of(), spool.rows());
    }

    @Test
    void whatWasUnconfirmedWhenAStreamBrokeIsNotKeptEither() {
        FakeClientStream other = new FakeClientStream("w", scheduler.loop())
                .over(Session.WARM_UP)
                .open(there.service, Jid.of(OTHER));
        other.bind("r");
        scheduler.runAll();
        other.receive(Harness.enable());
        other.receive(Harness.presence(0));
        scheduler.runAll();
        write(one, OTHER + "/r", "unconfirmed");
        assertEquals(List.of("unconfirmed"), other.bodies());
        scheduler.advance(there.node.settings.confirmWithin().multipliedBy(2));
        assertEquals(List.of(), spool.rows());
        other.lose();
        scheduler.advance(AnswerBatch.DELAY.multipliedBy(2));
        assertEquals("service-unavailable", refusal(one));
        assertEquals(List.of(), spool.rows());
    }

    @Test
    void whoseNameIsAlmostLikeThatFindsHisMessagesLater() {
        write(one, NEARLY, "for later");
        assertEquals(List.of("for later"), there.online(NEARLY + "/r").bodies());
    }

    @Test
    void theOthersAreToldThatThereIsNoSuchUser() {
        there.online(OTHER + "/r");
        FakeClientStream a = here.online("a@localhost/r");
        write(a, OTHER + "/r", "hello?");
        assertEquals("service-unavailable", refusal(a));
    }
}
