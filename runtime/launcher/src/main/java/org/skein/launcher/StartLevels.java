package org.skein.launcher;

/**
 * When a bundle starts: logs before all else, then the configuration, then what uses both. Sessions start after and end
 * before the rest: while they end, the cluster and the database are still there.
 */
final class StartLevels {
    static final int LOGGING = 1;
    static final int CONFIGURATION = 2;
    static final int FILES = 3;
    static final int SERVER = 4;
    static final int SESSIONS = 5;
    static final int DEPLOYED = 6;

    private StartLevels() {}

    static int of(String jar) {
        if (jar.startsWith("pax-logging-")) {
            return LOGGING;
        }
        if (jar.startsWith("org.apache.felix.configadmin-") || jar.startsWith("org.skein.config-")) {
            return CONFIGURATION;
        }
        if (jar.startsWith("org.apache.felix.fileinstall-")) {
            return FILES;
        }
        if (jar.startsWith("org.skein.session-")) {
            return SESSIONS;
        }
        return SERVER;
    }
}
