package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** The life cycle of presence subscriptions: RFC 6121 §3, its states in appendix A. */
class SubscriptionTest extends OnSharedNode {
    private static final String ROSTER_GET = "<query xmlns='jabber:iq:roster'/>";

    private StanzaClient romeo;
    private StanzaClient juliet;

    @BeforeEach
    void logIn() throws Exception {
        romeo = interested(StanzaClient.register(server), "orchard");
        juliet = interested(StanzaClient.register(server), "balcony");
    }

    @AfterEach
    void hangUp() throws Exception {
        romeo.close();
        juliet.close();
    }

    private static StanzaClient interested(String user, String resource) throws Exception {
        StanzaClient client = StanzaClient.bound(server, user, resource);
        client.iq("get", "", ROSTER_GET);
        return client.available("");
    }

    /** What the roster says of a contact: subscription, ask, approved. */
    private static String state(StanzaClient owner, String contact) throws Exception {
        Xml roster = owner.iq("get", "", ROSTER_GET);
        return roster.find("query", "jabber:iq:roster").orElseThrow().children().stream()
                .filter(i -> i.get("jid").equals(contact))
                .findFirst()
                .map(SubscriptionTest::state)
                .orElse("absent");
    }

    private static String state(Xml item) {
        return item.get("subscription")
                + (item.get("ask").isEmpty() ? "" : " ask")
                + (item.get("approved").equals("true") ? " approved" : "");
    }

    private void subscribe(StanzaClient from, StanzaClient to) throws Exception {
        from.presence("subscribe", to.bare());
        to.awaitPresence("subscribe", from.bare());
        to.presence("subscribed", from.bare());
        from.awaitPresence("subscribed", to.bare());
        from.awaitPresence("", to.jid());
    }

    @Test // RFC 6121 §3.1
    void aRequestIsPendingUntilItIsApprovedAndThenPresenceComes() throws Exception {
        romeo.presence("subscribe", juliet.jid()); // §3.1.2: the server makes it bare
        assertEquals("none ask", state(romeo.awaitPush(juliet.bare())));
        Xml request = juliet.awaitPresence("subscribe", romeo.bare());
        assertEquals(juliet.bare(), request.get("to"));
        assertEquals("absent", state(juliet, romeo.bare())); // A.2: no item by a request

        juliet.presence("subscribed", romeo.bare());

        assertEquals("from", state(juliet.awaitPush(romeo.bare())));
        romeo.awaitPresence("subscribed", juliet.bare());
        assertEquals("to", state(romeo.awaitPush(juliet.bare())));
        romeo.awaitPresence("", juliet.jid());
    }

    @Test // RFC 6121 §3.1.3
    void aRequestWaitsForAContactThatIsAwayEveryTimeUntilItIsAnswered() throws Exception {
        String name = juliet.bare().substring(0, juliet.bare().indexOf('@'));
        String address = juliet.bare();
        juliet.logOut();
        romeo.send("<presence type='subscribe' to='" + address + "'><status>please</status></presence>");
        romeo.awaitPush(address);
        for (int time = 0; time < 2; time++) {
            juliet = interested(name, "balcony");
            assertEquals(
                    "please", juliet.awaitPresence("subscribe", romeo.bare()).text("status"));
            juliet.logOut();
        }
        juliet = interested(name, "balcony");
        juliet.awaitPresence("subscribe", romeo.bare());
        juliet.presence("unsubscribed", romeo.bare());
        romeo.awaitPresence("unsubscribed", address);
        juliet.logOut();
        juliet = interested(name, "balcony");
        assertTrue(juliet.soFar().stream().noneMatch(x -> x.get("type").equals("subscribe")));
    }

    @Test // RFC 6121 §3.2.2 for a request
    void aDeniedRequestLeavesNoSubscription() throws Exception {
        romeo.presence("subscribe", juliet.bare());
        juliet.awaitPresence("subscribe", romeo.bare());
        romeo.awaitPush(juliet.bare());
        juliet.presence("unsubscribed", romeo.bare());
        romeo.awaitPresence("unsubscribed", juliet.bare());
        assertEquals("none", state(romeo.awaitPush(juliet.bare())));
        assertEquals("absent", state(juliet, romeo.bare()));
    }

    @Test // RFC 6121 §3.1.5, §3.1.6
    void twoRequestsMakeAMutualSubscription() throws Exception {
        subscribe(romeo, juliet);
        subscribe(juliet, romeo);
        assertEquals("both", state(romeo, juliet.bare()));
        assertEquals("both", state(juliet, romeo.bare()));
    }

