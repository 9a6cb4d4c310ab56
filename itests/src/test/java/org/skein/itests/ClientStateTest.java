package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.csi.ClientStateIndicationManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** A client that nobody looks at: XEP-0352. */
class ClientStateTest extends RomeoAndJuliet {
    private static final String CSI = "urn:xmpp:csi:0";

    @BeforeEach
    void logIn() throws Exception {
        juliet = StanzaClient.online(server, julietsName, "balcony");
        juliet.soFar();
    }

    private void directedPresence(String show) throws Exception {
        romeo.send("<presence to='" + juliet.jid() + "'><show>" + show + "</show></presence>");
    }

    @Test // XEP-0352 §3
    void itIsAdvertised() throws Exception {
        try (StanzaClient client = StanzaClient.authenticated(server, julietsName)) {
            assertTrue(client.features().has("csi", CSI));
        }
    }

    @Test // XEP-0352 §5: what is not urgent waits, the newest of each sender, in front of what is urgent
    void presenceWaitsWhileInactiveAndComesInOrderBeforeTheNextMessage() throws Exception {
        juliet.send("<inactive xmlns='" + CSI + "'/>").soFar();
        directedPresence("away");
        directedPresence("xa");
        romeo.chat(juliet.jid(), "urgent");
        List<Xml> seen = juliet.allUntilBody("urgent");
        assertEquals(2, seen.size(), seen.toString());
        assertEquals("xa", seen.get(0).text("show"));
    }

    @Test // XEP-0352 §4.1
    void activeAgainTheClientGetsWhatWaited() throws Exception {
        juliet.send("<inactive xmlns='" + CSI + "'/>").soFar();
        directedPresence("dnd");
        romeo.message("chat", juliet.jid(), "<composing xmlns='http://jabber.org/protocol/chatstates'/>");
        romeo.soFar();
        juliet.send("<active xmlns='" + CSI + "'/>");
        assertEquals("dnd", juliet.awaitPresence("", romeo.jid()).text("show"));
    }

    @Test
    void aClientLibraryMayIndicateItsState() throws Exception {
        XMPPTCPConnection smack = Clients.logIn(server, julietsName, StanzaClient.PASSWORD, "smack");
        try {
            assertTrue(ClientStateIndicationManager.isSupported(smack));
            ClientStateIndicationManager.inactive(smack);
            ClientStateIndicationManager.active(smack);
            assertTrue(smack.isAuthenticated());
        } finally {
            smack.disconnect();
        }
    }
}
