package org.skein.session.internal;

import java.time.Instant;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.storage.MessageNumber;
import org.skein.xmpp.Stanza;

/** A stanza on its way to one session: first in the session's mailbox, then in its {@link Outbox} until confirmed. */
final class Out extends Mailbox.Task {
    /** What the database has of it. */
    enum Row {
        NONE,
        STORING,
        STORED
    }

    final UserSession session;
    final Stanza stanza; // as it came: what is stored, and delivered elsewhere if this session ends
    private DeliveryListener listener; // NONE once answered
    Stanza written; // as the delivery processors left it
    long since; // nanos when it was queued
    MessageNumber number; // given when first needed
    Instant takenAt; // of one read back from the database
    Row row = Row.NONE;
    Fanout sharer; // of a message that other sessions have too, once stored or refused; null else
    boolean confirmed;

    Out(UserSession session, Stanza stanza, DeliveryListener listener) {
        this.session = session;
        this.stanza = stanza;
        this.listener = listener;
    }

    @Override
    public void run() {
        session.deliverNow(this);
    }

    /** The one behind it in the outbox, or null. */
    Out following() {
        return (Out) next;
    }

    /** True while somebody waits to hear what became of it. */
    boolean isAwaited() {
        return listener != DeliveryListener.NONE;
    }

    /** A message that may be put into the database to be safe. */
    boolean isDurable() {
        return listener != DeliveryListener.NONE && stanza.isMessage();
    }

    void answer(Outcome outcome) {
        DeliveryListener l = listener;
        if (l == DeliveryListener.NONE) return;
        listener = DeliveryListener.NONE;
        l.outcome(outcome);
    }

    DeliveryListener listener() {
        return listener;
    }

    int bytes() {
        return 200 + stanza.payloadXml().length;
    }
}
