package org.skein.cluster.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.skein.api.session.Verdict;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class TracingTest {
    private static final Jid ANNA = Jid.of("anna@localhost");

    private final AtomicLong nanos = new AtomicLong(1);
    private final List<Tracing.Tap> registered = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final Tracing tracing = new Tracing(
            tap -> {
                registered.add(tap);
                return () -> registered.remove(tap);
            },
            nanos::get,
            Clock.fixed(Instant.parse("2026-01-01T10:00:00Z"), ZoneOffset.UTC));

    private static Stanza message() {
        return Stanza.message()
                .type("chat")
                .from(Jid.of("bob@localhost/b"))
                .to(ANNA)
                .id("7")
                .add(Element.of("body", Ns.CLIENT, "a secret"))
                .build();
    }

    @Test
    void aTapTellsOfItsAccountAndKeepsToItselfWhatPeopleWrote() {
        tracing.tap("1", Jid.of("anna@localhost/home"), lines::add);
        Verdict verdict = registered.get(0).toAccount(ANNA, message());
        registered.get(0).toAccount(Jid.of("carl@localhost"), message());
        assertTrue(verdict instanceof Verdict.Next);
        assertEquals(1, lines.size());
        assertTrue(
                lines.get(0).endsWith("routed\tmessage chat from bob@localhost/b to anna@localhost id 7 <body of 8>"),
                lines.get(0));
        assertFalse(lines.get(0).contains("secret"));
    }

    @Test
    void aTapEndsUnlessItIsWantedAgain() {
        tracing.tap("1", ANNA, lines::add);
        nanos.addAndGet(Tracing.LEASE - 1);
        tracing.expire();
        tracing.tap("1", ANNA, lines::add);
        assertEquals(1, registered.size());
        nanos.addAndGet(Tracing.LEASE - 1);
        tracing.expire();
        assertEquals(1, registered.size());
        nanos.addAndGet(2);
        tracing.expire();
        assertEquals(0, registered.size());
        assertEquals(0, tracing.count());
    }

    @Test
    void aTapIsTakenAwayAtOnceWhenItsConsoleSaysSo() {
        tracing.tap("1", ANNA, lines::add);
        tracing.untap("1");
        tracing.untap("1");
        assertEquals(0, registered.size());
    }

    @Test
    void aBusyUserIsToldOfOnlySoOftenASecond() {
        tracing.tap("1", ANNA, lines::add);
        for (int i = 0; i < 1000; i++) registered.get(0).toAccount(ANNA, message());
        assertEquals(Tracing.LINES_PER_SECOND, lines.size());
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        registered.get(0).toAccount(ANNA, message());
        assertEquals("800 more not shown", lines.get(Tracing.LINES_PER_SECOND));
    }
}
