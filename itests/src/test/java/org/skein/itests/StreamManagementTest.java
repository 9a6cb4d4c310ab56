package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jivesoftware.smack.filter.StanzaTypeFilter;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Await;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Stream management: XEP-0198. */
class StreamManagementTest extends RomeoAndJuliet {
    private static final String SM = "urn:xmpp:sm:3";
    private static final String STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

    @BeforeEach
    void logIn() throws Exception {
        juliet = StanzaClient.bound(server, julietsName, "balcony");
    }

    private static String enable(StanzaClient client) throws Exception {
        client.send("<enable xmlns='" + SM + "' resume='true'/>");
        Xml enabled = client.await("enabled", x -> x.namespace().equals(SM));
        assertEquals("enabled", enabled.name(), enabled.toString());
        assertEquals("true", enabled.get("resume"));
        assertFalse(enabled.get("id").isEmpty());
        return enabled.get("id");
    }

    private static int askHandled(StanzaClient client) throws Exception {
        client.send("<r xmlns='" + SM + "'/>");
        return Integer.parseInt(client.await("a", x -> x.is("a", SM)).get("h"));
    }

    /** What is answered to a request is what is safe by then; the rest follows, and never more than was sent. */
    private void awaitHandled(int expected) throws Exception {
        int h;
        do {
            h = askHandled(juliet);
            assertTrue(h <= expected, () -> "handled more than " + expected);
        } while (h < expected);
    }

    private static StanzaClient ack(StanzaClient client, int h) throws Exception {
        return client.send("<a xmlns='" + SM + "' h='" + h + "'/>");
    }

    private Xml resume(String id, int h) throws Exception {
        juliet = StanzaClient.authenticated(server, julietsName);
        juliet.send("<resume xmlns='" + SM + "' previd='" + id + "' h='" + h + "'/>");
        return juliet.await(
                "resumed or failed", x -> x.namespace().equals(SM) && !x.name().equals("r"));
    }

    private static boolean isMessage(Xml x) {
        return x.name().equals("message");
    }

