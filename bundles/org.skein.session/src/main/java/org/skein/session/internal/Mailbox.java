package org.skein.session.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;

/**
 * Tasks for one session from any thread, run one at a time and in order on the session's event loop, also while the
 * session moves to another loop (a stream resumed). Costs one field while idle; tasks are linked through themselves.
 */
abstract class Mailbox {
    /** A task; given to one mailbox once. */
    abstract static class Task implements Runnable {
        Task next;
    }

    private static final Task RUNNING = marker();
    private static final Task CLOSED = marker();
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Mailbox.class, "head", Task.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Task
            head; // newest first; null: idle; RUNNING at the bottom: somebody is draining; CLOSED: for ever
    private Task batch; // oldest first; belongs to who drains
    private boolean closing; // belongs to who drains

    private static Task marker() {
        return new Task() {
            @Override
            public void run() {
                throw new IllegalStateException("a marker is not run");
            }
        };
    }

    /** True on the thread tasks run on now. */
    abstract boolean inLoop();

    abstract void onLoop(Runnable task);

    /** Nothing was left, and nothing more is taken. */
    abstract void mailboxClosed();

    /** True if a task may run at once here without overtaking another. */
    final boolean mayRunInline() {
        return head == null && inLoop();
    }

    /** @return false if the mailbox is closed; the task is then the caller's */
    final boolean push(Task task) {
        while (true) {
            Task h = head;
            if (h == CLOSED) return false;
            task.next = h;
            if (HEAD.compareAndSet(this, h, task)) {
                if (h == null) schedule();
                return true;
            }
        }
    }

    /** Closes once all tasks given by then have run. On the loop. */
    final void closeWhenDrained() {
        boolean pushed = push(new Task() {
            @Override
            public void run() {
                closing = true;
            }
        });
        if (!pushed) throw new IllegalStateException("closed twice");
    }

    private void schedule() {
        try {
            onLoop(() -> drain(false));
        } catch (RejectedExecutionException loopIsGone) {
            drain(true); // the server stops: nobody else runs this session's tasks any more
        }
    }

    private void drain(boolean anywhere) {
        boolean done = false;
        boolean close = false;
        try {
            while (true) {
                if (!anywhere && !inLoop()) {
                    return; // the session moved to another loop; goes on there
                }
                if (batch != null) {
                    Task task = batch;
                    batch = task.next;
                    task.next = null;
                    runTask(task);
                } else {
                    close = closing; // read while this still is who drains
                    if (!take()) {
                        done = true;
                        return;
                    }
                }
            }
        } finally {
            if (!done) schedule();
            else if (close) mailboxClosed();
        }
    }

    /** Makes what was pushed meanwhile the next batch; false if there was nothing, and who pushes next schedules anew. */
    private boolean take() {
        while (true) {
            Task h = head;
            if (h == RUNNING) {
                if (HEAD.compareAndSet(this, RUNNING, closing ? CLOSED : null)) return false;
            } else {
                h = (Task) HEAD.getAndSet(this, RUNNING);
                while (h != null && h != RUNNING) { // newest first becomes oldest first
                    Task older = h.next;
                    h.next = batch;
                    batch = h;
                    h = older;
                }
                return true;
            }
        }
    }

    abstract void runTask(Task task);
}
