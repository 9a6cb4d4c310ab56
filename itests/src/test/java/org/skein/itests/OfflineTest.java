package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Offline messages, their delay, hints and stanza ids: XEP-0160, XEP-0203, XEP-0334, XEP-0359. */
class OfflineTest extends RomeoAndJuliet {
    private static final String DELAY = "urn:xmpp:delay";
    private static final String SID = "urn:xmpp:sid:0";
    private static final String HINTS = "urn:xmpp:hints";

    /** What waits for her, by a message sent to herself behind it. */
    private List<Xml> waiting() throws Exception {
        try (StanzaClient juliet = StanzaClient.online(server, julietsName, "balcony")) {
            juliet.chat(juliet.jid(), "marker");
            List<Xml> all = juliet.allUntilBody("marker").stream()
                    .filter(x -> x.name().equals("message"))
                    .toList();
            return all.subList(0, all.size() - 1);
        }
    }

    private static List<String> bodies(List<Xml> messages) {
        return messages.stream().map(m -> m.text("body")).toList();
    }

    @Test // XEP-0160 §3, XEP-0203 §3
    void messagesWaitInOrderAndTellWhenTheyWereSent() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        romeo.chat(julietsAddress, "one").message("normal", julietsAddress, "<body>two</body>");
        romeo.chat(julietsAddress, "three").soFar();

        List<Xml> messages = waiting();

        assertEquals(List.of("one", "two", "three"), bodies(messages));
        for (Xml message : messages) {
            Xml delay = message.find("delay", DELAY).orElseThrow();
            assertEquals("localhost", delay.get("from"));
            assertTrue(delay.get("stamp").endsWith("Z"), delay.get("stamp")); // XEP-0082: UTC
            Instant stamp = Instant.parse(delay.get("stamp"));
            assertTrue(stamp.isAfter(before) && stamp.isBefore(Instant.now().plusSeconds(1)), stamp.toString());
            assertEquals(romeo.jid(), message.get("from"));
        }
        assertEquals(List.of(), waiting(), "they come once");
    }

    @Test // XEP-0160 §3; XEP-0085 §5.4
    void whatIsOfNoUseLaterDoesNotWait() throws Exception {
        romeo.message("headline", julietsAddress, "<body>news</body>");
        romeo.message("groupchat", julietsAddress, "<body>room</body>");
        romeo.message("error", julietsAddress, "<error type='cancel'/>");
        romeo.message("chat", julietsAddress, "<composing xmlns='http://jabber.org/protocol/chatstates'/>");
        romeo.chat(julietsAddress, "kept").soFar();
        assertEquals(List.of("kept"), bodies(waiting()));
    }

    @Test // XEP-0334 §4
    void hintsSayWhatWaits() throws Exception {
        romeo.message("chat", julietsAddress, "<body>secret</body><no-store xmlns='" + HINTS + "'/>");
        romeo.message("chat", julietsAddress, "<store xmlns='" + HINTS + "'/><x xmlns='urn:example:marker'/>")
                .soFar();
        List<Xml> messages = waiting();
        assertEquals(1, messages.size(), messages.toString());
        assertTrue(messages.get(0).has("x", "urn:example:marker"));
    }

    @Test // XEP-0203 §4: a client's own words about the past are another matter
    void aDelayTheServerDidNotWriteIsNotTakenForItsOwn() throws Exception {
        String forged = "<delay xmlns='" + DELAY + "' from='localhost' stamp='2002-09-10T23:08:25Z'/>";
        romeo.message("chat", julietsAddress, "<body>old</body>" + forged).soFar();
        List<Xml> delays = waiting().get(0).children().stream()
                .filter(x -> x.is("delay", DELAY) && x.get("from").equals("localhost"))
                .toList();
        assertEquals(1, delays.size(), delays.toString());
        assertTrue(
                Duration.between(Instant.parse(delays.get(0).get("stamp")), Instant.now())
                                .toHours()
                        < 1,
                delays.toString());
    }

    @Test // XEP-0359 §3
    void everyMessageGetsOneStanzaIdByTheAccountAndAForgedOneIsRemoved() throws Exception {
        try (StanzaClient juliet = StanzaClient.online(server, julietsName, "balcony")) {
            romeo.message(
                    "chat",
                    julietsAddress,
                    "<body>x</body><stanza-id xmlns='" + SID + "' by='" + julietsAddress + "' id='forged'/>"
                            + "<origin-id xmlns='" + SID + "' id='mine'/>");
            Xml message = juliet.awaitBody("x");
            List<Xml> ids = message.children().stream()
                    .filter(c -> c.is("stanza-id", SID))
                    .toList();
            assertEquals(1, ids.size(), message.toString());
            assertEquals(julietsAddress, ids.get(0).get("by"));
            assertFalse(ids.get(0).get("id").isEmpty() || ids.get(0).get("id").equals("forged"));
            assertEquals("mine", message.find("origin-id", SID).orElseThrow().get("id"));
        }
    }

    @Test // XEP-0359 §3: the same message has the same id, now and later
    void anOfflineMessageHasAStanzaId() throws Exception {
        romeo.chat(julietsAddress, "x").soFar();
        Xml message = waiting().get(0);
        assertEquals(
                julietsAddress, message.find("stanza-id", SID).orElseThrow().get("by"));
    }
}
