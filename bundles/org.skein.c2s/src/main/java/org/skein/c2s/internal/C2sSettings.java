package org.skein.c2s.internal;

import org.skein.net.api.SocketTuning;
import org.skein.xmpp.stream.XmlStreamParser.Limits;

/** {@link C2sConfig} as values; times 0 = none. */
record C2sSettings(
        int port,
        int tlsPort,
        boolean tlsRequired,
        long loginTimeoutMs,
        int loginsPerSecond,
        Limits beforeLogin,
        Limits afterLogin,
        long maxPendingBytes,
        int whitespacePingSeconds,
        SocketTuning tuning) {

    static final C2sSettings DEFAULT = new C2sSettings(
            0, 0, true, 30_000, 500, Limits.BEFORE_LOGIN, Limits.AFTER_LOGIN, 8 << 20, 0, SocketTuning.DEFAULT);

    static C2sSettings of(C2sConfig config) {
        return new C2sSettings(
                config.port(),
                config.tls_port(),
                config.tls_required(),
                config.login_timeout() * 1000L,
                config.login_admission_rate(),
                sized(Limits.BEFORE_LOGIN, config.max_stanza_size_before_login()),
                sized(Limits.AFTER_LOGIN, config.max_stanza_size()),
                config.max_pending() == 0 ? Long.MAX_VALUE : config.max_pending(),
                config.whitespace_ping(),
                new SocketTuning(config.tcp_keepalive(), config.tcp_user_timeout()));
    }

    private static Limits sized(Limits limits, int bytes) {
        return new Limits(
                bytes <= 0 ? Integer.MAX_VALUE : bytes,
                limits.maxDepth(),
                limits.maxAttributes(),
                limits.maxNameBytes());
    }

    C2sSettings withTlsRequired(boolean required) {
        return new C2sSettings(
                port,
                tlsPort,
                required,
                loginTimeoutMs,
                loginsPerSecond,
                beforeLogin,
                afterLogin,
                maxPendingBytes,
                whitespacePingSeconds,
                tuning);
    }

    C2sSettings withLoginTimeoutMs(long ms) {
        return new C2sSettings(
                port,
                tlsPort,
                tlsRequired,
                ms,
                loginsPerSecond,
                beforeLogin,
                afterLogin,
                maxPendingBytes,
                whitespacePingSeconds,
                tuning);
    }

    C2sSettings withMaxPendingBytes(long bytes) {
        return new C2sSettings(
                port,
                tlsPort,
                tlsRequired,
                loginTimeoutMs,
                loginsPerSecond,
                beforeLogin,
                afterLogin,
                bytes,
                whitespacePingSeconds,
                tuning);
    }

    C2sSettings withWhitespacePingSeconds(int seconds) {
        return new C2sSettings(
                port,
                tlsPort,
                tlsRequired,
                loginTimeoutMs,
                loginsPerSecond,
                beforeLogin,
                afterLogin,
                maxPendingBytes,
                seconds,
                tuning);
    }
}
