package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smackx.blocking.BlockingCommandManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxmpp.jid.impl.JidCreate;
import org.skein.itests.support.Clients;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Blocking: XEP-0191. */
class BlockingTest extends RomeoAndJuliet {
    private static final String BLOCKING = "urn:xmpp:blocking";
    private static final String ERRORS = "urn:xmpp:blocking:errors";

    @BeforeEach
    void logIn() throws Exception {
        juliet = StanzaClient.online(server, julietsName, "balcony");
    }

    private Xml command(String name, String... addresses) throws Exception {
        StringBuilder items = new StringBuilder();
        for (String address : addresses) {
            items.append("<item jid='").append(address).append("'/>");
        }
        return juliet.iq("set", "", "<" + name + " xmlns='" + BLOCKING + "'>" + items + "</" + name + ">");
    }

    private List<String> blockList() throws Exception {
        Xml list = juliet.iq("get", "", "<blocklist xmlns='" + BLOCKING + "'/>");
        return list.find("blocklist", BLOCKING).orElseThrow().children().stream()
                .map(i -> i.get("jid"))
                .toList();
    }

    @Test // XEP-0191 §3.2, §3.3, §3.5
    void theListIsKeptAndChangesArePushedToResourcesThatAskedForIt() throws Exception {
        assertEquals(List.of(), blockList());
        assertEquals("result", command("block", romeo.bare(), "spam.example").get("type"));
        Xml push = juliet.await("push", x -> x.get("type").equals("set") && x.has("block", BLOCKING));
        assertTrue(push.toString().contains(romeo.bare()), push.toString());
        assertEquals(
                List.of(romeo.bare(), "spam.example").stream().sorted().toList(),
                blockList().stream().sorted().toList());

        assertEquals("result", command("unblock", romeo.bare()).get("type"));
        juliet.await("push", x -> x.get("type").equals("set") && x.has("unblock", BLOCKING));
        assertEquals(List.of("spam.example"), blockList());
        command("unblock");
        assertEquals(List.of(), blockList());
    }

    @Test // XEP-0191 §3.3
    void aBlockOfNobodyIsABadRequest() throws Exception {
        assertEquals("modify/bad-request", command("block").error());
    }

    @Test // XEP-0191 §2, §3.3
    void whatABlockedUserSendsIsRefusedOrIgnored() throws Exception {
        command("block", romeo.bare());
        romeo.chat(juliet.jid(), "hello?");
        assertEquals(
                "cancel/service-unavailable",
                romeo.await("error", x -> x.get("type").equals("error")).error());
        assertEquals(
                "cancel/service-unavailable",
                romeo.iq("get", juliet.jid(), "<ping xmlns='urn:xmpp:ping'/>").error());
        romeo.send("<presence to='" + juliet.jid() + "'/>");
        romeo.presence("subscribe", juliet.bare());
        assertTrue(romeo.soFar().stream().noneMatch(x -> x.get("type").equals("error")));
        assertEquals(List.of(), juliet.soFar());
    }

    @Test // XEP-0191 §3.3: what she sends herself
    void aStanzaToABlockedUserIsNotAcceptable() throws Exception {
        command("block", romeo.bare());
        juliet.chat(romeo.jid(), "I never");
        Xml error = juliet.await("error", x -> x.get("type").equals("error"));
        assertEquals("cancel/not-acceptable", error.error());
        assertTrue(error.has("blocked", ERRORS), error.toString());
    }

    @Test // XEP-0191 §3.3: the blocked contact sees her leave, and come back when unblocked
    void aBlockedContactSeesUnavailablePresenceAndPresenceAgainWhenUnblocked() throws Exception {
        juliet.presence("subscribed", romeo.bare()).soFar();
        romeo.presence("subscribe", juliet.bare());
        romeo.awaitPresence("", juliet.jid());
        command("block", romeo.bare());
        romeo.awaitPresence("unavailable", juliet.jid());
        command("unblock", romeo.bare());
        romeo.awaitPresence("", juliet.jid());
    }

    @Test // XEP-0191 §2: by resource, account, domain
    void aWholeDomainAndASingleResourceCanBeBlocked() throws Exception {
        command("block", romeo.jid());
        romeo.chat(juliet.jid(), "x");
        romeo.await("error", x -> x.get("type").equals("error"));
        String name = romeo.bare().substring(0, romeo.bare().indexOf('@'));
        try (StanzaClient other = StanzaClient.online(server, name, "elsewhere")) {
            other.chat(juliet.jid(), "from elsewhere");
            juliet.awaitBody("from elsewhere");
        }
    }

    @Test
    void aClientLibraryBlocksAndUnblocks() throws Exception {
        XMPPTCPConnection smack = Clients.logIn(server, julietsName, StanzaClient.PASSWORD, "smack");
        try {
            BlockingCommandManager blocking = BlockingCommandManager.getInstanceFor(smack);
            assertTrue(blocking.isSupportedByServer());
            blocking.blockContacts(List.of(JidCreate.from(romeo.bare())));
            assertEquals(List.of(romeo.bare()), blockList());
            assertEquals(List.of(JidCreate.from(romeo.bare())), blocking.getBlockList());
            blocking.unblockAll();
            assertEquals(List.of(), blockList());
        } finally {
            smack.disconnect();
        }
    }
}
