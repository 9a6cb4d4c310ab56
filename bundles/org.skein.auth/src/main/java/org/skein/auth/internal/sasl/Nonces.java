package org.skein.auth.internal.sasl;

import java.security.SecureRandom;
import java.util.Base64;

/** The server's part of a SCRAM nonce: printable, without a comma, never the same again. Any thread. */
@FunctionalInterface
interface Nonces {
    String next();

    /** 144 random bits each. */
    static Nonces secure() {
        SecureRandom random = new SecureRandom();
        return () -> {
            byte[] bytes = new byte[18];
            random.nextBytes(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        };
    }
}
