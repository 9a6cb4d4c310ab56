package org.skein.c2s.internal;

import io.netty.util.concurrent.ScheduledFuture;

/**
 * One stream's place among those that log in. It is taken before what costs most, the TLS handshake, and used by the
 * first login; without TLS, and for each further try, before the login. Who waits is not read. Belongs to the event loop.
 */
final class Turn {
    static final String TOO_MANY = "too many users are logging in at once, try again in a moment";

    private final ClientConnection connection;
    private ScheduledFuture<?> waiting; // null where nothing is waited for
    private boolean isHoldingPlace;
    private boolean isUnused;

    Turn(ClientConnection connection) {
        this.connection = connection;
    }

    /** For TLS: {@code task} runs when it is the stream's turn, or else {@code refused}, after a pause. */
    void take(Runnable task, Runnable refused) {
        await(
                () -> {
                    isUnused = true;
                    task.run();
                },
                refused);
    }

    /** For a login: at once if TLS had to wait already. */
    void use(Runnable task, Runnable refused) {
        if (isUnused) {
            isUnused = false;
            task.run();
        } else {
            await(task, refused);
        }
    }

    private void await(Runnable task, Runnable refused) {
        LoginAdmission admission = connection.admission();
        long wait = admission.reserve();
        if (wait == 0) {
            task.run();
        } else if (wait > 0) {
            isHoldingPlace = true;
            later(wait, task);
        } else {
            later(admission.pauseNanos(), refused);
        }
    }

    private void later(long nanos, Runnable task) {
        connection.hold(true);
        waiting = connection.later(nanos, () -> {
            waiting = null;
            isHoldingPlace = false;
            connection.hold(false);
            task.run();
        });
    }

    /** The stream is over; a place it waited for is the next one's. */
    void end() {
        if (waiting != null) {
            waiting.cancel(false);
            waiting = null;
            if (isHoldingPlace) {
                isHoldingPlace = false;
                connection.admission().release();
            }
        }
    }
}
