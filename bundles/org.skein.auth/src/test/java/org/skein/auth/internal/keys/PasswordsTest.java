package org.skein.auth.internal.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private static String prepare(String password) {
        return new String(Passwords.prepare(password), StandardCharsets.UTF_8);
    }

    @Test // RFC 8265 §4.2.2
    void caseAndWidthAreKeptSpacesAreMappedAndTheRestIsComposed() {
        assertEquals("Correct Horse Battery Staple!", prepare("Correct Horse Battery Staple!"));
        assertEquals("\uff21", prepare("\uff21"));
        assertEquals("a b", prepare("a\u1680b"));
        assertEquals("\u00e9", prepare("e\u0301"));
        assertEquals("\u03c0\u00df\u00e5", prepare("\u03c0\u00df\u00e5")); // §4.3, table 4
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "my cat is a \u0009by", "bell\u0007", "del\u007f", "\ud800"})
    void whatIsNotAllowedIsRefused(String password) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Passwords.prepare(password));
        assertFalse(!password.isEmpty() && refused.getMessage().contains(password));
    }

    @Test
    void aPasswordHasItsLimit() {
        Passwords.prepare("x".repeat(1023));
        assertThrows(IllegalArgumentException.class, () -> Passwords.prepare("x".repeat(1024)));
    }
}
