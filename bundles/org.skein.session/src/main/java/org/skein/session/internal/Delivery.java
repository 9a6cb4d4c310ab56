package org.skein.session.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.storage.MessageNumber;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;

/**
 * One message until it is safe (DESIGN §5): tried at the full address, then once at the bare one, then stored. The
 * sessions it went to answer on their own threads; it goes on when the last has.
 */
final class Delivery implements DeliveryListener {
    /** Where it is tried; each state is reached from the one before, or skipped. */
    private enum Step {
        FULL,
        BARE,
        OFFLINE
    }

    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Delivery.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ServerNode node;
    private final Stanza stanza;
    private final Jid account;
    private final DeliveryListener origin;
    private MessageNumber number; // given with the first hand-over that may need it
    private Step step = Step.FULL;
    private boolean shared; // it went to several sessions
    private List<Stored> stored; // rows of a shared one; guarded by this
    private volatile int waiting; // sessions that have not answered; counted atomically, or under this where shared
    private volatile boolean safe;
    private volatile boolean delivered;
    private volatile StanzaError refusal;

    Delivery(ServerNode node, Stanza stanza, Jid account, DeliveryListener origin) {
        this.node = node;
        this.stanza = stanza;
        this.account = account;
        this.origin = origin;
    }

    MessageNumber number() {
        MessageNumber n = number;
        if (n == null) number = n = node.nextNumber();
        return n;
    }

    /** A session's own row of a message that went to several. */
    private record Stored(UserSession session, MessageNumber row) {}

    /** The number for a row parked for one session; sessions that share the message need one each. */
    MessageNumber rowNumber() {
        return shared ? node.nextNumber() : number();
    }

    /** Called by a session before it answers STORED: with which row. Answers whether other sessions share the message. */
    boolean storedAs(UserSession session, MessageNumber row) {
        if (!shared) return false;
        synchronized (this) {
            stored.add(new Stored(session, row));
        }
        return true;
    }

    /**
     * A session that answered STORED ends. Answers true if its row is not needed any more, because another session of the
     * user has delivered the message, or keeps it, or has yet to answer for it.
     */
    boolean withdraw(UserSession session) {
        synchronized (this) {
            stored.removeIf(s -> s.session == session);
            return delivered || waiting > 0 || !stored.isEmpty();
        }
    }

    /** Begins at the full address if it has one, else at the bare one. */
    void start(UserSession match) {
        if (match == null) {
            toBare();
            return;
        }
        waiting = 1;
        match.deliver(new Out(match, stanza, this));
    }

    private void toBare() {
        step = Step.BARE;
        Account online = node.registry.online(account);
        UserSession[] sessions = online == null ? null : online.all();
        int accepting = 0;
        if (sessions != null) {
            for (UserSession s : sessions) {
                if (s.accepts()) accepting++;
            }
        }
        if (accepting == 0) {
            toOffline();
            return;
        }
        // One more than there are, so that it cannot go on while still being handed out; a session that changed its
        // mind
        // meanwhile gets it all the same.
        if (accepting > 1) {
            shared = true;
            stored = new ArrayList<>(2);
        }
        waiting = accepting + 1;
        int given = 0;
        for (UserSession s : sessions) {
            if (given < accepting && s.accepts()) {
                given++;
                s.deliver(new Out(s, stanza, this));
            }
        }
        answered(accepting - given + 1);
    }

    private void toOffline() {
        step = Step.OFFLINE;
        if (Boolean.FALSE.equals(node.known.remembered(account))) {
            refuse(Condition.SERVICE_UNAVAILABLE.error()); // removed just now: nobody may find it there later
            return;
        }
        node.offline.store(account, stanza, number(), this::stored);
    }

    private void stored(Throwable failure) {
        if (failure == null) {
            origin.outcome(Outcome.STORED);
        } else {
            refuse(Offline.error(failure));
        }
    }

    /** Called by a session before it answers REFUSED: with which error. */
    void refusal(StanzaError error) {
        refusal = error;
    }

    @Override
    public void outcome(Outcome outcome) {
        if (outcome == Outcome.DELIVERED) delivered = safe = true;
        else if (outcome == Outcome.STORED) safe = true;
        else if (outcome == Outcome.REFUSED && refusal == null) refusal = Condition.RESOURCE_CONSTRAINT.error();
        answered(1);
    }

    private void answered(int n) {
        if (shared) {
            List<Stored> redundant;
            synchronized (this) {
                waiting -= n;
                if (waiting > 0) return;
                safe = delivered || !stored.isEmpty();
                // One session's client has it: rows of others are for these alone, not for the user's next session.
                redundant = delivered ? List.copyOf(stored) : List.of();
            }
            redundant.forEach(s -> s.session.redundant(s.row));
        } else if ((int) WAITING.getAndAdd(this, -n) > n) {
            return;
        }
        if (safe) {
            origin.outcome(delivered ? Outcome.DELIVERED : Outcome.STORED);
        } else if (refusal != null) {
            refuse(refusal);
        } else if (step == Step.FULL) {
            toBare(); // RFC 6121 §8.5.3.2.1: the resource is gone, as if sent to the bare address
        } else {
            toOffline();
        }
    }

    private void refuse(StanzaError error) {
        node.refuse(stanza, origin, error);
    }
}
