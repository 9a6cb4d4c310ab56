package org.skein.session.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.skein.api.component.DeliveryListener;
import org.skein.api.component.Outcome;
import org.skein.api.storage.MessageNumber;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StanzaError;
import org.skein.xmpp.StanzaError.Condition;

/**
 * A message handed to several who each answer once, on their own threads: sessions of this node, other nodes. When the
 * last has answered, it is decided what became of it.
 */
abstract class Fanout implements DeliveryListener {
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Fanout.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final ServerNode node;
    final Stanza stanza; // as other nodes get it
    private Stanza processed; // as sessions here get it; null before the first, or where a processor took it
    private boolean isProcessed;
    final Jid account;
    boolean shared; // several have it
    private List<Stored> stored; // rows of sessions here of a shared one; guarded by this
    boolean storedElsewhere; // guarded by this
    private volatile int waiting; // who has not answered; counted atomically, or under this where shared
    volatile boolean safe;
    volatile boolean delivered;
    volatile StanzaError refusal;

    Fanout(ServerNode node, Stanza stanza, Jid account) {
        this.node = node;
        this.stanza = stanza;
        this.account = account;
    }

    /** A session's own row of a message that went to several. */
    private record Stored(UserSession session, MessageNumber row) {}

    /** The number for a row parked for one session. */
    abstract MessageNumber rowNumber();

    /** The number its origin gave it, by which a session knows it again; null if it got none. */
    abstract MessageNumber originNumber();

    /** All have answered. */
    abstract void decided();

    /** To one session alone. */
    final void toOne(UserSession session) {
        Stanza mine = processedHere();
        if (mine == null) {
            delivered = safe = true;
            decided();
            return;
        }
        waiting = 1;
        give(session, mine);
    }

    /** Runs the processors of each node once, also if it is tried here twice. */
    final Stanza processedHere() {
        if (!isProcessed) {
            isProcessed = true;
            processed = node.deliverer.processedHere(stanza, account);
        }
        return processed;
    }

    /**
     * To the sessions that accept messages for the bare address.
     *
     * @param others how many other parties will answer too
     * @param toOthers hands it to those
     * @return false if there is nobody at all; then nothing was done
     */
    final boolean toAccepting(int others, Runnable toOthers) {
        Account online = node.registry.online(account);
        UserSession[] sessions = online == null ? null : online.all();
        int accepting = 0;
        if (sessions != null) {
            for (UserSession s : sessions) {
                if (takes(s)) accepting++;
            }
        }
        if (accepting + others == 0) return false;
        if (sessions != null && processedHere() == null) {
            delivered = safe = true;
            accepting = 0;
        }
        share(accepting + others > 1 || isSharedElsewhere());
        // One more than there are, so that it cannot go on while still being handed out; a session that changed its
        // mind meanwhile gets it all the same.
        waiting = accepting + others + 1;
        toOthers.run();
        int given = 0;
        if (sessions != null) {
            for (UserSession s : sessions) {
                if (given < accepting && takes(s)) {
                    given++;
                    give(s, processed);
                }
            }
        }
        answered(accepting - given + 1);
        return true;
    }

    private void give(UserSession session, Stanza mine) {
        session.deliver(new Out(session, mine, this));
    }

    private boolean takes(UserSession session) {
        if (!session.accepts()) return false;
        MessageNumber number = originNumber();
        return number == null || !session.has(number);
    }

    /** The same, where the sessions here count as one party, and only now it is known which. */
    final void toAcceptingAsOne() {
        Account online = node.registry.online(account);
        if (online != null && processedHere() == null) {
            delivered = safe = true;
        } else if (online != null) {
            for (UserSession s : online.all()) {
                if (!takes(s)) continue;
                synchronized (this) {
                    waiting++;
                }
                give(s, processed);
            }
        }
        answered(1);
    }

    /** True if nodes besides those counted here may have it. */
    boolean isSharedElsewhere() {
        return false;
    }

    /** To parties that are not sessions here. */
    final void toOthers(int others, boolean several, Runnable toOthers) {
        share(several);
        waiting = others + 1;
        toOthers.run();
        answered(1);
    }

    private void share(boolean several) {
        shared = several;
        if (several) stored = new ArrayList<>(2);
    }

    /** Called by a session before it answers STORED: with which row. Answers whether others share the message. */
    final boolean storedAs(UserSession session, MessageNumber row) {
        if (!shared) return false;
        synchronized (this) {
            stored.add(new Stored(session, row));
        }
        return true;
    }

    /**
     * A session that answered STORED ends. Answers true if its row is not needed any more, because another session of
     * the user has delivered the message, or keeps it, or has yet to answer for it.
     */
    final boolean withdraw(UserSession session) {
        synchronized (this) {
            stored.removeIf(s -> s.session == session);
            return delivered || waiting > 0 || !stored.isEmpty();
        }
    }

    /** True if a session here keeps a row of it. */
    final boolean isStoredHere() {
        synchronized (this) {
            return stored != null && !stored.isEmpty();
        }
    }

    /** Called by a session before it answers REFUSED: with which error. */
    final void refusal(StanzaError error) {
        refusal = error;
    }

    @Override
    public final void outcome(Outcome outcome) {
        if (outcome == Outcome.DELIVERED) delivered = safe = true;
        else if (outcome == Outcome.STORED) safe = true;
        else if (outcome == Outcome.REFUSED && refusal == null) refusal = Condition.RESOURCE_CONSTRAINT.error();
        answered(1);
    }

    /**
     * Whether it is known what became of the message with others who have it, so that {@link #withdraw} may be asked.
     *
     * @return null if it is
     */
    CompletionStage<Void> unsettled() {
        return null;
    }

    final void answered(int n) {
        if (shared) {
            List<Stored> redundant;
            synchronized (this) {
                waiting -= n;
                if (waiting > 0) return;
                safe = delivered || storedElsewhere || !stored.isEmpty();
                // One client has it: rows of others are for these alone, not for the user's next session.
                redundant = delivered ? List.copyOf(stored) : List.of();
            }
            redundant.forEach(s -> s.session.redundant(s.row));
        } else if ((int) WAITING.getAndAdd(this, -n) > n) {
            return;
        }
        decided();
    }

    /** It was delivered by somebody after all: rows here are for their sessions alone. */
    final void deliveredElsewhere() {
        List<Stored> redundant;
        synchronized (this) {
            delivered = true;
            redundant = stored == null ? List.of() : List.copyOf(stored);
        }
        redundant.forEach(s -> s.session.redundant(s.row));
    }
}
