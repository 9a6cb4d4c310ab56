package org.skein.xmpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ElementTest {
    private static Element.Builder element() {
        return Element.builder("a", "u");
    }

    @Test
    void attributesHaveNoOrder() {
        Element one = element().attribute("x", "1").attribute("v", "x", "2").build();
        Element other = element().attribute("v", "x", "2").attribute("x", "1").build();
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
        assertNotEquals(one, other.with("x", "3"));
        assertNotEquals(one, other.without("x"));
        assertNotEquals(one, element().attribute("x", "1").attribute("x2", "2").build());
    }

    @Test
    void contentHasOrder() {
        Element b = Element.of("b", "u");
        assertEquals(
                element().text("x").child(b).build(),
                element().text("x").child(b).build());
        assertNotEquals(
                element().text("x").child(b).build(),
                element().child(b).text("x").build());
        assertEquals(
                element().text("xy").build(),
                element().text("x").text("").text("y").build());
    }

    @Test
    void namespacesAreNoAttributes() {
        assertThrows(IllegalArgumentException.class, () -> element().attribute("xmlns", "u"));
        assertThrows(IllegalArgumentException.class, () -> element().attribute("xml:lang", "de"));
        assertEquals(
                "<a xmlns='u' xml:lang='de'/>",
                element().attribute(Ns.XML, "lang", "de").build().toString());
    }

    @Test
    void copiesLeaveTheOriginalAsItWas() {
        Element e = element().attribute("x", "1").text("t").build();
        assertEquals("2", e.with("x", "2").attribute("x", ""));
        assertEquals("1", e.attribute("x", ""));
        assertEquals(
                List.of("t", Element.of("b", "u")), e.with(Element.of("b", "u")).content());
        assertEquals(List.of("t"), e.content());
        assertThrows(UnsupportedOperationException.class, () -> e.children().add(e));
    }
}
