package org.skein.cluster.core.internal.routing;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Time and threads of routing, so that a simulation can bring its own. Any thread. */
public interface Clockwork {
    /** Runs a task once, not before the delay; closing the answer before that cancels it. */
    Pending after(Duration delay, Runnable task);

    /** A thread of its own for what a strategy does beside answering. */
    Worker worker(String name);

    /** A task that may still be cancelled. */
    interface Pending {
        void cancel();
    }

    /** Runs tasks one after the other. */
    interface Worker extends Executor {
        /** Takes no more tasks; those there are still run. */
        void end();

        /** Interrupts what runs now. */
        void interrupt();
    }
}
