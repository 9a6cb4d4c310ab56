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
 * One login by SCRAM-SHA-256 as its author wants it, right or wrong (RFC 5802, RFC 7677).
 *
 * @param gs2 the header: {@code n,,}, {@code y,,} or {@code p=type,,}
 * @param binding what the client says the channel is; empty without {@code p}
 */
public record Scram(String mechanism, String gs2, byte[] binding) {
    private static final String NONCE = "fyko-d2lbbFgONRv9qkxdawL";

    /** @param challenge what the server told of the account, without the nonce */
    public record Answer(String challenge, String element) {}

    /** Without channel binding. */
    public static Scram plain() {
        return new Scram("SCRAM-SHA-256", "n,,", new byte[0]);
    }

    /** The binding {@code tls-server-end-point} of this client's TLS (RFC 5929 §4). */
    public static byte[] endPoint(RawClient client) throws IOException {
        try {
            byte[] certificate =
                    client.tlsSocket().getSession().getPeerCertificates()[0].getEncoded();
            return MessageDigest.getInstance("SHA-256").digest(certificate);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The whole exchange, up to the server's last word. */
    public Answer run(RawClient client, String user, String password) throws IOException {
        String first = "n=" + user + ",r=" + NONCE;
        client.auth(mechanism, gs2 + first);
        String answer = element(client);
        if (!answer.startsWith("<challenge")) {
            return new Answer("", answer);
        }
        String serverFirst = new String(data(answer), StandardCharsets.UTF_8);
        client.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                + base64(last(first, serverFirst, password).getBytes(StandardCharsets.UTF_8)) + "</response>");
        return new Answer(serverFirst.replaceFirst("^r=[^,]*,", ""), element(client));
    }

    private static String element(RawClient client) throws IOException {
        String start = client.await(">");
        if (start.endsWith("/>")) {
            return start;
        }
        return start + client.await("</" + start.substring(1).split("[ >]")[0] + ">");
    }

    private static byte[] data(String element) {
        return Base64.getDecoder().decode(element.replaceAll("<[^>]*>", ""));
    }

    private String last(String first, String serverFirst, String password) {
        try {
            Map<String, String> fields = new HashMap<>();
            for (String field : serverFirst.split(",")) {
                fields.put(field.substring(0, 1), field.substring(2));
            }
            byte[] header = gs2.getBytes(StandardCharsets.UTF_8);
            byte[] input = new byte[header.length + binding.length];
            System.arraycopy(header, 0, input, 0, header.length);
            System.arraycopy(binding, 0, input, header.length, binding.length);
            String withoutProof = "c=" + base64(input) + ",r=" + fields.get("r");

            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(
                            password.toCharArray(),
                            Base64.getDecoder().decode(fields.get("s")),
                            Integer.parseInt(fields.get("i")),
                            256))
                    .getEncoded();
            byte[] key = hmac(salted, "Client Key");
            byte[] signature = hmac(
                    MessageDigest.getInstance("SHA-256").digest(key), first + "," + serverFirst + "," + withoutProof);
            for (int i = 0; i < key.length; i++) {
                key[i] ^= signature[i];
            }
            return withoutProof + ",p=" + base64(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] data) {
        return Base64.getEncoder().encodeToString(data);
    }
}
