package org.skein.im.internal.subscription;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.skein.api.storage.RosterItem;
import org.skein.im.internal.ImServer;
import org.skein.im.internal.TestServer;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class FarewellTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid BEN = Jid.of("ben@localhost");

    private final ImServer im = new ImServer();
    private final TestServer server = im.server;
    private final Farewell farewell = new Farewell(im.rosters, im.sender);

    private static Stanza presence(String type, Jid to) {
        return Stanza.presence().type(type).to(to).build();
    }

    private Runnable removing(Jid account) {
        return farewell.accountRemoving(account).toCompletableFuture().join();
    }

    private Optional<RosterItem> item(Jid owner, Jid contact) {
        return im.rosters.roster(owner).toCompletableFuture().join().item(contact);
    }

    @Test // XEP-0077 §3.2; RFC 6121 §3.2, §3.3
    void subscriptionsBothWaysAreCancelledOnceTheAccountIsGone() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        ben.asks("get", "", Element.of("query", Ns.ROSTER));
        anna.sends(presence("subscribe", BEN));
        ben.sends(presence("subscribed", ANNA));
        ben.sends(presence("subscribe", ANNA));
        anna.sends(presence("subscribed", BEN));
        ben.takes();

        Runnable leave = removing(ANNA);
        assertTrue(ben.takes().isEmpty(), "not before it is removed");
        leave.run();
        assertEquals(
                List.of("unsubscribe anna@localhost", "unsubscribed anna@localhost"), ben.takes(Stanza.Kind.PRESENCE));
        assertEquals(RosterItem.Subscription.NONE, item(BEN, ANNA).orElseThrow().subscription());
    }

    @Test
    void requestsAreTakenBackOrDeclined() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        TestServer.Client cleo = server.login("cleo@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        cleo.sends(presence("subscribe", ANNA));
        assertTrue(item(BEN, ANNA).orElseThrow().pendingIn());
        assertTrue(item(cleo.jid().bare(), ANNA).orElseThrow().ask());

        removing(ANNA).run();
        assertEquals(Optional.empty(), item(BEN, ANNA));
        assertEquals(false, item(cleo.jid().bare(), ANNA).orElseThrow().ask());
        assertTrue(ben.isConnected());
    }

    @Test
    void offlineContactsOfAnOfflineAccountAreToldInTheirRosters() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        TestServer.Client ben = server.login("ben@localhost/pc");
        anna.sends(presence("subscribe", BEN));
        ben.sends(presence("subscribed", ANNA));
        anna.ends();
        ben.ends();

        removing(BEN).run();
        assertEquals(RosterItem.Subscription.NONE, item(ANNA, BEN).orElseThrow().subscription());
    }

    @Test
    void contactsWithoutASubscriptionAreToldNothing() {
        TestServer.Client anna = server.login("anna@localhost/pc");
        anna.asks(
                "set",
                "",
                Element.builder("query", Ns.ROSTER)
                        .child(Element.builder("item", Ns.ROSTER)
                                .attribute("jid", BEN.toString())
                                .build())
                        .build());
        anna.sends(presence("subscribed", Jid.of("approved@localhost")));
        server.routed.clear();
        removing(ANNA).run();
        assertEquals(List.of(), server.routed);
    }
}
