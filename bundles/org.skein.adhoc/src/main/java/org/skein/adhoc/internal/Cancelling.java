package org.skein.adhoc.internal;

import java.util.ArrayList;
import java.util.List;

/** Something under way that may be cancelled, once: what has to be done then. Any thread. */
final class Cancelling {
    private final List<Runnable> actions = new ArrayList<>(); // guarded by this
    private boolean isCancelled; // guarded by this

    /** Runs it when this is cancelled; at once if it is. */
    void then(Runnable action) {
        synchronized (this) {
            if (!isCancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    void cancel() {
        List<Runnable> due;
        synchronized (this) {
            isCancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }
}
