package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.session.internal.Harness.a;
import static org.skein.session.internal.Harness.chat;
import static org.skein.session.internal.Harness.condition;
import static org.skein.session.internal.Harness.enable;
import static org.skein.session.internal.Harness.get;
import static org.skein.session.internal.Harness.r;
import static org.skein.session.internal.Harness.resume;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/** XEP-0198, and what {@code <a/>} promises (DESIGN §5). */
final class StreamManagementTest {
    private final Harness h = new Harness();

    private static String id(FakeClientStream s) {
        return s.nonzas("enabled").get(0).attribute("id", "");
    }

    private static String lastH(FakeClientStream s) {
        List<Element> answers = s.nonzas("a");
        return answers.isEmpty() ? "" : answers.get(answers.size() - 1).attribute("h", "");
    }

    private static String failure(FakeClientStream s) {
        return s.nonzas("failed").get(0).children().get(0).name();
    }

    @Test // XEP-0198 §3
    void enablingIsAnsweredWithAnIdentifierAndTheTimeToResume() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(enable());
        Element enabled = s.nonzas("enabled").get(0);
        assertEquals("300", enabled.attribute("max", ""));
        assertEquals("true", enabled.attribute("resume", ""));
        assertTrue(enabled.attribute("id", "").length() >= 20);
    }

    @Test // XEP-0198 §3
    void withoutAskingForItAStreamCannotBeResumed() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(Element.of("enable", StreamManagement.NS));
        assertEquals("", id(s));
        s.lose();
        h.run();
        assertEquals(0, h.service.count());
    }

    @Test // XEP-0198 §3
    void enablingTwiceOrBeforeTheBindFails() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(enable());
        s.receive(enable());
        assertEquals("unexpected-request", failure(s));
        FakeClientStream early = h.stream("a@localhost");
        early.receive(enable());
        assertEquals("unexpected-request", failure(early));
    }

    @Test // XEP-0198 §4: all three kinds of stanza count
    void theServerCountsWhatTheClientSentSinceEnabling() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(Harness.presence(0));
        s.receive(enable());
        s.receive(Harness.presence(1), get(""), chat("c@localhost/none", "x"));
        h.run();
        s.receive(r());
        assertEquals("3", lastH(s));
    }

    @Test // P1
    void anAnswerCoversAMessageOnlyWhenItIsSafe() {
        FakeClientStream b = h.online("b@localhost/x");
        b.stall(true);
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        s.receive(chat("c@localhost/none", "2"));
        s.receive(r());
        assertEquals("1", lastH(s), "only the presence before it is safe");
        b.stall(false);
        h.run();
        assertEquals("3", lastH(s), "told as soon as it is safe, without being asked again");
        assertEquals(2, s.nonzas("a").size());
    }

    @Test // DESIGN §5: not confirmed in time
    void whatTheRecipientDoesNotConfirmWithinASecondIsStoredAndSafe() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        s.receive(r());
        h.run();
        assertEquals(List.of("1"), b.bodies());
        assertEquals("1", lastH(s));
        h.pass(Duration.ofMillis(1100));
        assertEquals("2", lastH(s));
        assertEquals(1, h.spool.rows().size());
        b.receive(a(1));
        h.run();
        assertEquals(List.of(), h.spool.rows());
    }

    @Test
    void aConfirmedMessageIsNeverStored() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        h.run();
        b.receive(a(1));
        s.receive(r());
        assertEquals("2", lastH(s));
        h.pass(Duration.ofSeconds(3));
        assertEquals(0, h.node.counters.parked().sum());
        assertEquals(0, h.scheduler.pendingTimers());
    }

    @Test
    void theServerAsksOnceForEachBatch() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"), chat("b@localhost", "3"));
        h.run();
        assertEquals(1, b.nonzas("r").size());
        s.receive(chat("b@localhost", "4"));
        h.run();
        assertEquals(1, b.nonzas("r").size(), "one request is out");
        b.receive(a(3));
        h.run();
        assertEquals(2, b.nonzas("r").size());
        b.receive(a(3));
        b.receive(a(3));
        h.run();
        assertEquals(2, b.nonzas("r").size(), "nothing new was sent");
    }

    @Test // XEP-0198 §4
    void confirmingMoreThanWasSentEndsTheStream() {
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(a(1));
        h.run();
        StreamError error = s.error().orElseThrow();
        assertEquals(StreamError.Condition.UNDEFINED_CONDITION, error.condition());
        Element detail = error.detail().orElseThrow();
        assertEquals("handled-count-too-high", detail.name());
        assertEquals("1", detail.attribute("h", ""));
        assertEquals("0", detail.attribute("send-count", ""));
        assertEquals(0, h.service.count());
    }

    @Test // XEP-0198 §5
    void aLostStreamIsResumedAndTheUnconfirmedComesAgainInOrder() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"), chat("b@localhost", "3"));
        h.run();
        b.lose();
        h.run();
        assertTrue(h.service.session(Jid.of("b@localhost/x")).orElseThrow().isAvailable());
        s.receive(chat("b@localhost", "4"));
        h.run();
        FakeClientStream again = h.stream("b@localhost");
        again.receive(resume(id(b), 1));
        h.run();
        Element resumed = again.nonzas("resumed").get(0);
        assertEquals("1", resumed.attribute("h", ""));
        assertEquals(id(b), resumed.attribute("previd", ""));
        assertEquals(List.of("2", "3", "4"), again.bodies());
        assertTrue(again.isReading());
        again.receive(a(4));
        again.receive(chat("a@localhost", "back"));
        h.run();
        assertEquals(List.of("back"), s.bodies());
        s.receive(a(1));
        h.pass(Duration.ofSeconds(400));
        assertEquals(2, h.service.count());
        assertEquals(List.of(), h.spool.rows());
    }

    @Test // XEP-0198 §5
    void aStreamThatStillLivesIsSupersededByAResumption() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream again = h.stream("b@localhost");
        again.receive(resume(id(b), 0));
        h.run();
        assertEquals(StreamError.Condition.CONFLICT, b.error().orElseThrow().condition());
        assertEquals(1, again.nonzas("resumed").size());
        assertEquals(1, h.service.count());
    }

    @Test // XEP-0198 §5
    void nobodyElseCanResumeAStream() {
        FakeClientStream b = h.managed("b@localhost/x");
        b.lose();
        FakeClientStream thief = h.stream("c@localhost");
        thief.receive(resume(id(b), 0));
        h.run();
        assertEquals("item-not-found", failure(thief));
        assertEquals("", thief.nonzas("failed").get(0).attribute("h", ""));
        thief.bind("x");
        h.run();
        assertEquals("result", thief.lastStanza().orElseThrow().type(), "the client may bind anew");
    }

    @Test // XEP-0198 §5
    void afterTheWindowTheSessionIsOverAndFailedTellsWhatWasHandled() {
        FakeClientStream b = h.managed("b@localhost/x");
        b.receive(get(""), get(""));
        h.run();
        b.lose();
        h.pass(Duration.ofSeconds(301));
        assertEquals(0, h.service.count());
        FakeClientStream again = h.stream("b@localhost");
        again.receive(resume(id(b), 2));
        h.run();
        assertEquals("item-not-found", failure(again));
        assertEquals("3", again.nonzas("failed").get(0).attribute("h", ""));
    }

    @Test // XEP-0198 §5, XEP-0203
    void afterTheWindowUnconfirmedMessagesAreOfflineWithTheirFirstStamp() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("b@localhost", "2"));
        String stamp = h.scheduler.clock().instant().toString().substring(0, 19);
        h.run();
        b.receive(a(1));
        b.lose();
        h.pass(Duration.ofSeconds(302));
        FakeClientStream fresh = h.online("b@localhost/y");
        assertEquals(List.of("2"), fresh.bodies());
        Element delay = fresh.stanzas().stream()
                .flatMap(m -> m.child("delay", "urn:xmpp:delay").stream())
                .findFirst()
                .orElseThrow();
        assertTrue(delay.attribute("stamp", "").startsWith(stamp), delay.toString());
        assertEquals("localhost", delay.attribute("from", ""));
    }

    @Test // XEP-0198 §6
    void anOrderlyCloseEndsTheSessionAtOnce() {
        FakeClientStream b = h.managed("b@localhost/x");
        b.closeByClient();
        h.run();
        assertEquals(0, h.service.count());
    }

    @Test
    void resumingWaitsUntilWhatWasReceivedIsSafe() {
        FakeClientStream c = h.online("c@localhost/x");
        c.stall(true);
        FakeClientStream b = h.managed("b@localhost/x");
        b.receive(chat("c@localhost", "1"));
        b.lose();
        h.run();
        FakeClientStream again = h.stream("b@localhost");
        again.receive(resume(id(b), 0));
        h.run();
        assertEquals(0, again.nonzas("resumed").size());
        h.pass(Duration.ofMillis(1100));
        assertEquals("2", again.nonzas("resumed").get(0).attribute("h", ""));
    }

    @Test
    void ofTwoStreamsThatResumeTheLaterWins() {
        FakeClientStream c = h.online("c@localhost/x");
        c.stall(true);
        FakeClientStream b = h.managed("b@localhost/x");
        b.receive(chat("c@localhost", "1"));
        b.lose();
        FakeClientStream first = h.stream("b@localhost");
        FakeClientStream second = h.stream("b@localhost");
        first.receive(resume(id(b), 0));
        h.run();
        second.receive(resume(id(b), 0));
        h.run();
        h.pass(Duration.ofSeconds(2));
        assertEquals("item-not-found", failure(first));
        assertTrue(first.isReading());
        assertEquals(1, second.nonzas("resumed").size());
    }

    @Test
    void whatARemovedAccountHadNotConfirmedIsNotKeptForItsSuccessor() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.online("a@localhost/x");
        s.receive(chat("b@localhost", "1"));
        h.run();
        h.accounts.delete(Jid.of("b@localhost"));
        h.service.accountRemoved(Jid.of("b@localhost"));
        h.pass(Duration.ofMillis(200));
        assertEquals(
                StreamError.Condition.NOT_AUTHORIZED, b.error().orElseThrow().condition());
        assertEquals(List.of(), h.spool.rows());
        assertEquals("service-unavailable", condition(s.lastStanza().orElseThrow()));
    }

    @Test
    void thousandsOfPresencesAtOnceDoNotEndASession() {
        FakeClientStream b = h.managed("b@localhost/x");
        for (int i = 0; i < 3000; i++) {
            h.deliver(Stanza.presence()
                    .from(Jid.of("a@localhost/" + i))
                    .to(Jid.of("b@localhost"))
                    .build());
        }
        h.run();
        assertEquals(3000, b.stanzas(Stanza.Kind.PRESENCE).size());
        h.pass(Duration.ofSeconds(20));
        h.deliver(Stanza.presence()
                .from(Jid.of("a@localhost/x"))
                .to(Jid.of("b@localhost"))
                .build());
        h.run();
        assertEquals(
                StreamError.Condition.RESOURCE_CONSTRAINT,
                b.error().orElseThrow().condition());
    }

    @Test
    void aClientThatNeverConfirmsIsBoundedInMemoryAndLosesNothing() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.managed("a@localhost/x");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 50; k++) {
                String body = Integer.toString(i * 50 + k);
                sent.add(body);
                s.receive(chat("b@localhost", body));
            }
            h.pass(Duration.ofMillis(1200));
        }
        assertTrue(b.bodies().size() <= 600, "in memory: " + b.bodies().size());
        s.receive(r());
        h.run();
        assertEquals("2001", lastH(s), "all are safe");
        assertEquals(2000, h.spool.rows().size());
        int confirmed = 0;
        for (int i = 0; i < 200 && b.bodies().size() > confirmed; i++) {
            confirmed = b.bodies().size();
            b.receive(a(confirmed));
            h.run();
        }
        assertEquals(sent, b.bodies());
        h.run();
        assertEquals(List.of(), h.spool.rows());
        s.receive(chat("b@localhost", "live again"));
        h.run();
        assertEquals("live again", b.bodies().get(2000));
        assertEquals(0, h.spool.rows().size());
    }

    @Test
    void aSenderFarAheadOfWhatIsSafeIsNotReadFrom() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(IntStream.range(0, 300)
                .mapToObj(i -> chat("b@localhost", "m" + i))
                .toArray(Stanza[]::new));
        h.run();
        assertFalse(s.isReading());
        h.pass(Duration.ofSeconds(2));
        assertTrue(s.isReading());
        assertEquals(300, b.bodies().size());
    }

    @Test
    void aReaderThatStopsReadingIsDisconnectedAndLosesNothing() {
        FakeClientStream b = h.online("b@localhost/x");
        b.stall(true);
        FakeClientStream s = h.managed("a@localhost/x");
        for (int i = 0; i < 30; i++) {
            s.receive(chat("b@localhost", "m" + i));
            h.pass(Duration.ofMillis(500));
        }
        s.receive(r());
        h.run();
        assertTrue(Integer.parseInt(lastH(s)) >= 28, lastH(s));
        h.pass(Duration.ofSeconds(70));
        assertEquals(
                StreamError.Condition.RESOURCE_CONSTRAINT,
                b.error().orElseThrow().condition());
        FakeClientStream again = h.online("b@localhost/x");
        h.run();
        assertEquals(IntStream.range(0, 30).mapToObj(i -> "m" + i).toList(), again.bodies());
    }

    @Test
    void anIqRequestTheClientNeverGotIsAnswered() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream s = h.online("a@localhost/x");
        b.lose();
        s.receive(get("b@localhost/x"));
        h.run();
        assertTrue(s.stanzas(Stanza.Kind.IQ).isEmpty());
        h.pass(Duration.ofSeconds(301));
        assertEquals("recipient-unavailable", condition(s.lastStanza().orElseThrow()));
    }

    @Test // CLUSTER 2: changes are safe when committed
    void aChangeIsSafeWhenItsAnswerIsThereAndWhatFollowsWaitsForIt() {
        FakeClientStream s = h.managed("a@localhost/x");
        CompletableFuture<Stanza> later = new CompletableFuture<>();
        h.answers = request -> later;
        Stanza set = Stanza.iq()
                .type("set")
                .id("1")
                .add(Element.of("query", Ns.ROSTER))
                .build();
        FakeClientStream b = h.online("b@localhost/x");
        s.receive(set, chat("b@localhost", "after"));
        s.receive(r());
        h.run();
        assertEquals("1", lastH(s));
        assertEquals(List.of(), b.bodies());
        later.complete(set.result().build());
        h.run();
        assertEquals(List.of("after"), b.bodies());
        assertEquals("3", lastH(s));
    }

    @Test
    void stoppingTheServerStoresWhatClientsHadNotConfirmed() {
        FakeClientStream b = h.managed("b@localhost/x");
        FakeClientStream c = h.managed("c@localhost/x");
        c.lose();
        FakeClientStream s = h.managed("a@localhost/x");
        s.receive(chat("b@localhost", "1"), chat("c@localhost", "2"));
        h.run();
        h.node.stopping = true;
        h.service.all().forEach(x -> x.close(StreamError.Condition.SYSTEM_SHUTDOWN.error()));
        h.run();
        assertEquals(
                StreamError.Condition.SYSTEM_SHUTDOWN, b.error().orElseThrow().condition());
        assertEquals(
                List.of("1", "2"),
                h.spool.rows().stream().map(e -> e.stanza().body()).sorted().toList());
        assertTrue(h.spool.rows().stream().allMatch(e -> e.session().isEmpty()));
    }
}
