package org.skein.auth.internal.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.skein.api.auth.ScramCredentials;

/** The functions of RFC 5802 §2.2 for one hash, and what is made of them in §3. Any thread. */
public interface ScramFunctions {
    byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
    byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

    /** Its name in {@link ScramCredentials#hash} and in the mechanism: {@code SHA-256}. */
    String hash();

    /** Bytes of a digest. */
    int length();

    /** H(str). */
    byte[] h(byte[] data);

    /** HMAC(key, str). */
    byte[] hmac(byte[] key, byte[] data);

    /** Hi(str, salt, i), the costly one. */
    byte[] hi(byte[] password, byte[] salt, int iterations);

    /** What is stored of a password that is prepared already. */
    default ScramCredentials credentials(byte[] password, byte[] salt, int iterations) {
        byte[] salted = hi(password, salt, iterations);
        return new ScramCredentials(hash(), salt, iterations, h(hmac(salted, CLIENT_KEY)), hmac(salted, SERVER_KEY));
    }

    /** True if {@code keys} were made of this password. Costs the same whether or not. */
    default boolean isPassword(byte[] password, ScramCredentials keys) {
        byte[] salted = hi(password, keys.salt(), keys.iterations());
        return MessageDigest.isEqual(h(hmac(salted, CLIENT_KEY)), keys.storedKey());
    }
}
