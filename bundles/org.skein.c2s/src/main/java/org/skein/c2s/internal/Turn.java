package org.skein.c2s.internal;

import io.netty.util.concurrent.ScheduledFuture;

/**
 * One stream's place among those that log in. It is taken before what costs most, the TLS handshake; without TLS before
 * the first try to log in. Further tries of the stream, of which there are few, need none. Who waits is not read. Belongs
 * to the event loop.
 */
final class Turn {
    static final String TOO_MANY = "too many users are logging in at once, try again in a moment";

    private final ClientConnection connection;
    private ScheduledFuture<?> waiting; // null where nothing is waited for
    private boolean isHoldingPlace;
    private boolean isTaken;

    Turn(ClientConnection connection) {
        this.connection = connection;
    }

    /** {@code task} runs when it is the stream's turn, at once if it had one; or else {@code refused}, after a pause. */
    void take(Runnable task, Runnable refused) {
        if (isTaken) {
            task.run();
            return;
        }
        LoginAdmission admission = connection.admission();
        long wait = admission.reserve();
        if (wait == LoginAdmission.REFUSED) {
            later(admission.pauseNanos(), refused);
            return;
        }
        isTaken = true;
        if (wait == 0) {
            task.run();
        } else {
            isHoldingPlace = true;
            later(wait, task);
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
