package org.skein.itests.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A client's side of SCRAM as its author wants it, right or wrong, written from the RFCs (RFC 5802, RFC 7677).
 *
 * @param mechanism such as {@code SCRAM-SHA-256-PLUS}
 * @param gs2 the header: {@code n,,}, {@code y,,} or {@code p=type,,}
 * @param binding what the client says the channel is; empty without {@code p}
 */
public record Scram(String mechanism, String gs2, byte[] binding) {
    private static final String NONCE = "fyko-d2lbbFgONRv9qkxdawL";
    private static final byte[] NO_BINDING = {};

    /**
     * How an exchange ended.
     *
     * @param challenge what the server told of the account, without the nonce; empty if it refused at once
     * @param end the server's last word: success or failure
     */
    public record Answer(String challenge, Xml end) {}

    /** Without channel binding, for a client that knows of none. */
    public static Scram of(String mechanism) {
        return new Scram(mechanism, "n,,", NO_BINDING);
    }

    /** Bound to the certificate that the client sees. */
    public static Scram plus(String mechanism, Wire<?> client) throws IOException {
        return plus(mechanism, client.endPoint());
    }

    /** @param binding of the type {@code tls-server-end-point} */
    public static Scram plus(String mechanism, byte[] binding) {
        return new Scram(mechanism, "p=tls-server-end-point,,", binding);
    }

    /** @param binding of the type {@code tls-exporter} (RFC 9266) */
    public static Scram exporter(String mechanism, byte[] binding) {
        return new Scram(mechanism, "p=tls-exporter,,", binding);
    }

    /** The whole exchange, up to the server's last word; a success must prove that the server knows the password. */
    public Answer run(Wire<?> client, String user, String password) throws IOException {
        String first = "n=" + user + ",r=" + NONCE;
        client.auth(mechanism, gs2 + first);
        Xml challenge = client.awaitSasl();
        if (!challenge.name().equals("challenge")) {
            return new Answer("", challenge);
        }
        try {
            return answer(client, first, decoded(challenge), password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer answer(Wire<?> client, String first, String serverFirst, String password)
            throws IOException, GeneralSecurityException {
        Map<Character, String> fields = fields(serverFirst);
        byte[] salted = salted(password, fields);
        byte[] clientKey = hmac(salted, "Client Key");
        String withoutProof = "c=" + base64(channel()) + ",r=" + fields.get('r');
        String authMessage = first + "," + serverFirst + "," + withoutProof;
        byte[] proof = hmac(MessageDigest.getInstance("SHA-" + hash()).digest(clientKey), authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        String last = withoutProof + ",p=" + base64(proof);
        client.send(
                "<response xmlns='" + Wire.SASL + "'>" + base64(last.getBytes(StandardCharsets.UTF_8)) + "</response>");
        Xml end = client.awaitSasl();
        if (end.name().equals("success")) {
            String expected = "v=" + base64(hmac(hmac(salted, "Server Key"), authMessage));
            if (!expected.equals(decoded(end))) {
                throw new AssertionError("the server does not know the password: " + decoded(end));
            }
        }
        return new Answer(serverFirst.replaceFirst("^r=[^,]*,", ""), end);
    }

    private String hash() {
        return mechanism.contains("256") ? "256" : "1";
    }

    private byte[] salted(String password, Map<Character, String> fields) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA" + hash())
                .generateSecret(new PBEKeySpec(
                        password.toCharArray(),
                        Base64.getDecoder().decode(fields.get('s')),
                        Integer.parseInt(fields.get('i')),
                        hash().equals("1") ? 160 : 256))
                .getEncoded();
    }

    private byte[] channel() {
        byte[] header = gs2.getBytes(StandardCharsets.UTF_8);
        byte[] input = new byte[header.length + binding.length];
        System.arraycopy(header, 0, input, 0, header.length);
        System.arraycopy(binding, 0, input, header.length, binding.length);
        return input;
    }

    private byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA" + hash());
        mac.init(new SecretKeySpec(key, "RAW"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(Xml step) {
        return new String(Base64.getDecoder().decode(step.text()), StandardCharsets.UTF_8);
    }

    private static String base64(byte[] data) {
        return Base64.getEncoder().encodeToString(data);
    }

    private static Map<Character, String> fields(String message) {
        Map<Character, String> fields = new HashMap<>();
        for (String field : message.split(",")) {
            fields.put(field.charAt(0), field.substring(2));
        }
        return fields;
    }
}
