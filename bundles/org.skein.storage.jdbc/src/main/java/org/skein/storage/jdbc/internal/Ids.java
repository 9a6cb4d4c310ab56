package org.skein.storage.jdbc.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.skein.xmpp.Jid;

/**
 * Keys of fixed size for addresses, which may be as long as 3071 bytes: too long for an index of InnoDB together with
 * anything else. Two addresses share a key with a probability of 2^-128, and it takes 2^64 tries to make such a pair
 * of one's own.
 */
final class Ids {
    static final int BYTES = 16;

    private Ids() {}

    static byte[] of(Jid jid) {
        return of(jid.toString());
    }

    static byte[] of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(utf8(text));
            return Arrays.copyOf(digest, BYTES);
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
