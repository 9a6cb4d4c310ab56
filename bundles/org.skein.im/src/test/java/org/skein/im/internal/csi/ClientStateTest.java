package org.skein.im.internal.csi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.api.session.StreamFeatures.Phase;
import org.skein.im.internal.TestServer;
import org.skein.im.internal.Xml;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class ClientStateTest {
    private static final String STATES = "http://jabber.org/protocol/chatstates";
    private static final String MUC_USER = "http://jabber.org/protocol/muc#user";

    private final TestServer server = new TestServer();
    private final ClientState csi = server.add(new ClientState());
    private final TestServer.Client anna = server.bind("anna@localhost/pc");

    private void says(String state) {
        anna.sends(Element.of(state, "urn:xmpp:csi:0"));
    }

    private void presence(String type, String from, String id) {
        anna.send(Stanza.presence().type(type).from(Jid.of(from)).id(id).build());
    }

    private void message(String from, String id, Element payload) {
        anna.send(Stanza.message()
                .type("chat")
                .from(Jid.of(from))
                .id(id)
                .add(payload)
                .build());
    }

    private static Element body() {
        return Element.of("body", "jabber:client", "hi");
    }

    private List<String> ids() {
        return anna.takes().stream().map(Stanza::id).toList();
    }

    @Test // XEP-0352 §3
    void itIsAStreamFeatureAfterLogin() {
        assertEquals(List.of(Element.of("csi", "urn:xmpp:csi:0")), csi.features(Phase.AFTER_LOGIN, "localhost", true));
        assertTrue(csi.features(Phase.BEFORE_LOGIN, "localhost", true).isEmpty());
    }

    @Test // XEP-0352 §5.1
    void anActiveClientGetsEverythingAtOnce() {
        presence("", "b@x/1", "1");
        message("b@x/1", "2", Element.of("composing", STATES));
        assertEquals(List.of("1", "2"), ids());
    }

    @Test // XEP-0352 §5.1
    void presenceAndChatStatesWaitUntilTheClientIsActive() {
        says("inactive");
        presence("", "b@x/1", "1");
        message("b@x/1", "2", Element.of("composing", STATES));
        assertTrue(ids().isEmpty());
        says("active");
        assertEquals(List.of("1", "2"), ids());
        presence("", "b@x/1", "3");
        assertEquals(List.of("3"), ids());
    }

    @Test // XEP-0352 §5.1: the last of each sender
    void onlyTheLastPresenceOfASenderIsKept() {
        says("inactive");
        presence("", "b@x/1", "1");
        presence("", "c@x/1", "2");
        presence("unavailable", "b@x/1", "3");
        presence("", "b@x/2", "4");
        says("active");
        assertEquals(List.of("2", "3", "4"), ids());
    }

    @Test // XEP-0352 §5: what comes first is delivered first
    void whatCannotWaitComesBehindWhatWaited() {
        says("inactive");
        presence("", "b@x/1", "1");
        message("b@x/1", "2", Element.of("composing", STATES));
        message("b@x/1", "3", body());
        assertEquals(List.of("1", "2", "3"), ids());
        presence("", "b@x/1", "4"); // still inactive
        assertTrue(ids().isEmpty());
    }

    @Test
    void whatTheUserMustKnowDoesNotWait() {
        says("inactive");
        presence("subscribe", "b@x", "1");
        presence("error", "b@x", "2");
        message("b@x/1", "3", Element.of("received", "urn:xmpp:receipts"));
        anna.send(Stanza.iq().type("result").id("4").build());
        anna.send(Stanza.presence()
                .from(Jid.of("room@muc/nick"))
                .id("5")
                .add(Xml.of("x", MUC_USER, Element.of("status", MUC_USER).with("code", "110")))
                .build());
        assertEquals(List.of("1", "2", "3", "4", "5"), ids());
    }

    @Test
    void aChatStateWithAHintOrAThreadIsStillAChatState() {
        says("inactive");
        anna.send(Stanza.message()
                .type("chat")
                .from(Jid.of("b@x/1"))
                .add(Element.of("composing", STATES))
                .add(Element.of("no-store", "urn:xmpp:hints"))
                .add(Element.of("thread", "jabber:client", "t"))
                .build());
        assertTrue(ids().isEmpty());
    }

    @Test // XEP-0352 §6
    void aResumedStreamIsActiveAndGetsWhatWaited() {
        says("inactive");
        presence("", "b@x/1", "1");
        csi.resumed(anna);
        assertEquals(List.of("1"), ids());
        presence("", "b@x/1", "2");
        assertEquals(List.of("2"), ids());
    }

    @Test
    void inactiveTwiceLosesNothing() {
        says("inactive");
        presence("", "b@x/1", "1");
        says("inactive");
        says("nonsense");
        says("active");
        assertEquals(List.of("1"), ids());
    }

    @Test
    void whatWaitsIsBounded() {
        says("inactive");
        for (int i = 0; i <= 500; i++) presence("", "c" + i + "@x/1", "" + i);
        assertEquals(501, ids().size());
    }
}
