package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.storage.InMemoryAccounts;
import org.skein.testkit.storage.InMemorySpool;

/** Users of a warm-up chat across nodes without an account; nothing is kept for them, and nobody else is taken for one. */
class WarmUpUsersTest {
    private static final String ONE = "warm-up-1@localhost";
    private static final String OTHER = "warm-up-2@localhost";
    private static final String NAMED_SO = "warm-up-3@localhost";

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualScheduler.Loop database = scheduler.loop();
    private final InMemorySpool spool = new InMemorySpool(database);
    private final InMemoryAccounts accounts = new InMemoryAccounts(database).with("a@localhost", NAMED_SO);
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
    void whoHasAnAccountAndSuchANameFindsHisMessagesLater() {
        write(one, NAMED_SO, "for later");
        assertEquals(List.of("for later"), there.online(NAMED_SO + "/r").bodies());
    }

    @Test
    void theOthersAreToldThatThereIsNoSuchUser() {
        there.online(OTHER + "/r");
        FakeClientStream a = here.online("a@localhost/r");
        write(a, OTHER + "/r", "hello?");
        assertEquals("service-unavailable", refusal(a));
    }
}
