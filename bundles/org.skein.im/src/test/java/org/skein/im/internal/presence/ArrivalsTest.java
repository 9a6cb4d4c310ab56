package org.skein.im.internal.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.im.internal.TestServer;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

/** What arrives is newer than what the strategy has, and is not overtaken by it. */
class ArrivalsTest extends KeptPresence {
    @Test
    void whatArrivedBeforeTheSessionWasAvailableIsShownInPlaceOfWhatIsOlder() {
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(saying("two"));
        ben.sends(saying("three"));
        assertEquals(List.of("ben@localhost/pc three"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked());
        nodes.crash(nodes.b);
        assertEquals(List.of("unavailable ben@localhost/pc"), seen(anna));
    }

    @Test
    void whoIsKnownToHaveGoneIsNotShown() {
        TestServer.Client phone = nodes.b.login("ben@localhost/phone");
        keeps(BEN, ben, phone);
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("ben@localhost/phone"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), CLEO.toString()), asked());
    }

    @Test // for the account another session is waited for, or was
    void whatArrivesForAnotherResourceAloneIsNotShown() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = nodes.a.login("anna@localhost/phone");
        ben.sends(Stanza.presence().to(phone.jid()).add(Element.of("status", Ns.CLIENT, "private")));
        assertEquals(List.of("anna@localhost/phone", "ben@localhost/pc one"), seenBy(anna));
    }

    @Test // of two lives nobody here knows the later
    void aResourceThatMovedIsAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        nodes.a.seen.arrived("b#77", ANNA, saying("two").withFrom(ben.jid()).withTo(ANNA));
        assertEquals(List.of("ben@localhost/pc one"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void aContactWithAResourceTheStrategyHasNotHeardOfIsAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = nodes.b.server.bind("ben@localhost/phone");
        phone.sends(saying("two"));
        assertEquals(List.of("ben@localhost/pc one", "ben@localhost/phone two"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void whenTooManyArriveForOneWhoDoesNotBecomeAvailableContactsAreAsked() {
        TestServer.Client anna = binds("anna@localhost/pc");
        for (int i = 0; i < Awaited.MAX; i++) {
            Jid from = Jid.of("c" + i + "@localhost/pc");
            nodes.a.seen.arrived(
                    there().toString(), ANNA, saying("").withFrom(from).withTo(ANNA));
        }
        ben.sends(saying("two"));
        assertEquals(List.of("ben@localhost/pc two"), seenBy(anna));
        assertEquals(List.of(ANNA.toString(), BEN.toString(), CLEO.toString()), asked());
    }

    @Test
    void nothingIsKeptForSessionsThatEnd() {
        TestServer.Client anna = binds("anna@localhost/pc");
        TestServer.Client phone = binds("anna@localhost/phone");
        phone.ends();
        assertEquals(1, nodes.a.im.arrivals.size());
        anna.ends();
        assertEquals(0, nodes.a.im.arrivals.size());
    }

    // while the database is asked

    private TestServer.Client waiting() {
        TestServer.Client anna = binds("anna@localhost/pc");
        ben.sends(saying("two")); // is not shown, nor does the strategy have it yet
        isSlow = true;
        assertEquals(List.of(), seenBy(anna));
        return anna;
    }

    @Test
    void whatArrivedBeforeIsShown() {
        TestServer.Client anna = waiting();
        databaseAnswers();
        assertEquals(List.of("ben@localhost/pc two"), seen(anna));
    }

    @Test
    void whatArrivesMeanwhileIsNotOvertaken() {
        TestServer.Client anna = waiting();
        ben.sends(saying("three"));
        assertEquals(List.of("ben@localhost/pc three"), seen(anna));
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void whoGoesMeanwhileIsNotShown() {
        TestServer.Client anna = waiting();
        ben.sends(Stanza.presence().type("unavailable"));
        assertEquals(List.of("unavailable ben@localhost/pc"), seen(anna));
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void whoseNodeIsLostMeanwhileIsNotShown() {
        TestServer.Client anna = waiting();
        nodes.crash(nodes.b);
        seen(anna);
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
    }

    @Test
    void aSessionThatGoesMeanwhileIsToldNothing() {
        TestServer.Client anna = waiting();
        anna.sends(Stanza.presence().type("unavailable"));
        assertEquals(0, nodes.a.im.arrivals.size());
        seen(anna);
        asked();
        databaseAnswers();
        assertEquals(List.of(), seen(anna));
        assertEquals(List.of(), asked());
    }
}
