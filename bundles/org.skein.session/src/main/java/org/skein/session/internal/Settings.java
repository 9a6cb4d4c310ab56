package org.skein.session.internal;

import java.time.Duration;

/** What an operator may set. Zero is "no limit". */
record Settings(
        int maxSessionsPerUser,
        Duration resumeWindow,
        Duration confirmWithin,
        int unackedLimit,
        int unackedBytes,
        int senderWindow,
        Duration stalledAfter) {
    static final Settings DEFAULT = new Settings(
            100, Duration.ofSeconds(300), Duration.ofSeconds(1), 500, 1 << 20, 256, Duration.ofSeconds(60));

    boolean isOverUnacked(int stanzas, long bytes) {
        return unackedLimit > 0 && stanzas >= unackedLimit || unackedBytes > 0 && bytes >= unackedBytes;
    }

    boolean isFarOverUnacked(int stanzas, long bytes) {
        return unackedLimit > 0 && stanzas >= 4L * unackedLimit || unackedBytes > 0 && bytes >= 4L * unackedBytes;
    }
}
