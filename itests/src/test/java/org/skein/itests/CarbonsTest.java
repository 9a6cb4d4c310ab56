package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.carbons.CarbonManager;
import org.jivesoftware.smackx.carbons.packet.CarbonExtension.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Message carbons: XEP-0280. */
class CarbonsTest extends RomeoAndJuliet {
    private static final String CARBONS = "urn:xmpp:carbons:2";
    private static final String FORWARD = "urn:xmpp:forward:0";

    private StanzaClient balcony;
    private StanzaClient chamber;

    @BeforeEach
    void logIn() throws Exception {
        balcony = StanzaClient.online(server, julietsName, "balcony");
        chamber = StanzaClient.online(server, julietsName, "chamber");
        assertEquals(
                "result",
                chamber.iq("set", "", "<enable xmlns='" + CARBONS + "'/>").get("type"));
    }

    @AfterEach
    void hangUpBoth() throws Exception {
        balcony.close();
        chamber.close();
    }

    private static Xml awaitCarbon(StanzaClient client, String direction, String body) throws Exception {
        Xml copy = client.await(
                direction, x -> x.has(direction, CARBONS) && x.toString().contains(body));
        assertEquals(
                client.bare(), copy.get("from")); // XEP-0280 §7, §8: from the bare address, nothing else is trusted
        assertEquals(client.jid(), copy.get("to"));
        return copy.find("forwarded", FORWARD).orElseThrow().children().get(0);
    }

    @Test // XEP-0280 §7
    void whatOneResourceGetsTheOthersGetAsACopy() throws Exception {
        romeo.chat(balcony.jid(), "hello");
        assertEquals(balcony.jid(), balcony.awaitBody("hello").get("to"));
        Xml inner = awaitCarbon(chamber, "received", "hello");
        assertEquals(romeo.jid(), inner.get("from"));
        assertEquals(balcony.jid(), inner.get("to"));
        assertEquals("hello", inner.text("body"));
    }

    @Test // XEP-0280 §8
    void whatOneResourceSendsTheOthersGetAsACopy() throws Exception {
        balcony.chat(romeo.bare(), "hello you");
        romeo.awaitBody("hello you");
        Xml inner = awaitCarbon(chamber, "sent", "hello you");
        assertEquals(balcony.jid(), inner.get("from"));
        assertEquals(romeo.bare(), inner.get("to"));
    }

    @Test // XEP-0280 §7.1: who got the message itself gets no copy of it
    void aMessageToTheBareAddressComesOnceToEachResource() throws Exception {
        romeo.chat(balcony.bare(), "to all").chat(chamber.jid(), "marker");
        assertEquals(
                1,
                chamber.allUntilBody("marker").stream()
                        .filter(x -> x.toString().contains("to all"))
                        .count());
    }

    @Test // XEP-0280 §6: private, and types that are not copied
    void privateMessagesAndGroupchatAreNotCopied() throws Exception {
        romeo.message(
                "chat",
                balcony.jid(),
                "<body>psst</body><private xmlns='" + CARBONS + "'/>" + "<no-copy xmlns='urn:xmpp:hints'/>");
        Xml direct = balcony.awaitBody("psst");
        assertEquals(false, direct.has("private", CARBONS), "§6.3: removed");
        romeo.message("groupchat", balcony.jid(), "<body>room</body>");
        romeo.message("headline", balcony.jid(), "<body>news</body>");
        romeo.chat(chamber.jid(), "marker");
        List<Xml> seen = chamber.allUntilBody("marker");
        assertTrue(seen.stream().noneMatch(x -> x.has("received", CARBONS)), seen.toString());
    }

    @Test // XEP-0280 §5
    void disabledThereAreNoMoreCopies() throws Exception {
        assertEquals(
                "result",
                chamber.iq("set", "", "<disable xmlns='" + CARBONS + "'/>").get("type"));
        romeo.chat(balcony.jid(), "hello");
        balcony.awaitBody("hello");
        romeo.chat(chamber.jid(), "marker");
        assertEquals(
                1,
                chamber.allUntilBody("marker").stream()
                        .filter(x -> x.name().equals("message"))
                        .count());
    }

    @Test // XEP-0280 §11
    void aForgedCopyLosesWhatMadeItLookLikeOne() throws Exception {
        romeo.message(
                "chat",
                chamber.jid(),
                "<received xmlns='" + CARBONS + "'><forwarded xmlns='" + FORWARD
                        + "'><message xmlns='jabber:client' from='pope@vatican' to='x@y'><body>forged</body></message>"
                        + "</forwarded></received>");
        romeo.chat(chamber.jid(), "marker");
        assertTrue(chamber.allUntilBody("marker").stream()
                .noneMatch(x -> x.toString().contains("forged")));
    }

    @Test
    void aClientLibraryFindsTheFeatureAndGetsItsCopies() throws Exception {
        XMPPTCPConnection smack = Clients.logIn(server, julietsName, StanzaClient.PASSWORD, "smack");
        try {
            CarbonManager carbons = CarbonManager.getInstanceFor(smack);
            assertTrue(carbons.isSupportedByServer());
            BlockingQueue<String> copies = new LinkedBlockingQueue<>();
            carbons.addCarbonCopyReceivedListener((direction, copy, wrapper) -> {
                if (direction == Direction.received) {
                    copies.add(copy.getBody());
                }
            });
            carbons.enableCarbons();
            romeo.chat(balcony.jid(), "to the balcony");
            String copy = copies.poll(60, TimeUnit.SECONDS);
            assertNotNull(copy);
            assertEquals("to the balcony", copy);
        } finally {
            smack.disconnect();
        }
    }
}
