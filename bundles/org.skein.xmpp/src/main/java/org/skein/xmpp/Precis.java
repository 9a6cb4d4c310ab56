package org.skein.xmpp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import rocks.xmpp.precis.PrecisProfile;
import rocks.xmpp.precis.PrecisProfiles;

/**
 * PRECIS enforcement of the parts of an address (RFC 7622 §3.2 to §3.4). A part that is in normal form already is
 * answered as it came.
 */
final class Precis {
    private static final int MAX_BYTES = 1023;
    private static final int MAX_LABEL = 63;
    /** Enforcement is repeated until it changes nothing (RFC 8264 §7). */
    private static final int MAX_ROUNDS = 4;

    /** RFC 7622 §3.3.1: excluded from local parts though PRECIS allows them. */
    private static final String EXCLUDED = "\"&'/:<>@";

    private static final Pattern DOTS = Pattern.compile("[\u3002\uFF0E\uFF61]"); // RFC 5895 §2.4

    private Precis() {}

    static String local(String s) {
        boolean lower = true;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 0x7F) {
                String enforced = enforced(PrecisProfiles.USERNAME_CASE_MAPPED, s, "local part");
                for (int k = 0; k < enforced.length(); k++) refuseInLocal(enforced.charAt(k), s);
                return checkedLength(enforced, "local part");
            }
            refuseInLocal(c, s);
            lower &= c < 'A' || c > 'Z';
        }
        return checkedLength(lower ? s : s.toLowerCase(Locale.ROOT), "local part");
    }

    private static void refuseInLocal(char c, String s) {
        if (c <= ' ' || EXCLUDED.indexOf(c) >= 0) throw refused("local part", s);
    }

    static String resource(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 0x7F) {
                String enforced = enforced(PrecisProfiles.OPAQUE_STRING, s, "resource");
                return checkedLength(enforced, "resource");
            }
            if (c < ' ') throw refused("resource", s);
        }
        return checkedLength(s, "resource");
    }

    private static String enforced(PrecisProfile profile, String s, String part) {
        if (s.length() > MAX_BYTES) throw tooLong(part);
        try {
            String before = s;
            for (int round = 0; round < MAX_ROUNDS; round++) {
                String after = profile.enforce(before);
                if (after.equals(before)) return after.equals(s) ? s : after;
                before = after;
            }
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(part + " of address not allowed: " + refused.getMessage(), refused);
        }
        throw refused(part, s);
    }

    private static String checkedLength(String s, String part) {
        int n = s.length();
        if (n > MAX_BYTES || n > MAX_BYTES / 3 && s.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw tooLong(part);
        }
        return s;
    }

    private static IllegalArgumentException tooLong(String part) {
        return new IllegalArgumentException(part + " of address is longer than " + MAX_BYTES + " bytes");
    }

    private static IllegalArgumentException refused(String part, String s) {
        return new IllegalArgumentException(part + " of address not allowed: " + s);
    }

    /** RFC 7622 §3.2: a domain name of U-labels, or an IP address. */
    static String domain(String s) {
        if (s.isEmpty()) throw new IllegalArgumentException("empty domain in address");
        if (s.charAt(0) == '[') return IpLiteral.checked(s);
        if (!isAscii(s)) return internationalized(DOTS.matcher(s).replaceAll("."));
        int n = s.length();
        boolean plain = true;
        int label = 0;
        for (int i = 0; i < n; i++) {
            char c = s.charAt(i);
            if (c == '.') {
                checkLabel(s, label, i);
                plain &= !isALabel(s, label);
                label = i + 1;
            } else if (c >= 'A' && c <= 'Z') {
                plain = false;
            } else if (!isLetterDigitHyphen(c)) {
                throw refused("domain", s);
            }
        }
        if (label == n && n > 1) return domain(s.substring(0, n - 1), label); // the dot at the end is dropped
        checkLabel(s, label, n);
        plain &= !isALabel(s, label);
        return checkedLength(plain ? s : internationalized(s), "domain");
    }

    private static String domain(String withoutDot, int dots) {
        if (withoutDot.charAt(withoutDot.length() - 1) == '.') throw refused("domain", withoutDot + '.');
        return domain(withoutDot);
    }

    private static boolean isAscii(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) >= 0x80) return false;
        }
        return true;
    }

    /** Letters, digits, the hyphen; and the underscore, which is in no host name but in names people give to hosts. */
    private static boolean isLetterDigitHyphen(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '_';
    }

    private static boolean isALabel(String s, int from) {
        return s.regionMatches(true, from, "xn--", 0, 4);
    }

    private static void checkLabel(String s, int from, int to) {
        if (from == to || to - from > MAX_LABEL || s.charAt(from) == '-' || s.charAt(to - 1) == '-') {
            throw refused("domain", s);
        }
    }

    private static String internationalized(String s) {
        if (s.length() > MAX_BYTES) throw tooLong("domain");
        StringBuilder made = new StringBuilder(s.length());
        String[] labels = s.split("\\.", -1);
        int n = labels.length > 1 && labels[labels.length - 1].isEmpty() ? labels.length - 1 : labels.length;
        for (int i = 0; i < n; i++) {
            if (i > 0) made.append('.');
            made.append(label(labels[i], s));
        }
        return checkedLength(made.toString(), "domain");
    }

    private static String label(String label, String domain) {
        boolean encoded = isALabel(label, 0);
        String u = encoded ? Punycode.decoded(label.substring(4).toLowerCase(Locale.ROOT)) : label;
        if (encoded && isAscii(u)) throw refused("domain", domain);
        if (!isAscii(u)) u = enforced(PrecisProfiles.USERNAME_CASE_MAPPED, u, "domain");
        u = u.toLowerCase(Locale.ROOT);
        if (u.isEmpty() || isALabel(u, 0)) throw refused("domain", domain);
        checkLabel(u, 0, u.length());
        for (int i = 0; i < u.length(); i++) {
            char c = u.charAt(i);
            if (c < 0x80 && !isLetterDigitHyphen(c)) throw refused("domain", domain);
        }
        return u;
    }
}
