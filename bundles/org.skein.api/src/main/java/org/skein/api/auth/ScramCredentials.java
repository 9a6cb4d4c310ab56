package org.skein.api.auth;

import java.util.Objects;

/**
 * What is stored of a password: the salted keys of RFC 5802 §3 for one hash. From it nobody can log in as the user
 * elsewhere, and the password is not kept.
 *
 * @param hash {@code SHA-1}, {@code SHA-256} or {@code SHA-512}
 */
public record ScramCredentials(String hash, byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
    public ScramCredentials {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(salt, "salt");
        Objects.requireNonNull(storedKey, "storedKey");
        Objects.requireNonNull(serverKey, "serverKey");
        if (iterations < 1) throw new IllegalArgumentException("iterations out of range: " + iterations);
    }
}
