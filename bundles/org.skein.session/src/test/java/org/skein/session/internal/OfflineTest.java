package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.session.internal.Harness.a;
import static org.skein.session.internal.Harness.chat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** XEP-0160. */
final class OfflineTest {
    private final Harness h = new Harness();

    @Test // XEP-0160 §2
    void storedMessagesComeWithTheFirstNonNegativePresence() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"));
        h.run();
        FakeClientStream b = h.bound("b@localhost/x");
        h.run();
        assertEquals(List.of(), b.bodies());
        b.receive(Harness.presence(-1));
        h.run();
        assertEquals(List.of(), b.bodies());
        b.receive(Harness.presence(1));
        h.run();
        assertEquals(List.of("1", "2"), b.bodies());
        assertTrue(b.stanzas().get(0).hasChild("delay", "urn:xmpp:delay"));
        assertEquals(List.of(), h.spool.rows(), "confirmed by the socket, so deleted");
    }

    @Test // CLUSTER 14
    void aRowIsDeletedOnlyWhenTheClientConfirmedIt() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"));
        h.run();
        FakeClientStream b = h.managed("b@localhost/x");
        assertEquals(List.of("1", "2"), b.bodies());
        b.receive(a(1));
        h.run();
        assertEquals(1, h.spool.rows().size());
        b.closeByClient();
        h.run();
        FakeClientStream again = h.online("b@localhost/y");
        assertEquals(List.of("2"), again.bodies());
    }

    @Test
    void whatIsSentWhileStoredMessagesAreReadComesBehindThem() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        h.run();
        FakeClientStream b = h.bound("b@localhost/x");
        b.receive(Harness.presence(0)); // the database has not answered yet
        s.receive(chat("b@localhost", "2"), chat("b@localhost/x", "3"));
        h.run();
        assertEquals(List.of("1", "2", "3"), b.bodies());
    }

    @Test
    void whatIsBeingStoredWhenTheUserComesIsNotOvertaken() {
        FakeClientStream b = h.bound("b@localhost/x");
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1")); // its write is queued
        b.receive(Harness.presence(0));
        s.receive(chat("b@localhost", "2"));
        h.run();
        assertEquals(List.of("1", "2"), b.bodies());
    }

    @Test // P5
    void whoHasManyLargeOnesWaitingAndReadsSlowlyIsNotCutForAPresence() {
        FakeClientStream s = h.online("a@localhost/x");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(i + "x".repeat(100_000));
            s.receive(Harness.message("chat", "b@localhost", sent.get(i)));
            h.run();
        }
        FakeClientStream b = h.bound("b@localhost/x");
        b.stall(true);
        b.receive(Harness.presence(0));
        h.run();
        assertTrue(b.bodies().size() < 20, "a page of many MB: " + b.bodies().size());
        h.deliver(Stanza.presence()
                .from(Jid.of("a@localhost/x"))
                .to(Jid.of("b@localhost/x"))
                .build());
        h.run();
        assertFalse(b.isClosed());
        b.stall(false);
        h.run();
        assertEquals(sent, b.bodies());
        assertFalse(b.isClosed());
    }

    @Test
    void manyStoredMessagesComePageByPageAsTheClientConfirms() {
        FakeClientStream s = h.online("a@localhost/x");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            sent.add("m" + i);
            s.receive(chat("b@localhost", "m" + i));
            h.run();
        }
        FakeClientStream b = h.managed("b@localhost/x");
        assertEquals(Offline.PAGE, b.bodies().size());
        s.receive(chat("b@localhost", "live"));
        sent.add("live");
        h.run();
        assertEquals(Offline.PAGE, b.bodies().size());
        for (int i = 0; i < 10; i++) {
            b.receive(a(b.bodies().size()));
            h.run();
        }
        assertEquals(sent, b.bodies());
        assertEquals(List.of(), h.spool.rows());
    }

    @Test
    void aDatabaseThatIsDownWhenTheUserComesIsAskedAgain() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        h.run();
        FakeClientStream b = h.bound("b@localhost/x");
        h.spool.down(true);
        b.receive(Harness.presence(0));
        h.run();
        s.receive(chat("b@localhost", "live"));
        h.run();
        assertEquals(List.of("live"), b.bodies(), "running chats go on");
        h.spool.down(false);
        h.pass(Duration.ofSeconds(11));
        assertEquals(List.of("live", "1"), b.bodies());
    }

    @Test
    void rowsGivenToASessionByAnAnswerThatWasLostAreNotForgotten() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"));
        h.run();
        FakeClientStream b = h.bound("b@localhost/x");
        h.spool.answersLost(true);
        b.receive(Harness.presence(0));
        h.run();
        assertEquals(List.of(), b.bodies());
        h.spool.answersLost(false);
        h.pass(Duration.ofSeconds(11));
        assertEquals(List.of("1", "2"), b.bodies());
        assertEquals(List.of(), h.spool.rows());
    }

    @Test
    void rowsGivenToASessionThatEndsBeforeItLearnsOfThemAreTheNextOnes() {
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        h.run();
        FakeClientStream b = h.bound("b@localhost/x");
        h.spool.answersLost(true);
        b.receive(Harness.presence(0));
        h.run();
        h.spool.answersLost(false);
        b.closeByClient();
        h.run();
        assertEquals(List.of("1"), h.online("b@localhost/y").bodies());
    }

    @Test
    void anUnreadSocketLosesNothingWhenItBreaks() {
        FakeClientStream b = h.online("b@localhost/x");
        FakeClientStream s = h.online("a@localhost/x");
        b.stall(true);
        s.receive(IntStream.range(0, 5)
                .mapToObj(i -> chat("b@localhost", "m" + i))
                .toArray(org.skein.xmpp.Stanza[]::new));
        h.run();
        b.lose();
        s.receive(chat("b@localhost", "m5"));
        h.run();
        FakeClientStream again = h.online("b@localhost/x");
        assertEquals(IntStream.range(0, 6).mapToObj(i -> "m" + i).toList(), again.bodies());
    }

    @Test // RFC 6121 §8.5.3.2.1
    void theOtherResourceGetsWhatTheLostOneHadNot() {
        FakeClientStream lost = h.online("b@localhost/lost");
        FakeClientStream other = h.online("b@localhost/other");
        FakeClientStream s = h.online("a@localhost/x");
        lost.stall(true);
        s.receive(chat("b@localhost/lost", "1"));
        h.run();
        lost.lose();
        h.run();
        assertEquals(List.of("1"), other.bodies());
        assertEquals(List.of(), h.spool.rows());
    }

    @Test
    void oneOfTwoSessionsIsEnoughAndNothingIsStoredTwice() {
        FakeClientStream dead = h.online("b@localhost/dead");
        FakeClientStream live = h.online("b@localhost/live");
        FakeClientStream s = h.online("a@localhost/x");
        dead.stall(true);
        s.receive(chat("b@localhost", "1"));
        h.run();
        dead.lose();
        h.run();
        assertEquals(List.of("1"), live.bodies());
        assertEquals(List.of(), h.spool.rows());
    }

    @Test // CLUSTER 12
    void whatIsInMemoryIsStoredBeforeWhatGetsOnlyARow() {
        h.node.settings = new Settings(100, Duration.ofSeconds(300), Duration.ofSeconds(1), 2, 0, 0, Duration.ZERO);
        FakeClientStream sender = h.online("a@localhost/x");
        FakeClientStream b = h.managed("b@localhost/x");
        for (int i = 0; i < 20; i++) {
            sender.receive(chat("b@localhost", "m" + i)); // the first eight stay in memory, all within a second
        }
        h.run();
        h.pass(Duration.ofSeconds(3));
        b.lose();
        FakeClientStream again = h.online("b@localhost/x");
        assertEquals(
                java.util.stream.IntStream.range(0, 20).mapToObj(i -> "m" + i).toList(), again.bodies());
    }

    @Test
    void rowsClaimedForASessionThatEndedMeanwhileStayInFront() {
        Harness h = new Harness();
        FakeClientStream a = h.online("a@localhost/r");
        a.receive(Harness.chat("b@localhost", "1"));
        h.run();
        FakeClientStream first = h.bound("b@localhost/first");
        FakeClientStream second = h.bound("b@localhost/second");
        first.receive(Harness.presence(0));
        first.closeByClient();
        second.receive(Harness.presence(0));
        a.receive(Harness.chat("b@localhost", "2"));
        h.run();
        assertEquals(List.of("1", "2"), second.bodies());
    }

    @Test
    void whatAClientConfirmedThoughItCouldNotBeStoredComesFromNobodyAgain() {
        Harness h = new Harness();
        FakeClientStream a = h.online("a@localhost/r");
        FakeClientStream first = h.managed("b@localhost/first");
        FakeClientStream second = h.managed("b@localhost/second");
        a.receive(Harness.chat("b@localhost", "1"));
        h.run();
        first.receive(Harness.presence(-1)); // stored for it
        h.run();
        h.spool.down(true);
        h.pass(Duration.ofSeconds(8));
        h.spool.down(false);
        second.receive(Harness.a(1));
        first.closeByClient();
        h.run();
        assertEquals(List.of("1"), second.bodies());
        assertEquals(List.of(), h.spool.rows());
    }
}
