package org.skein.net.api;

/**
 * How half-dead connections are noticed by the kernel; 0 turns a value off.
 *
 * @param keepAliveSeconds silence after which the peer is probed
 * @param unacknowledgedSeconds how long data may wait for the peer's acknowledgement (TCP_USER_TIMEOUT, where available)
 */
public record SocketTuning(int keepAliveSeconds, int unacknowledgedSeconds) {
    public static final SocketTuning DEFAULT = new SocketTuning(120, 60);

    public SocketTuning {
        if (keepAliveSeconds < 0 || unacknowledgedSeconds < 0) {
            throw new IllegalArgumentException(
                    "negative seconds: " + keepAliveSeconds + " or " + unacknowledgedSeconds);
        }
    }
}
