package org.skein.xmpp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** An IPv6 address in brackets, as the domain of an address (RFC 7622 §3.2). */
final class IpLiteral {
    private IpLiteral() {}

    /** The literal in lower case. Never asks a name server: what is in brackets is taken for an address or refused. */
    static String checked(String s) {
        for (int i = 1; i < s.length() - 1; i++) {
            char c = s.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.' || c >= 0x80) throw refused(s);
        }
        if (s.length() < 4 || s.charAt(s.length() - 1) != ']' || s.indexOf(':') < 0) throw refused(s);
        try {
            InetAddress address = InetAddress.getByName(s);
            if (address.getAddress().length == 0) throw refused(s);
        } catch (UnknownHostException notAnAddress) {
            throw new IllegalArgumentException("domain of address not allowed: " + s, notAnAddress);
        }
        String lower = s.toLowerCase(Locale.ROOT);
        return lower.equals(s) ? s : lower;
    }

    private static IllegalArgumentException refused(String s) {
        return new IllegalArgumentException("domain of address not allowed: " + s);
    }
}