    @Test // XEP-0198 §2, §3
    void itIsAdvertisedAfterLoginAndRefusedBeforeBinding() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, julietsName)) {
            assertTrue(client.features().has("sm", SM));
            client.send("<enable xmlns='" + SM + "'/>");
            Xml failed = client.await("failed", x -> x.is("failed", SM));
            assertTrue(failed.has("unexpected-request", STANZAS), failed.toString());
            client.bind("later");
            enable(client);
        }
    }

    @Test // XEP-0198 §4
    void theServerCountsWhatItHasHandledSinceEnabling() throws Exception {
        enable(juliet);
        assertEquals(0, askHandled(juliet));
        juliet.available("");
        juliet.chat(romeo.jid(), "one").chat(romeo.jid(), "two");
        awaitHandled(3);
        juliet.iq("get", "localhost", "<ping xmlns='urn:xmpp:ping'/>");
        awaitHandled(4);
        romeo.awaitBody("two");
    }

    @Test // XEP-0198 §4
    void theServerAsksForAcknowledgements() throws Exception {
        enable(juliet);
        romeo.chat(juliet.jid(), "one");
        juliet.awaitBody("one");
        juliet.await("r", x -> x.is("r", SM));
    }

    @Test // XEP-0198 §4
    void anAcknowledgementOfMoreThanWasSentEndsTheStream() throws Exception {
        enable(juliet);
        ack(juliet, 10);
        assertEquals("undefined-condition", juliet.awaitStreamEnd());
    }

    @Test // XEP-0198 §5
    void aCutConnectionIsResumedAndNothingIsLostOrDoubled() throws Exception {
        String id = enable(juliet);
        juliet.available(""); // 1 to her: her own presence
        romeo.chat(juliet.jid(), "one").chat(juliet.jid(), "two").chat(juliet.jid(), "three");
        juliet.awaitBody("three");
        juliet.chat(romeo.bare(), "from her");
        romeo.awaitBody("from her");
        juliet.close(); // she has seen 4 and confirmed none
        romeo.chat(juliet.jid(), "four").chat(juliet.bare(), "five");

        Xml resumed = resume(id, 2); // presence and "one" had got through

        assertEquals("resumed", resumed.name(), resumed.toString());
        assertEquals("2", resumed.get("h"), "her presence and her message");
        assertEquals(id, resumed.get("previd"));
        romeo.chat(juliet.jid().isEmpty() ? julietsName + "@localhost/balcony" : juliet.jid(), "six");
        List<String> bodies = new ArrayList<>();
        for (Xml x : juliet.allUntilBody("six")) {
            if (isMessage(x)) {
                bodies.add(x.text("body"));
            }
        }
        assertEquals(List.of("two", "three", "four", "five", "six"), bodies);
        assertTrue(romeo.soFar().stream().noneMatch(x -> x.get("type").equals("error")));
    }

    @Test // XEP-0198 §5: nobody notices
    void whileASessionCanBeResumedItsContactsSeeNoChange() throws Exception {
        String id = enable(juliet);
        juliet.available("");
        juliet.send("<presence to='" + romeo.jid() + "'/>");
        String address = juliet.jid();
        romeo.awaitPresence("", address);
        juliet.close();
        assertEquals("resumed", resume(id, 1).name());
        juliet.chat(romeo.jid(), "back");
        List<Xml> seen = romeo.allUntilBody("back");
        assertTrue(seen.stream().noneMatch(x -> x.name().equals("presence")), seen.toString());
    }

    @Test // XEP-0198 §5: a half-open connection; the old stream is closed with a conflict
    void aSessionIsResumedWhileTheOldConnectionStillLooksAlive() throws Exception {
        String id = enable(juliet);
        juliet.available("");
        try (StanzaClient old = juliet) {
            romeo.chat(old.jid(), "lost in the air");
            old.awaitBody("lost in the air");
            assertEquals("resumed", resume(id, 1).name());
            juliet.awaitBody("lost in the air");
            assertEquals("conflict", old.awaitStreamEnd());
        }
    }

    @Test // XEP-0198 §5
    void anUnknownSessionCannotBeResumedAndTheClientMayBindInstead() throws Exception {
        Xml failed = resume("no-such-session", 0);
        assertEquals("failed", failed.name());
        assertTrue(failed.has("item-not-found", STANZAS), failed.toString());
        juliet.bind("balcony");
    }

    @Test // XEP-0198 §5, §8: an id is no secret that opens another's account
    void anotherUsersSessionCannotBeResumed() throws Exception {
        String id = enable(juliet);
        String stranger = StanzaClient.register(server);
        try (StanzaClient thief = StanzaClient.authenticated(server, stranger)) {
            thief.send("<resume xmlns='" + SM + "' previd='" + id + "' h='0'/>");
            Xml failed = thief.await("failed", x -> x.is("failed", SM));
            assertTrue(failed.has("item-not-found", STANZAS), failed.toString());
        }
        assertEquals(0, askHandled(juliet));
    }

    @Test // XEP-0198 §5: after an orderly end there is nothing to resume
    void aClosedStreamCannotBeResumedAndWhatWasNotConfirmedWaitsForTheNextLogin() throws Exception {
        String id = enable(juliet);
        juliet.available("");
        romeo.chat(juliet.jid(), "not confirmed");
        juliet.awaitBody("not confirmed");
        juliet.logOut();
        Xml failed = resume(id, 0);
        assertEquals("failed", failed.name());
        assertEquals("1", failed.get("h")); // XEP-0198 §5: what the server had handled
        juliet.bind("chamber");
        juliet.available("");
        Xml late = juliet.awaitBody("not confirmed");
        assertTrue(late.has("delay", "urn:xmpp:delay"), late.toString());
    }

    @Test // XEP-0198 §4: what was confirmed never comes again
    void confirmedMessagesDoNotBecomeOfflineMessages() throws Exception {
        enable(juliet);
        juliet.available("");
        romeo.chat(juliet.jid(), "confirmed");
        juliet.awaitBody("confirmed");
        ack(juliet, 2);
        awaitHandled(1);
        juliet.logOut();
        try (StanzaClient again = StanzaClient.online(server, julietsName, "chamber")) {
            again.chat(again.jid(), "marker");
            assertEquals(
                    1,
                    again.allUntilBody("marker").stream()
                            .filter(StreamManagementTest::isMessage)
                            .count());
        }
    }

    @Test // XEP-0198 §4: the last word before the end counts
    void anAcknowledgementInTheSameSegmentAsTheEndOfTheStreamCounts() throws Exception {
        enable(juliet);
        juliet.available("");
        romeo.chat(juliet.jid(), "confirmed at last");
        juliet.awaitBody("confirmed at last");
        juliet.send("<a xmlns='" + SM + "' h='2'/></stream:stream>");
        juliet.awaitStreamEnd();
        try (StanzaClient again = StanzaClient.online(server, julietsName, "chamber")) {
            again.chat(again.jid(), "marker");
            assertEquals(
                    1,
                    again.allUntilBody("marker").stream()
                            .filter(StreamManagementTest::isMessage)
                            .count());
        }
    }

    @Test // XEP-0198 §5, by a client library; every message once, in order
    void aClientLibraryResumesAfterItsConnectionIsKilledUnderTraffic() throws Exception {
        XMPPTCPConnection nurse = new XMPPTCPConnection(Clients.configuration(server)
                .setUsernameAndPassword(StanzaClient.register(server), StanzaClient.PASSWORD)
                .setResource("smack")
                .build());
        nurse.setUseStreamManagement(true);
        nurse.setUseStreamManagementResumption(true);
        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        CountDownLatch last = new CountDownLatch(1);
        nurse.addSyncStanzaListener(
                s -> {
                    String body = ((Message) s).getBody();
                    bodies.add(body);
                    if (body.equals("199")) {
                        last.countDown();
                    }
                },
                StanzaTypeFilter.MESSAGE);
        try {
            nurse.connect();
            nurse.login();
            assertTrue(nurse.isSmResumptionPossible());
            String address = nurse.getUser().toString();
            for (int i = 0; i < 200; i++) {
                romeo.chat(address, Integer.toString(i));
                if (i == 50) {
                    Await.until("traffic flows", () -> !bodies.isEmpty());
                    nurse.instantShutdown();
                }
                if (i == 150) {
                    nurse.connect();
                    nurse.login();
                    assertTrue(nurse.streamWasResumed());
                }
            }
            assertTrue(last.await(60, TimeUnit.SECONDS), () -> "got " + bodies);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                expected.add(Integer.toString(i));
            }
            assertEquals(expected, List.copyOf(bodies));
        } finally {
            nurse.disconnect();
        }
    }
}
