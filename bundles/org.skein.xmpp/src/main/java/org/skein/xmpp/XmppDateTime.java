package org.skein.xmpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Date and time as XMPP writes them (XEP-0082 §3.2). */
public final class XmppDateTime {
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern READ = Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?[0-9]*(Z|[+-][0-9]{2}:[0-9]{2})");

    private XmppDateTime() {}

    /** UTC, cut to milliseconds: {@code 2002-09-10T23:08:25.120Z}. */
    public static String format(Instant instant) {
        return WRITTEN.format(instant);
    }

    /**
     * Reads a date and time with its offset. A fraction is read to the nanosecond.
     *
     * @throws IllegalArgumentException if {@code text} is none by XEP-0082
     */
    public static Instant parse(String text) {
        Matcher m = READ.matcher(text);
        if (!m.matches() || m.group(2) == null && m.end(1) != m.start(3)) {
            throw new IllegalArgumentException("no date and time by XEP-0082: " + text);
        }
        try {
            String fraction = m.group(2) == null ? "" : m.group(2);
            return OffsetDateTime.parse(m.group(1) + fraction + m.group(3)).toInstant();
        } catch (DateTimeException outOfRange) {
            throw new IllegalArgumentException("no date and time by XEP-0082: " + text, outOfRange);
        }
    }
}
