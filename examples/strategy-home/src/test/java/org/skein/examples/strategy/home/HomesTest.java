package org.skein.examples.strategy.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.skein.xmpp.Jid;

class HomesTest {
    private final Homes homes = Homes.parse(
            "*@sales.example = node1.example, it.*@example.org=node2.example,*-x@example.org=node3.example");

    private String home(String account) {
        return homes.of(Jid.of(account));
    }

    @Test
    void theFirstRuleThatFitsCounts() {
        assertEquals("node1.example", home("anna@sales.example"));
        assertEquals("node2.example", home("it.bob@example.org"));
        assertEquals("node2.example", home("it.bob-x@example.org"));
        assertEquals("node3.example", home("carl-x@example.org"));
        assertEquals("", home("carl@example.org"));
        assertEquals("", home("anna@not.sales.example"));
    }

    @Test
    void whatIsBeforeAndAfterTheStarMayNotOverlap() {
        assertEquals("", Homes.parse("ab*b@c=d").of(Jid.of("ab@c")));
        assertEquals("d", Homes.parse("ab*b@c=d").of(Jid.of("abb@c")));
    }

    @Test
    void noRulesAreRulesToo() {
        assertEquals("", Homes.parse("").of(Jid.of("anna@sales.example")));
    }

    @Test
    void whatIsNoRuleIsNamed() {
        for (String wrong : new String[] {"anna@sales.example=a", "*@sales.example", "*@sales.example=", "*a*=b"}) {
            String message = assertThrows(IllegalArgumentException.class, () -> Homes.parse("*@a=b," + wrong))
                    .getMessage();
            assertTrue(message.contains("'" + wrong + "'"), message);
        }
    }

    @Test
    void otherRulesHaveAnotherMark() {
        assertEquals(Homes.parse("*@a=b").mark(), Homes.parse(" *@a = b ").mark());
        assertNotEquals(Homes.parse("*@a=b").mark(), Homes.parse("*@a=c").mark());
    }
}
