package org.skein.auth.internal.keys;

import java.nio.charset.StandardCharsets;
import rocks.xmpp.precis.PrecisProfiles;

/** Preparation of passwords by the OpaqueString profile (RFC 8265 §4). */
public final class Passwords {
    private static final int MAX_BYTES = 1023;

    private Passwords() {}

    /**
     * @return the prepared password in UTF-8
     * @throws IllegalArgumentException if it is empty, too long or not allowed; the message does not contain it
     */
    public static byte[] prepare(String password) {
        byte[] prepared = enforce(password).getBytes(StandardCharsets.UTF_8);
        if (prepared.length == 0 || prepared.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "password has " + prepared.length + " bytes, allowed are 1 to " + MAX_BYTES);
        }
        return prepared;
    }

    private static String enforce(String password) {
        if (isPrintableAscii(password)) {
            return password; // the profile changes nothing here
        }
        try {
            return PrecisProfiles.OPAQUE_STRING.enforce(password);
        } catch (RuntimeException notAllowed) {
            throw new IllegalArgumentException("password has characters RFC 8265 does not allow");
        }
    }

    private static boolean isPrintableAscii(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) < ' ' || s.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
