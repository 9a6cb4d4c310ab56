package org.skein.cluster.strategy.directory.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import org.skein.cluster.api.strategy.ClusteringStrategy.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the participants: one placement after the other is put in force, told to all members, and by it all accounts of
 * this node; the next when that is done. What is not said to take the lock is called with it.
 */
final class Placing {
    private static final Logger log = LoggerFactory.getLogger(Placing.class);
    private static final Duration SETTLE = Duration.ofMillis(20);
    private static final Duration PROBE = Duration.ofSeconds(1);

    private final Context context;
    private final Members members;
    private final Consumer<Placement> tells;
    private Placement placement;
    private boolean complete = true;
    private boolean telling;
    private boolean settling;
    private boolean probing;
    private boolean closed;

    /** @param tells by a new placement what this node holds; without the lock */
    Placing(Context context, Members members, Placement first, Consumer<Placement> tells) {
        this.context = context;
        this.members = members;
        this.tells = tells;
        placement = first;
    }

    Placement placement() {
        return placement;
    }

    /** All this node holds is told by it, and confirmed. */
    boolean isComplete() {
        return complete;
    }

    void close() {
        closed = true;
    }

    /**
     * Several nodes that come at the same time make one placement.
     *
     * @param outdated one of the placement is gone
     * @return whether these are the participants of the placement in force
     */
    boolean follow(Collection<Participant> participants, boolean outdated) {
        boolean isCurrent = new Placement(-1, participants).equals(placement);
        if (isCurrent || settling && !outdated) return isCurrent;
        settling = true;
        context.later(outdated ? Duration.ZERO : SETTLE, this::place);
        return false;
    }

    private void place() {
        Placement next;
        synchronized (members.lock) {
            settling = false;
            if (closed || telling) return;
            next = new Placement(placement.number + 1, members.participants());
            if (next.equals(placement)) return;
            telling = true;
            complete = false;
            placement = next;
            members.restand(); // before anybody hears of it
            members.tell(next, true);
        }
        log.debug("what=directory_placed number={} participants={}", next.number, next);
        members.check();
        tells.accept(next);
    }

    /** All accounts of this node are being told by the placement in force. Takes the lock. */
    void placed() {
        synchronized (members.lock) {
            telling = false;
            members.restand();
        }
        members.check();
    }

    /** All accounts of this node have been told by a placement, and were confirmed. Takes the lock. */
    void completed(Placement by) {
        synchronized (members.lock) {
            if (by != placement || closed) return;
            complete = true;
            members.restand();
            members.tellComplete();
        }
        members.check();
    }

    /** As long as somebody is not in step: whether it is still there, and knows of this node. */
    void probeLater() {
        if (probing) return;
        probing = true;
        context.later(PROBE, () -> {
            synchronized (members.lock) {
                probing = false;
                if (closed) return;
                members.tell(placement, false);
                members.restand();
            }
        });
    }
}
