package org.skein.im.internal.last;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.LastActivityRepository.LastActivity;
import org.skein.api.storage.RosterItem;
import org.skein.api.storage.RosterItem.Subscription;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

class LastActivityTest {
    private static final Element QUERY = Element.of("query", "jabber:iq:last");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final ImServer im = new ImServer();
    private final TestServer server = im.server;
    private TestServer.Client ben;

    @BeforeEach
    void wire() {
        server.add(new LastActivityRequests(
                im.rosters,
                im.sender,
                server.storage.lastActivity(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                NOW.minusSeconds(90)));
        server.create("anna@localhost");
        ben = server.login("ben@localhost/pc");
    }

    private void lets(String contact) {
        server.storage
                .rosters()
                .put(
                        Jid.of("anna@localhost"),
                        new RosterItem(
                                Jid.of(contact), "", Set.of(), Subscription.FROM, false, false, false, true, ""));
    }

    private Element ask(String to) {
        return ben.asks("get", to, QUERY).firstChild().orElseThrow();
    }

    @Test // XEP-0012 §7
    void theHostTellsItsUptime() {
        assertEquals("90", ask("localhost").attribute("seconds", ""));
        assertEquals("modify bad-request", Xml.condition(ben.asks("set", "localhost", QUERY)));
    }

    @Test // XEP-0012 §4
    void aSubscriberLearnsWhenTheUserLeftAndWhatHeSaid() {
        lets("ben@localhost");
        server.storage.lastActivity().put(Jid.of("anna@localhost"), new LastActivity(NOW.minusSeconds(903), "home"));
        Element last = ask("anna@localhost");
        assertEquals("903", last.attribute("seconds", ""));
        assertEquals("home", last.text());
    }

    @Test // XEP-0012 §4
    void anAvailableUserIsThereNow() {
        lets("ben@localhost");
        server.login("anna@localhost/pc");
        assertEquals("0", ask("anna@localhost").attribute("seconds", ""));
    }

    @Test // XEP-0012 §3, §9
    void othersLearnNothing() {
        assertEquals("auth forbidden", Xml.condition(ben.asks("get", "anna@localhost", QUERY)));
        assertEquals("auth forbidden", Xml.condition(ben.asks("get", "nobody@localhost", QUERY)));
        TestServer.Client anna = server.login("anna@localhost/pc");
        assertEquals("auth forbidden", Xml.condition(ben.asks("get", "anna@localhost/pc", QUERY)));
        assertEquals(0, anna.takes().size());
    }

    @Test // XEP-0012 §5
    void aQuestionToAClientIsItsOwnToAnswer() {
        lets("ben@localhost");
        TestServer.Client anna = server.login("anna@localhost/pc");
        ben.sends(org.skein.xmpp.Stanza.iq().type("get").id("1").to(anna.jid()).add(QUERY));
        assertEquals(1, anna.takes().size());
        TestServer.Client phone = server.bind("anna@localhost/phone");
        phone.sends(
                org.skein.xmpp.Stanza.iq().type("get").id("1").to(anna.jid()).add(QUERY));
        assertEquals(1, anna.takes().size());
    }
}
