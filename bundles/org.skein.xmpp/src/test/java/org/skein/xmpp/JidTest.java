package org.skein.xmpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JidTest {
    @ParameterizedTest // RFC 7622 §3.5, table 1
    @ValueSource(
            strings = {
                "juliet@example.com",
                "juliet@example.com/foo",
                "juliet@example.com/foo bar",
                "juliet@example.com/foo@bar",
                "foo\\20bar@example.com",
                "fussball@example.com",
                "fu\u00DFball@example.com",
                "\u03C0@example.com",
                "\u03C3@example.com/foo",
                "\u03C2@example.com/foo",
                "king@example.com/\u265A",
                "example.com",
                "example.com/foobar",
                "a.example.com/b@example.net",
                "a@192.0.2.1",
                "a@[2001:db8::1]/x",
                "a@[::ffff:192.0.2.1]",
                "a@fa\u00DF.example",
                "user@my_host"
            })
    void anAddressInNormalFormStaysAsItIs(String text) {
        Jid jid = Jid.of(text);
        assertEquals(text, jid.toString());
        assertEquals(jid, Jid.of(jid.local(), jid.domain(), jid.resource()));
        assertEquals(
                jid.hashCode(),
                Jid.of(jid.local(), jid.domain(), jid.resource()).hashCode());
    }

    @ParameterizedTest // RFC 7622 §3.5, table 2, and more
    @ValueSource(
            strings = {
                "\"juliet\"@example.com",
                "foo bar@example.com",
                "juliet@example.com/",
                "@example.com/",
                "@example.com",
                "henry\u2163@example.com",
                "\u265A@example.com",
                "juliet@",
                "/foobar",
                "",
                "@",
                "/",
                "a@b@c",
                "a:b@example.com",
                "a'b@example.com",
                "a<b@example.com",
                "a>b@example.com",
                "a&b@example.com",
                "a\u0000b@example.com",
                "a\nb@example.com",
                "a\u007Fb@example.com",
                "a\uFF20b@example.com",
                "a@example.com/x\u0000",
                "a@example.com/x\ny",
                "a@example.com/\u007F",
                "a@exa mple.com",
                "a@example..com",
                "a@.example.com",
                "a@example.com..",
                "a@-example.com",
                "a@example-.com",
                "a@exa\u0000mple.com",
                "a@exa%mple.com",
                "a@\u265A.example",
                "a@[::1",
                "a@[]",
                "a@[1.2.3.4]",
                "a@[::1%eth0]",
                "a@[localhost]",
                "a@[1:2]",
                "a@xn--.example",
                "a@xn--abc-.example",
                "a@xn--\u00E9.example",
                "a@xn--999999999999.example",
                "\uD800@example.com"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Jid.of(text));
        assertFalse(Jid.parse(text).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "Juliet@EXAMPLE.com/Balcony, juliet@example.com/Balcony",
        "\u03A3@example.com, \u03C3@example.com",
        "\uFF41bc@example.com, abc@example.com",
        "e\u0301@example.com, \u00E9@example.com",
        "a@example.com/e\u0301, a@example.com/\u00E9",
        "a@example.com/x\u00A0y, a@example.com/x y",
        "a@B\u00DCCHER.example, a@b\u00FCcher.example",
        "a@xn--bcher-kva.example, a@b\u00FCcher.example",
        "a@XN--BCHER-KVA.example, a@b\u00FCcher.example",
        "a@xn--fa-hia.de, a@fa\u00DF.de",
        "a@example\u3002com, a@example.com",
        "a@example.com., a@example.com",
        "a@[2001:DB8::1], a@[2001:db8::1]"
    })
    void anAddressIsBroughtToNormalForm(String text, String normal) {
        assertEquals(normal, Jid.of(text).toString());
        assertEquals(Jid.of(normal), Jid.of(text));
    }

    @Test // RFC 7622 §3.2 to §3.4: 1023 bytes each
    void eachPartHas1023BytesAtMost() {
        String most = "a".repeat(1023);
        assertEquals(most, Jid.of(most + "@example.com/" + most).resource());
        assertThrows(IllegalArgumentException.class, () -> Jid.of(most + "a@example.com"));
        assertThrows(IllegalArgumentException.class, () -> Jid.of("a@example.com/a" + most));
        assertThrows(IllegalArgumentException.class, () -> Jid.of("a@example.com/" + "\u00E9".repeat(512)));
        assertEquals(
                511, Jid.of("a@example.com/" + "\u00E9".repeat(511)).resource().length());
        String labels = "a".repeat(63) + ".";
        assertEquals(1023, Jid.of(labels.repeat(15) + "a".repeat(63)).domain().length());
        assertThrows(IllegalArgumentException.class, () -> Jid.of(labels.repeat(16) + "a"));
        assertThrows(IllegalArgumentException.class, () -> Jid.of("a".repeat(64) + ".example"));
    }

    @Test
    void partsAreToldApart() {
        Jid jid = Jid.of("a@b.c/d@e/f");
        assertEquals("a", jid.local());
        assertEquals("b.c", jid.domain());
        assertEquals("d@e/f", jid.resource());
        assertTrue(jid.isFull());
        assertEquals(Jid.of("a@b.c"), jid.bare());
        assertTrue(jid.bare().isBare());
        assertSame(jid.bare(), jid.bare().bare());
        assertEquals(Jid.of("b.c"), jid.domainJid());
        assertEquals(Jid.of("b.c"), Jid.of("b.c/x").domainJid());
        assertEquals(Jid.of("a@b.c/x"), jid.withResource("x"));
        assertEquals(Jid.of("a@b.c"), jid.withResource(""));
        assertFalse(Jid.of("b.c").hasLocal());
    }
}
