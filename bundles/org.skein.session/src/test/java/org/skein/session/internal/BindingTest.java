package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.session.internal.Harness.chat;
import static org.skein.session.internal.Harness.condition;
import static org.skein.session.internal.Harness.get;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

/** RFC 6120 §7. */
final class BindingTest {
    private final Harness h = new Harness();

    private static String jidIn(FakeClientStream s) {
        return s.lastStanza()
                .flatMap(r -> r.child("bind", Ns.BIND))
                .map(b -> b.childText("jid", Ns.BIND))
                .orElse("");
    }

    @Test // RFC 6120 §7.7
    void theResourceAskedForIsBound() {
        FakeClientStream s = h.stream("a@localhost");
        s.bind("phone");
        h.run();
        assertEquals("a@localhost/phone", jidIn(s));
        assertTrue(h.service.session(Jid.of("a@localhost/phone")).isPresent());
        assertTrue(s.isReading());
    }

    @Test // RFC 6120 §7.6
    void withoutAResourceTheServerMakesOne() {
        FakeClientStream s = h.stream("a@localhost");
        s.bind("");
        h.run();
        assertTrue(jidIn(s).startsWith("a@localhost/"), jidIn(s));
        assertTrue(jidIn(s).length() > "a@localhost/".length() + 8);
    }

    @Test // RFC 6120 §7.7.2.2
    void theNewerOfTwoSessionsWithOneAddressWins() {
        FakeClientStream older = h.online("b@localhost/x");
        FakeClientStream newer = h.online("b@localhost/x");
        assertEquals(StreamError.Condition.CONFLICT, older.error().orElseThrow().condition());
        assertEquals(1, h.service.count());
        FakeClientStream a = h.online("a@localhost/x");
        a.receive(chat("b@localhost/x", "hello"));
        h.run();
        assertEquals(List.of("hello"), newer.bodies());
    }

    @Test
    void whatTheReplacedSessionHadNotConfirmedGoesToItsSuccessor() {
        FakeClientStream older = h.online("b@localhost/x");
        older.stall(true);
        FakeClientStream a = h.online("a@localhost/x");
        a.receive(chat("b@localhost/x", "1"), chat("b@localhost/x", "2"));
        h.run();
        FakeClientStream newer = h.online("b@localhost/x");
        h.run();
        assertEquals(List.of("1", "2"), newer.bodies());
    }

    @Test // RFC 6120 §7.1
    void aStanzaBeforeTheBindEndsTheStream() {
        FakeClientStream s = h.stream("a@localhost");
        s.receive(chat("b@localhost", "x"));
        assertEquals(
                StreamError.Condition.NOT_AUTHORIZED, s.error().orElseThrow().condition());
    }

    @Test
    void sessionsOfADisabledAccountEndAndNoneIsBoundUntilItIsEnabled() {
        Jid account = Jid.of("a@localhost");
        FakeClientStream here = h.bound("a@localhost/x");
        FakeClientStream loggedIn = h.stream("a@localhost");
        FakeClientStream binding = h.stream("a@localhost");
        binding.bind("y"); // waits for the database
        h.service.accountDisabled(account);
        loggedIn.bind("z");
        h.pass(Duration.ofMillis(200));
        for (FakeClientStream stream : List.of(here, loggedIn, binding)) {
            assertEquals(
                    StreamError.Condition.NOT_AUTHORIZED,
                    stream.error().orElseThrow().condition());
        }
        assertEquals(0, h.service.count());
        h.service.accountEnabled(account);
        h.bound("a@localhost/x");
        assertEquals(1, h.service.count());
    }

    @Test // RFC 3921 §3
    void theSessionRequestOfOldClientsIsAnswered() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(Stanza.iq()
                .type("set")
                .id("s")
                .add(Element.of("session", Ns.SESSION))
                .build());
        h.run();
        assertEquals("result", s.lastStanza().orElseThrow().type());
    }

    @Test
    void aSecondBindIsNotAllowed() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.bind("y");
        h.run();
        assertEquals("not-allowed", condition(s.lastStanza().orElseThrow()));
    }

    @Test // RFC 6120 §7.6.2.1
    void moreSessionsThanAllowedAreRefused() {
        h.node.settings = new Settings(
                1, Duration.ofSeconds(300), Duration.ofSeconds(1), 500, 1 << 20, 256, Duration.ofSeconds(60));
        h.bound("a@localhost/x");
        FakeClientStream second = h.stream("a@localhost");
        second.bind("y");
        h.run();
        assertEquals("resource-constraint", condition(second.lastStanza().orElseThrow()));
        assertFalse(second.isClosed());
        assertEquals(1, h.service.count());
    }

    @Test
    void aDatabaseThatIsDownRefusesTheBindAndTheClientMayTryAgain() {
        h.spool.down(true);
        FakeClientStream s = h.stream("a@localhost");
        s.bind("x");
        h.run();
        assertEquals("resource-constraint", condition(s.lastStanza().orElseThrow()));
        h.spool.down(false);
        s.bind("x");
        h.run();
        assertEquals("a@localhost/x", jidIn(s));
    }

    @Test // RFC 6120 §8.1.2.1
    void aForgedFromEndsTheStream() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(chat("b@localhost", "x").withFrom(Jid.of("c@localhost")));
        h.run();
        assertEquals(StreamError.Condition.INVALID_FROM, s.error().orElseThrow().condition());
        assertEquals(0, h.service.count());
    }

    @Test // RFC 6120 §8.1.2.1
    void theOwnAddressInFromIsAllowed() {
        FakeClientStream b = h.online("b@localhost/x");
        FakeClientStream a = h.bound("a@localhost/x");
        a.receive(
                chat("b@localhost", "1").withFrom(Jid.of("a@localhost")),
                chat("b@localhost", "2").withFrom(Jid.of("a@localhost/x")));
        h.run();
        assertEquals(List.of("1", "2"), b.bodies());
        assertEquals(Jid.of("a@localhost/x"), b.stanzas().get(0).from().orElseThrow());
    }

    @Test // RFC 6120 §8.2.3
    void anIqWithoutIdOrWithTwoChildrenIsABadRequest() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(get("b@localhost").withId(""));
        h.run();
        assertEquals("bad-request", condition(s.lastStanza().orElseThrow()));
        s.receive(get("b@localhost").withAdded(Element.of("second", "test:query")));
        h.run();
        assertEquals("bad-request", condition(s.lastStanza().orElseThrow()));
    }

    @Test // RFC 6120 §8.2.3
    void aResultNobodyAskedForIsDropped() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(Stanza.iq().type("result").id("z").build());
        h.run();
        assertTrue(s.stanzas().isEmpty());
        assertFalse(s.isClosed());
        assertEquals(1, h.node.counters.dropped().sum());
    }

    @Test
    void anUnknownNonzaEndsTheStream() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receive(Element.of("what", "test:unknown"));
        h.run();
        assertEquals(
                StreamError.Condition.UNSUPPORTED_STANZA_TYPE,
                s.error().orElseThrow().condition());
    }

    @Test // RFC 6120 §8.3.3.8
    void aMalformedAddressIsAnsweredAsSuch() {
        FakeClientStream s = h.bound("a@localhost/x");
        s.receiveMalformed(Element.builder("iq", Ns.CLIENT)
                .attribute("to", "@@")
                .attribute("type", "get")
                .attribute("id", "7")
                .build());
        h.run();
        Stanza answer = s.lastStanza().orElseThrow();
        assertEquals("jid-malformed", condition(answer));
        assertEquals("7", answer.id());
        assertTrue(answer.isIq());
    }
}
