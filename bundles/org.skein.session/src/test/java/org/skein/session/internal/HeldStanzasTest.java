package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.api.session.DeliveryProcessor;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Stanza;

class HeldStanzasTest {
    /** Holds headlines until something else comes. */
    private static final class Holding implements DeliveryProcessor {
        private final List<Stanza> held = new ArrayList<>();
        private int seen;

        @Override
        public int order() {
            return 950;
        }

        @Override
        public Set<Stanza.Kind> kinds() {
            return Set.of(Stanza.Kind.MESSAGE);
        }

        @Override
        public Verdict toSession(Session session, Stanza stanza) {
            seen++;
            if (stanza.hasType("headline")) {
                held.add(stanza);
                return Verdict.handled();
            }
            List<Stanza> now = List.copyOf(held);
            held.clear();
            return Verdict.behind(now);
        }
    }

    @Test // XEP-0352 §5: what was held goes out in front, seen by no processor again
    void heldStanzasAreWrittenInFrontOfTheOneThatReleasesThem() {
        Harness h = new Harness();
        Holding holding = new Holding();
        h.node.chains.delivery(List.of(holding));
        FakeClientStream b = h.managed("b@localhost/r");
        FakeClientStream a = h.online("a@localhost/r");
        b.clear();
        a.receive(
                Harness.message("headline", "b@localhost/r", "1"),
                Harness.message("headline", "b@localhost/r", "2"),
                Harness.chat("b@localhost/r", "3"));
        h.run();
        assertEquals(List.of("1", "2", "3"), b.bodies());
        assertEquals(3, holding.seen);
        b.receive(Harness.a(3)); // all three count
        h.run();
        assertEquals(0, b.nonzas("failed").size());
        assertEquals(false, b.isClosed());
    }
}
