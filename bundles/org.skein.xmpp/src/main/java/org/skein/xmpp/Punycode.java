package org.skein.xmpp;

/** Decoding of RFC 3492, which IDNA2008 uses; {@code java.net.IDN} knows only what IDNA2003 allows. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 128;

    private Punycode() {}

    /**
     * What the part of an A-label after {@code xn--} stands for.
     *
     * @throws IllegalArgumentException if it stands for nothing, or only for ASCII
     */
    static String decoded(String s) {
        int hyphen = s.lastIndexOf('-');
        StringBuilder out = new StringBuilder(hyphen > 0 ? s.substring(0, hyphen) : "");
        int n = INITIAL_N;
        int bias = INITIAL_BIAS;
        int count = out.length();
        long i = 0;
        for (int in = hyphen > 0 ? hyphen + 1 : 0; in < s.length(); ) {
            long before = i;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = in < s.length() ? digit(s.charAt(in++)) : -1;
                if (digit < 0) throw bad(s);
                i += digit * weight;
                if (i > Integer.MAX_VALUE) throw bad(s);
                int t = Math.max(T_MIN, Math.min(T_MAX, k - bias));
                if (digit < t) break;
                weight *= BASE - t;
            }
            count++;
            bias = adapted((int) (i - before), count, before == 0);
            n += (int) (i / count);
            int at = (int) (i % count);
            if (n > Character.MAX_CODE_POINT || n >= 0xD800 && n < 0xE000) throw bad(s);
            out.insert(out.offsetByCodePoints(0, at), Character.toChars(n));
            i = at + 1;
        }
        if (count == Math.max(hyphen, 0)) throw bad(s);
        return out.toString();
    }

    private static int digit(char c) {
        if (c >= 'a' && c <= 'z') return c - 'a';
        return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
    }

    private static int adapted(int delta, int count, boolean first) {
        int d = first ? delta / DAMP : delta / 2;
        d += d / count;
        int k = 0;
        for (; d > (BASE - T_MIN) * T_MAX / 2; k += BASE) {
            d /= BASE - T_MIN;
        }
        return k + (BASE - T_MIN + 1) * d / (d + SKEW);
    }

    private static IllegalArgumentException bad(String s) {
        return new IllegalArgumentException("domain of address not allowed: xn--" + s);
    }
}
