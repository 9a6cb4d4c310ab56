package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something under way that may be cancelled, once: what has to be done then. Any thread. */
final class Cancelling {
    private static final Logger log = LoggerFactory.getLogger(Cancelling.class);

    private final List<Runnable> actions = new ArrayList<>(); // guarded by this
    private boolean isCancelled; // guarded by this
    private boolean isTooLate; // guarded by this

    /** Runs it when this is cancelled; at once if it is. */
    void then(Runnable action) {
        synchronized (this) {
            if (!isCancelled) {
                actions.add(action);
                return;
            }
        }
        run(action);
    }

    /** @return false if it is too late */
    boolean cancel() {
        List<Runnable> due;
        synchronized (this) {
            if (isTooLate) return false;
            isCancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Cancelling::run);
        return true;
    }

    /**
     * From here on it is carried out to its end.
     *
     * @return false if it is cancelled already
     */
    synchronized boolean tooLate() {
        isTooLate = !isCancelled;
        return isTooLate;
    }

    synchronized boolean isCancelled() {
        return isCancelled;
    }

    /** The link to one node may be full: the others are told all the same. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            log.debug("what=cancel_not_told", e);
        }
    }
}
