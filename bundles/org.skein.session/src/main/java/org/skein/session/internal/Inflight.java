package org.skein.session.internal;

import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;

/** A stanza a client of ours sent that is not safe yet (DESIGN §5). */
final class Inflight implements DeliveryListener {
    private final Intake intake;
    final int count; // how many stanzas the client had sent with this one, modulo 2^32
    Inflight next; // sent later
    private volatile boolean safe;

    Inflight(Intake intake, int count) {
        this.intake = intake;
        this.count = count;
    }

    boolean isSafe() {
        return safe;
    }

    @Override
    public void outcome(Outcome outcome) {
        safe = true;
        intake.oneIsSafe();
    }
}
