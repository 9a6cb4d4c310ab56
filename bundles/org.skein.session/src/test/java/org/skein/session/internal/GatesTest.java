package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.api.component.DeliveryListener;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class GatesTest {
    private static final Jid A = Jid.of("a@localhost/r");
    private static final Jid B = Jid.of("b@localhost/r");

    private final List<String> passed = new ArrayList<>();
    private final Gates<String> gates = new Gates<>(new Gates.Exit() {
        @Override
        public void pass(Stanza stanza, DeliveryListener listener) {
            passed.add(stanza.id());
        }

        @Override
        public void overflow(Stanza stanza, DeliveryListener listener) {
            throw new AssertionError(stanza);
        }
    });

    private void isNew(Jid from, String id) {
        Stanza stanza = Stanza.message().from(from).to(B).id(id).build();
        assertTrue(gates.holds("k", stanza, DeliveryListener.NONE));
    }

    private void again(Jid from, String id) {
        assertTrue(gates.holdsAgain("k", from, () -> passed.add(id), () -> passed.add("overflow")));
    }

    @Test
    void whatWaitedElsewhereStaysInFrontOfWhatItsSenderSentLater() {
        Gates<String>.Gate gate = gates.hold("k");
        isNew(B, "b1");
        isNew(A, "a3");
        again(A, "a1");
        again(A, "a2");
        isNew(A, "a4");
        gate.release();
        assertEquals(List.of("b1", "a1", "a2", "a3", "a4"), passed);
        assertFalse(gates.holds("k", A, () -> {}, () -> {}), "the gate is open");
    }
}
