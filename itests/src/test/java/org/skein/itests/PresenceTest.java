package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Presence, probes and directed presence: RFC 6121 §4. Romeo is subscribed to Juliet, and she to him. */
class PresenceTest extends OnSharedNode {
    private String romeosName;
    private String julietsName;
    private StanzaClient romeo;
    private StanzaClient juliet;

    @BeforeEach
    void befriend() throws Exception {
        romeosName = StanzaClient.register(server);
        julietsName = StanzaClient.register(server);
        romeo = StanzaClient.online(server, romeosName, "orchard");
        juliet = StanzaClient.online(server, julietsName, "balcony");
        romeo.presence("subscribed", juliet.bare());
        juliet.presence("subscribed", romeo.bare());
        romeo.soFar();
        juliet.soFar();
        romeo.presence("subscribe", juliet.bare());
        juliet.presence("subscribe", romeo.bare());
        romeo.awaitPresence("", juliet.jid());
        juliet.awaitPresence("", romeo.jid());
    }

    @AfterEach
    void hangUp() throws Exception {
        romeo.close();
        juliet.close();
    }

    @Test // RFC 6121 §4.2.2
    void initialPresenceGoesToSubscribersAndToAllOwnResources() throws Exception {
        try (StanzaClient chamber = StanzaClient.online(server, julietsName, "chamber")) {
            romeo.awaitPresence("", chamber.jid());
            juliet.awaitPresence("", chamber.jid());
            chamber.awaitPresence("", juliet.jid());
            chamber.awaitPresence("", romeo.jid()); // §4.3.2: her server probes
        }
    }

    @Test // RFC 6121 §4.4
    void whatPresenceSaysArrivesUnchanged() throws Exception {
        juliet.send("<presence><show>dnd</show><status>wooing</status><priority>7</priority>"
                + "<x xmlns='urn:example:x' a='1'>&lt;</x></presence>");
        Xml seen = romeo.await("dnd", x -> x.text("show").equals("dnd"));
        assertEquals("wooing", seen.text("status"));
        assertEquals("7", seen.text("priority"));
        assertEquals("<", seen.find("x", "urn:example:x").orElseThrow().text());
        assertEquals(romeo.bare(), seen.get("to").replaceAll("/.*", ""));
    }

    @Test // RFC 6121 §4.5.2
    void unavailablePresenceIsBroadcastWithItsStatus() throws Exception {
        juliet.send("<presence type='unavailable'><status>gone</status></presence>");
        assertEquals("gone", romeo.awaitPresence("unavailable", juliet.jid()).text("status"));
    }

    @Test // RFC 6121 §4.5.4: the server speaks for it
    void aLostConnectionIsUnavailable() throws Exception {
        juliet.close();
        romeo.awaitPresence("unavailable", juliet.jid());
    }

    @Test // RFC 6121 §4.3.2
    void aProbeOfASubscriberIsAnsweredWithThePresenceOfEachResource() throws Exception {
        try (StanzaClient chamber = StanzaClient.online(server, julietsName, "chamber")) {
            romeo.awaitPresence("", chamber.jid());
            juliet.send("<presence><show>xa</show></presence>");
            romeo.await("xa", x -> x.text("show").equals("xa"));
            romeo.presence("probe", juliet.bare());
            assertEquals("xa", romeo.awaitPresence("", juliet.jid()).text("show"));
            romeo.awaitPresence("", chamber.jid());
        }
    }

    @Test // RFC 6121 §4.3.2, §13
    void aProbeOfAStrangerLearnsNothing() throws Exception {
        try (StanzaClient stranger = StanzaClient.online(server, StanzaClient.register(server), "r")) {
            stranger.presence("probe", juliet.bare());
            stranger.presence("probe", juliet.jid());
            stranger.presence("probe", "no-such-user@localhost");
            List<Xml> seen = stranger.soFar();
            // §4.3.2: silence, or unsubscribed from the bare address, and the same for users that do not exist
            assertTrue(
                    seen.stream()
                            .noneMatch(x ->
                                    x.get("type").isEmpty() || x.get("from").contains("/")),
                    seen.toString());
        }
    }

    @Test // RFC 6121 §4.6
    void directedPresenceGoesToOneStrangerAndItsEndTheSameWay() throws Exception {
        StanzaClient stranger = StanzaClient.online(server, StanzaClient.register(server), "r");
        try (stranger) {
            juliet.send("<presence to='" + stranger.jid() + "'><status>for you</status></presence>");
            assertEquals("for you", stranger.awaitPresence("", juliet.jid()).text("status"));
            juliet.send("<presence><show>away</show></presence>"); // §4.6.3: no broadcast to the stranger
            juliet.awaitPresence("", juliet.jid());
            juliet.close();
            List<Xml> seen = stranger.allUntil("unavailable", x -> x.get("type").equals("unavailable"));
            assertEquals(1, seen.size(), seen.toString());
            assertEquals(juliet.jid(), seen.get(0).get("from"));
        }
    }

    @Test // RFC 6121 §4.7.2.3
    void aPriorityThatIsNoneIsABadRequestAndNotBroadcast() throws Exception {
        juliet.send("<presence><priority>128</priority><status>too high</status></presence>");
        assertEquals(
                "modify/bad-request",
                juliet.await("error", x -> x.get("type").equals("error")).error());
        juliet.chat(romeo.jid(), "marker");
        assertTrue(romeo.allUntilBody("marker").stream()
                .noneMatch(x -> x.text("status").equals("too high")));
    }

    @Test // RFC 6121 §4.7.1
    void anUnknownTypeOfPresenceIsABadRequest() throws Exception {
        juliet.send("<presence type='available'/>");
        assertEquals(
                "modify/bad-request",
                juliet.await("error", x -> x.get("type").equals("error")).error());
    }

    @Test // RFC 6121 §4.2.3
    void presenceComesToTheResourcesThatAreAvailableOnly() throws Exception {
        try (StanzaClient silent = StanzaClient.bound(server, romeosName, "silent")) {
            juliet.send("<presence><show>away</show></presence>");
            romeo.await("away", x -> x.text("show").equals("away"));
            juliet.chat(silent.jid(), "marker");
            assertEquals(1, silent.allUntilBody("marker").size());
        }
    }
}
