package org.skein.cli.doctor;

import java.util.Locale;

/**
 * What one look found.
 *
 * @param what the thing looked at, a word or two
 * @param seen how it is
 * @param advice what to do; empty where all is well
 */
public record Finding(Level level, String what, String seen, String advice) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** Works, but not as it might. */
        WARN,
        /** Does not work, or will lose something. */
        FAIL
    }

    @Override
    public String toString() {
        String end = advice.isEmpty() ? "" : seen.endsWith("?") ? " " : ". ";
        return String.format(Locale.ROOT, "%-4s  %-12s %s%s%s", level, what, seen, end, advice);
    }
}
