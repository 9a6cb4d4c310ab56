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

/** A client's side of SCRAM (RFC 5802, RFC 7677), written from the RFC. */
public final class ScramClient {
    private final String hash; // "1" or "256"
    private final String gs2;
    private final byte[] binding;

    /**
     * @param mechanism such as {@code SCRAM-SHA-256-PLUS}
     * @param gs2 the header, such as {@code n,,} or {@code p=tls-server-end-point,,}
     * @param binding data of the channel binding; may be empty
     */
    private ScramClient(String mechanism, String gs2, byte[] binding) {
        this.hash = mechanism.contains("256") ? "256" : "1";
        this.gs2 = gs2;
        this.binding = binding.clone();
    }

    /** Runs the exchange and checks the server's signature. @return what ended it: success or failure */
    public static Xml run(
            StanzaClient client, String mechanism, String gs2, byte[] binding, String user, String password)
            throws IOException {
        try {
            return new ScramClient(mechanism, gs2, binding).exchange(client, mechanism, user, password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hash of the certificate the client sees (RFC 5929 §4.1). */
    public static byte[] endPoint(StanzaClient client) throws IOException {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(client.certificate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Xml exchange(StanzaClient client, String mechanism, String user, String password)
            throws IOException, GeneralSecurityException {
        String bare = "n=" + user + ",r=fyko+d2lbbFgONRv9qkxdawL";
        client.auth(mechanism, (gs2 + bare).getBytes(StandardCharsets.UTF_8));
        Xml answer = client.awaitSasl();
        if (!answer.name().equals("challenge")) {
            return answer;
        }
        String serverFirst = decoded(answer);
        Map<Character, String> fields = fields(serverFirst);
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA" + hash)
                .generateSecret(new PBEKeySpec(
                        password.toCharArray(),
                        Base64.getDecoder().decode(fields.get('s')),
                        Integer.parseInt(fields.get('i')),
                        hash.equals("1") ? 160 : 256))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-" + hash).digest(clientKey);
        byte[] header = gs2.getBytes(StandardCharsets.UTF_8);
        byte[] input = new byte[header.length + binding.length];
        System.arraycopy(header, 0, input, 0, header.length);
        System.arraycopy(binding, 0, input, header.length, binding.length);
        String withoutProof = "c=" + base64(input) + ",r=" + fields.get('r');
        String authMessage = bare + "," + serverFirst + "," + withoutProof;
        byte[] proof = hmac(storedKey, authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        String finalMessage = withoutProof + ",p=" + base64(proof);
        client.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                + base64(finalMessage.getBytes(StandardCharsets.UTF_8)) + "</response>");
        Xml end = client.awaitSasl();
        if (end.name().equals("success")) {
            String expected = "v=" + base64(hmac(hmac(salted, "Server Key"), authMessage));
            if (!expected.equals(decoded(end))) {
                throw new AssertionError("the server does not know the password: " + decoded(end));
            }
        }
        return end;
    }

    private byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA" + hash);
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
