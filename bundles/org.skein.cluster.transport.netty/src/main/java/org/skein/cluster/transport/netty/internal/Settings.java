package org.skein.cluster.transport.netty.internal;

import java.time.Duration;

/** How one endpoint behaves; not changed once it is open. */
final class Settings {
    private static final int SILENT_PINGS = 12;
    private static final int SHORTEST_PING_MS = 10;

    /** How often each connection is asked for a sign of life. */
    int pingMs = 250;
    /** Silence after which a connection is closed and made anew. */
    int silentMs = pingMs * SILENT_PINGS;
    /** What may wait in a lane before it is not writable. */
    long queueBytes = 8L << 20;
    /** What may wait in a lane before messages are refused. */
    long limitBytes = 64L << 20;
    /** What a peer may send in one lane before it is consumed here. */
    int windowBytes = 4 << 20;
    /** The largest message. */
    int maxMessageBytes = 16 << 20;
    /** Whether this side compresses. */
    boolean compression;
    /** In which a connection must say who it is. */
    int handshakeMs = 5000;
    /** Connections at a time that have not said yet who they are. */
    int maxStrangers = 256;
    /** The protocol versions offered. */
    int minVersion = Frames.VERSION;

    int maxVersion = Frames.VERSION;
    /** How long a certificate is good. */
    Duration certificateValid = Duration.ofDays(730);
    /** How long before the end of a certificate the next one is made. */
    Duration renewBefore = Duration.ofDays(60);
    /** Between the publication of a fingerprint and the use of its certificate: peers look about once a second. */
    int graceMs = 5000;

    static Settings of(TransportConfig config) {
        Settings settings = new Settings();
        settings.pingMs = Math.max(SHORTEST_PING_MS, config.ping_ms());
        settings.silentMs = settings.pingMs * SILENT_PINGS;
        settings.queueBytes = Math.max(1, config.queue_bytes());
        settings.limitBytes = config.queue_limit_bytes() <= 0
                ? Long.MAX_VALUE
                : Math.max(settings.queueBytes, config.queue_limit_bytes());
        settings.compression = config.compression();
        return settings;
    }
}
