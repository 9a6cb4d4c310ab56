package org.skein.auth.internal.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Decoding shared by the mechanisms: strict, because what is let through here is compared with secrets. */
final class SaslText {
    private SaslText() {}

    static String utf8(byte[] data) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("not UTF-8");
        }
    }

    static byte[] base64(String text) throws MalformedException {
        if (text.isEmpty() || text.length() % 4 != 0) { // the JDK would take missing padding
            throw new MalformedException("not base64");
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not base64");
        }
    }

    /** Undoes {@code =2C} and {@code =3D}; any other {@code =} is an error (RFC 5802 §5.1). */
    static String saslName(String encoded) throws MalformedException {
        if (encoded.isEmpty() || encoded.indexOf('\0') >= 0) {
            throw new MalformedException("invalid-username-encoding");
        }
        StringBuilder name = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c != '=') {
                name.append(c);
            } else if (encoded.startsWith("=2C", i)) {
                name.append(',');
                i += 2;
            } else if (encoded.startsWith("=3D", i)) {
                name.append('=');
                i += 2;
            } else {
                throw new MalformedException("invalid-username-encoding");
            }
        }
        return name.toString();
    }
}
