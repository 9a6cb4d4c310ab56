package org.skein.testkit.strategy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.xmpp.Jid;

/** P2 as the simulation judges it. */
class SessionTest {
    private final World world = new World(Everyone::new, 1);
    private final Host host = world.start("a");
    private final Session anna = world.login(host, Jid.of("anna@localhost/phone"));
    private final Flow flow = new Flow(world, 0, world.login(host, Jid.of("bob@localhost/phone")), anna.full.bare());

    private Optional<String> take(int number) {
        return anna.take(flow, number);
    }

    @Test
    void messagesInOrderAreRightThoughNotAllWereOwed() {
        anna.owes(flow, 1);
        anna.owes(flow, 3);
        for (int i = 0; i < 4; i++) assertEquals(Optional.empty(), take(i));
        assertEquals(Optional.empty(), anna.missing());
    }

    @Test
    void oneThatComesTwiceOrTooLateIsWrong() {
        take(0);
        take(1);
        assertTrue(take(1).isPresent());
        assertTrue(take(0).isPresent());
    }

    @Test
    void oneThatWasOwedAndDidNotComeIsMissedWithTheNextAndInTheEnd() {
        anna.owes(flow, 1);
        assertTrue(anna.missing().isPresent());
        assertEquals(Optional.empty(), take(0));
        assertTrue(take(2).orElse("").contains("message 1 of bob@localhost/phone to anna@localhost did not come"));
    }

    @Test
    void whatWasUnderWayFromANodeThatDiedMayBeMissing() {
        anna.owes(flow, 1);
        world.start("b");
        world.crash(host);
        assertEquals(Optional.empty(), anna.missing());
    }
}
