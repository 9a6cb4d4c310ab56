package org.skein.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.QuotaException;
import org.skein.api.storage.XmlStore;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

/** vCards and private XML. */
public interface XmlStoreContract extends StorageContract {
    @Test
    default void anElementComesBackAsItWasStored() {
        Jid owner = Jid.of("same@xml.example");
        Element card = Element.builder("vCard", "vcard-temp")
                .attribute("version", "3 <&>'\"")
                .child("FN", "\uD83D\uDC1D \u00E4 <&>")
                .child(Element.builder("odd", "urn:other")
                        .attribute("urn:ns", "a", "b")
                        .text(" blanks \n ")
                        .build())
                .build();
        assertEquals(Optional.empty(), Answers.of(xml().get(owner, XmlStore.VCARD, "")));
        Answers.of(xml().put(owner, XmlStore.VCARD, "", card));
        assertEquals(Optional.of(card), Answers.of(xml().get(owner, XmlStore.VCARD, "")));
        assertEquals(Optional.empty(), Answers.of(xml().get(owner, XmlStore.PRIVATE, "")));
        assertEquals(Optional.empty(), Answers.of(xml().get(LONGEST, XmlStore.VCARD, "")));
    }

    @Test
    default void anElementIsReplacedAndRemoved() {
        Jid owner = Jid.of("replace@xml.example");
        String key = "{urn:" + "long".repeat(200) + "}Name";
        Answers.of(xml().put(owner, XmlStore.PRIVATE, key, Element.of("a", "urn:a", "1")));
        Answers.of(xml().put(owner, XmlStore.PRIVATE, key.replace("Name", "name"), Element.of("a", "urn:a", "2")));
        Answers.of(xml().put(owner, XmlStore.PRIVATE, key, Element.of("a", "urn:a", "3")));
        assertEquals(
                "3",
                Answers.of(xml().get(owner, XmlStore.PRIVATE, key))
                        .orElseThrow()
                        .text());
        Answers.of(xml().remove(owner, XmlStore.PRIVATE, key));
        Answers.of(xml().remove(owner, XmlStore.PRIVATE, key));
        assertEquals(Optional.empty(), Answers.of(xml().get(owner, XmlStore.PRIVATE, key)));
    }

    @Test
    default void moreElementsThanAllowedAreRefused() {
        Jid owner = Jid.of("count@xml.example");
        Element e = Element.of("a", "urn:a");
        for (int i = 0; i < LIMITS.xmlPerOwner(); i++) {
            Answers.of(xml().put(owner, XmlStore.PRIVATE, "k" + i, e));
        }
        assertThrows(QuotaException.class, () -> Answers.of(xml().put(owner, XmlStore.PRIVATE, "more", e)));
        Answers.of(xml().put(owner, XmlStore.PRIVATE, "k0", Element.of("b", "urn:b"))); // replacing is not more
        Answers.of(xml().put(owner, XmlStore.VCARD, "", e)); // another collection
        Answers.of(xml().remove(owner, XmlStore.PRIVATE, "k1"));
        Answers.of(xml().put(owner, XmlStore.PRIVATE, "more", e));
    }

    @Test
    default void anElementLargerThanAllowedIsRefused() {
        Jid owner = Jid.of("size@xml.example");
        Element large = Element.of("a", "urn:a", "\u00E9".repeat(LIMITS.xmlBytes() / 2));
        assertThrows(QuotaException.class, () -> Answers.of(xml().put(owner, XmlStore.VCARD, "", large)));
        assertEquals(Optional.empty(), Answers.of(xml().get(owner, XmlStore.VCARD, "")));
    }
}
