package org.skein.auth.internal.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skein.api.auth.ScramCredentials;

class ScramHashTest {
    @Test // RFC 6070
    void hiOfSha1IsPbkdf2() {
        assertEquals(
                "4b007901b765489abead49d926f721d065a429c1",
                HexFormat.of().formatHex(ScramHash.SHA_1.hi(ascii("password"), ascii("salt"), 4096)));
        assertEquals(
                "0c60c80f961f0e71f3a9b524af6012062fe037a6",
                HexFormat.of().formatHex(ScramHash.SHA_1.hi(ascii("password"), ascii("salt"), 1)));
    }

    @ParameterizedTest
    @EnumSource
    void hiIsWhatTheJdkComputes(ScramHash hash) throws Exception {
        String longerThanABlock = "p".repeat(100);
        for (String password : new String[] {"x", "pencil", longerThanABlock}) {
            byte[] expected = SecretKeyFactory.getInstance(
                            "PBKDF2WithHmac" + hash.hash().replace("-", ""))
                    .generateSecret(new PBEKeySpec(password.toCharArray(), ascii("NaCl"), 77, hash.length() * 8))
                    .getEncoded();
            assertArrayEquals(expected, hash.hi(ascii(password), ascii("NaCl"), 77), password);
        }
    }

    @ParameterizedTest
    @EnumSource
    void hmacIsWhatTheJdkComputes(ScramHash hash) throws Exception {
        String algorithm = "Hmac" + hash.hash().replace("-", "");
        for (int length : new int[] {1, 20, 63, 64, 65, 200}) {
            byte[] key = ascii("k".repeat(length));
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            assertArrayEquals(mac.doFinal(ascii("data")), hash.hmac(key, ascii("data")), "key of " + length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyThePasswordTheKeysWereMadeOfIsThePassword(ScramHash hash) {
        ScramCredentials keys = hash.credentials(ascii("pencil"), ascii("salt"), 10);
        assertTrue(hash.isPassword(ascii("pencil"), keys));
        assertFalse(hash.isPassword(ascii("Pencil"), keys));
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }
}
