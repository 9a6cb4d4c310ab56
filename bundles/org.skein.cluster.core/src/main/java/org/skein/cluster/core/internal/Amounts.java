package org.skein.cluster.core.internal;

import java.time.Duration;
import java.util.Locale;

/** Amounts for people. */
final class Amounts {
    private Amounts() {}

    static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    static String bytes(long bytes) {
        return bytes < 10_000 ? bytes + " B" : bytes / 1024 + " KiB";
    }

    static String age(long millis) {
        return millis < 10_000 ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0) : age(Duration.ofMillis(millis));
    }

    static String age(Duration d) {
        long seconds = Math.max(0, d.toSeconds());
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
}
