package org.skein.auth.internal.sasl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM, written from RFC 5802 with the JDK's own functions and none of the server's code. */
final class ScramClient {
    private final String hash; // SHA-1
    private final String gs2Header;
    private final byte[] bindingData;
    private final String user;
    private final String password;
    private final String nonce = "fyko+d2lbbFgONRv9qkxdawL";
    private String extension = "";
    private String serverNonceAppendix = "";
    private byte[] serverSignature;

    ScramClient(String hash, String gs2Header, byte[] bindingData, String user, String password) {
        this.hash = hash;
        this.gs2Header = gs2Header;
        this.bindingData = bindingData;
        this.user = user;
        this.password = password;
    }

    /** Adds to both messages. */
    ScramClient extension(String extension) {
        this.extension = extension;
        return this;
    }

    /** Makes the client send back another nonce than it was given. */
    ScramClient nonceTamperedWith(String appendix) {
        this.serverNonceAppendix = appendix;
        return this;
    }

    byte[] first() {
        return bytes(gs2Header + firstBare());
    }

    private String firstBare() {
        return "n=" + user + ",r=" + nonce + extension;
    }

    byte[] last(byte[] challenge) throws Exception {
        String serverFirst = new String(challenge, StandardCharsets.UTF_8);
        String[] parts = serverFirst.split(",");
        String serverNonce = parts[0].substring(2);
        if (!serverNonce.startsWith(nonce) || serverNonce.equals(nonce)) {
            throw new AssertionError("server's nonce does not extend ours: " + serverFirst);
        }
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        int iterations = Integer.parseInt(parts[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash.replace("-", ""))
                .generateSecret(new PBEKeySpec(
                        password.toCharArray(),
                        salt,
                        iterations,
                        MessageDigest.getInstance(hash).getDigestLength() * 8))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance(hash).digest(clientKey);
        byte[] header = bytes(gs2Header);
        byte[] binding = Arrays.copyOf(header, header.length + bindingData.length);
        System.arraycopy(bindingData, 0, binding, header.length, bindingData.length);
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(binding) + ",r=" + serverNonce
                + serverNonceAppendix + extension;
        String authMessage = firstBare() + "," + serverFirst + "," + withoutProof;
        byte[] proof = hmac(storedKey, authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
        return bytes(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof));
    }

    /** What a server that knows the keys says in the end. */
    String expectedFinal() {
        return "v=" + Base64.getEncoder().encodeToString(serverSignature);
    }

    private byte[] hmac(byte[] key, String data) throws Exception {
        String algorithm = "Hmac" + hash.replace("-", "");
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(bytes(data));
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }
}