    @Test // RFC 6121 §3.2
    void aCancelledSubscriptionEndsWithUnavailablePresence() throws Exception {
        subscribe(romeo, juliet);
        juliet.presence("unsubscribed", romeo.bare());
        romeo.awaitPresence("unsubscribed", juliet.bare());
        romeo.awaitPresence("unavailable", juliet.jid());
        assertEquals("none", state(romeo, juliet.bare()));
        assertEquals("none", state(juliet, romeo.bare()));
    }

    @Test // RFC 6121 §3.3
    void aUserWhoUnsubscribesGetsNoMorePresence() throws Exception {
        subscribe(romeo, juliet);
        romeo.presence("unsubscribe", juliet.bare());
        juliet.awaitPresence("unsubscribe", romeo.bare());
        romeo.awaitPresence("unavailable", juliet.jid());
        assertEquals("none", state(romeo, juliet.bare()));
        assertEquals("none", state(juliet, romeo.bare()));
        juliet.send("<presence><show>away</show></presence>");
        juliet.awaitPresence("", juliet.jid());
        juliet.chat(romeo.jid(), "marker");
        assertTrue(romeo.allUntilBody("marker").stream()
                .noneMatch(x -> x.text("show").equals("away")));
    }

    @Test // RFC 6121 §3.4
    void aContactApprovedInAdvanceIsSubscribedWithoutBeingAsked() throws Exception {
        juliet.presence("subscribed", romeo.bare());
        assertEquals("none approved", state(juliet.awaitPush(romeo.bare())));

        romeo.presence("subscribe", juliet.bare());

        romeo.awaitPresence("subscribed", juliet.bare());
        romeo.awaitPresence("", juliet.jid());
        assertEquals("to", state(romeo, juliet.bare()));
        Xml pushed = juliet.awaitPush(romeo.bare());
        assertEquals("from approved", state(pushed));
        assertTrue(juliet.soFar().stream().noneMatch(x -> x.get("type").equals("subscribe")));
    }

    @Test // RFC 6121 §3.4.2
    void aPreapprovalCanBeTakenBack() throws Exception {
        juliet.presence("subscribed", romeo.bare());
        juliet.awaitPush(romeo.bare());
        juliet.presence("unsubscribed", romeo.bare());
        assertEquals("none", state(juliet.awaitPush(romeo.bare())));
        romeo.presence("subscribe", juliet.bare());
        juliet.awaitPresence("subscribe", romeo.bare());
    }

    @Test // RFC 6121 §3.4.1
    void preapprovalIsAdvertised() throws Exception {
        String user = StanzaClient.register(server);
        try (StanzaClient client = StanzaClient.authenticated(server, user)) {
            assertTrue(client.features().has("sub", "urn:xmpp:features:pre-approval"));
        }
    }

    @Test // RFC 6121 §2.5.2: both directions end
    void removingAContactCancelsBothSubscriptions() throws Exception {
        subscribe(romeo, juliet);
        subscribe(juliet, romeo);
        romeo.iq(
                "set",
                "",
                "<query xmlns='jabber:iq:roster'><item subscription='remove' jid='" + juliet.bare() + "'/></query>");
        juliet.awaitPresence("unsubscribe", romeo.bare());
        juliet.awaitPresence("unsubscribed", romeo.bare());
        juliet.awaitPresence("unavailable", romeo.jid());
        romeo.awaitPresence("unavailable", juliet.jid());
        assertEquals("absent", state(romeo, juliet.bare()));
        assertEquals("none", state(juliet, romeo.bare()));
    }

    @Test // RFC 6121 §3.1.3: the contact's server answers by itself
    void aRequestToAContactThatIsSubscribedToAlreadyIsAnsweredByTheServer() throws Exception {
        subscribe(romeo, juliet);
        romeo.presence("subscribe", juliet.bare());
        juliet.chat(romeo.jid(), "one").soFar();
        List<Xml> seen = juliet.soFar();
        assertTrue(seen.stream().noneMatch(x -> x.get("type").equals("subscribe")), seen.toString());
        assertEquals("to", state(romeo, juliet.bare()));
    }

    @Test // RFC 6121 §8.5.1
    void aRequestToAnAccountThatDoesNotExistIsSilentlyIgnored() throws Exception {
        romeo.presence("subscribe", "no-such-user@localhost");
        assertEquals("none ask", state(romeo.awaitPush("no-such-user@localhost")));
        assertEquals(List.of(), romeo.soFar());
    }
}
