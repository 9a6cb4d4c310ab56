package org.skein.session.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.session.internal.Harness.chat;
import static org.skein.session.internal.Harness.condition;
import static org.skein.session.internal.Harness.get;
import static org.skein.session.internal.Harness.message;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.api.component.Outcome;
import org.skein.testkit.FakeClientStream;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

/** RFC 6121 §8.5, one test for each rule and each row of the table in §8.5.4. */
final class DeliveryRulesTest {
    private final Harness h = new Harness();
    private FakeClientStream a;

    @BeforeEach
    void sender() {
        a = h.online("a@localhost/x");
    }

    /** Sends a message and answers the condition of the error that came back, or "". */
    private String send(String type, String to) {
        a.clear();
        a.receive(message(type, to, type));
        h.run();
        return a.stanzas().isEmpty() ? "" : condition(a.stanzas().get(0));
    }

    private List<String> stored() {
        return h.spool.rows().stream().map(r -> r.stanza().body()).toList();
    }

    @Test // §8.5.1, table: account does not exist
    void toNobodyMessagesAndIqAreRefusedAndPresenceIsIgnored() {
        for (String to : List.of("nobody@localhost", "nobody@localhost/x")) {
            for (String type : List.of("normal", "chat", "groupchat", "headline")) {
                assertEquals("service-unavailable", send(type, to), type + " to " + to);
            }
            assertEquals("", send("error", to));
            a.clear();
            a.receive(get(to));
            h.run();
            assertEquals("service-unavailable", condition(a.lastStanza().orElseThrow()));
            a.clear();
            a.receive(Stanza.presence().to(Jid.of(to)).build());
            h.run();
            assertTrue(a.stanzas().isEmpty());
        }
    }

    @Test // §8.5.2.2.1, table: no active resources, bare
    void toTheBareAddressOfSomebodyOfflineChatAndNormalAreStored() {
        assertEquals("", send("chat", "b@localhost"));
        assertEquals("", send("normal", "b@localhost"));
        assertEquals("", send("", "b@localhost"));
        assertEquals("service-unavailable", send("groupchat", "b@localhost"));
        assertEquals("", send("headline", "b@localhost"));
        assertEquals("", send("error", "b@localhost"));
        assertEquals(
                List.of("chat", "normal", ""),
                h.spool.rows().stream().map(r -> r.stanza().type()).toList());
    }

    @Test // §8.5.3.2.1, table: no active resources, full
    void toAFullAddressOfSomebodyOfflineAChatIsStored() {
        assertEquals("", send("chat", "b@localhost/gone"));
        assertEquals("service-unavailable", send("groupchat", "b@localhost/gone"));
        assertEquals("", send("headline", "b@localhost/gone"));
        assertEquals("", send("error", "b@localhost/gone"));
        assertEquals(List.of("chat"), stored());
    }

    @Test // §8.5.2.1.1, table: negative resources only
    void aNegativePriorityIsTreatedAsOfflineForTheBareAddress() {
        FakeClientStream b = h.online("b@localhost/x", -1);
        assertEquals("", send("chat", "b@localhost"));
        assertEquals("", send("normal", "b@localhost"));
        assertEquals("service-unavailable", send("groupchat", "b@localhost"));
        assertEquals("", send("headline", "b@localhost"));
        assertEquals("", send("chat", "b@localhost/other"));
        assertEquals(List.of(), b.bodies());
        assertEquals(List.of("chat", "normal", "chat"), stored());
    }

    @Test // §8.5.3.1, table: full match
    void aMatchingResourceGetsEveryTypeWhateverItsPriority() {
        FakeClientStream b = h.online("b@localhost/x", -1);
        FakeClientStream c = h.bound("c@localhost/x");
        for (String to : List.of("b@localhost/x", "c@localhost/x")) {
            for (String type : List.of("normal", "chat", "groupchat", "headline", "error")) {
                assertEquals("", send(type, to));
            }
        }
        assertEquals(5, b.stanzas(Stanza.Kind.MESSAGE).size());
        assertEquals(5, c.stanzas(Stanza.Kind.MESSAGE).size());
        assertEquals(List.of(), stored());
    }

    @Test // §8.5.2.1.1, table: one non-negative resource
    void oneAvailableResourceGetsWhatIsSentToTheBareAddress() {
        FakeClientStream b = h.online("b@localhost/x");
        assertEquals("", send("normal", "b@localhost"));
        assertEquals("", send("chat", "b@localhost"));
        assertEquals("service-unavailable", send("groupchat", "b@localhost"));
        assertEquals("", send("headline", "b@localhost"));
        assertEquals("", send("error", "b@localhost"));
        assertEquals(List.of("normal", "chat", "headline"), b.bodies());
    }

    @Test // §8.5.3.2.1, table: one non-negative resource, full, no match
    void aChatToAnUnknownResourceIsDeliveredAsIfSentToTheBareJid() {
        FakeClientStream b = h.online("b@localhost/x");
        assertEquals("", send("chat", "b@localhost/gone"));
        assertEquals("service-unavailable", send("groupchat", "b@localhost/gone"));
        assertEquals("", send("headline", "b@localhost/gone"));
        assertEquals(List.of("chat"), b.bodies());
    }

    @Test // §8.5.2.1.1, table: several non-negative resources (DESIGN §4: all of them)
    void everyResourceWithANonNegativePriorityGetsWhatIsSentToTheBareAddress() {
        FakeClientStream low = h.online("b@localhost/low", 0);
        FakeClientStream high = h.online("b@localhost/high", 10);
        FakeClientStream negative = h.online("b@localhost/negative", -5);
        FakeClientStream silent = h.bound("b@localhost/silent");
        assertEquals("", send("chat", "b@localhost"));
        assertEquals("", send("headline", "b@localhost"));
        assertEquals("", send("chat", "b@localhost/gone"));
        for (FakeClientStream s : List.of(low, high)) {
            assertEquals(List.of("chat", "headline", "chat"), s.bodies());
        }
        assertEquals(List.of(), negative.bodies());
        assertEquals(List.of(), silent.bodies());
    }

    @Test // RFC 6121 §5.2.2
    void anUnknownTypeIsTreatedAsNormal() {
        FakeClientStream b = h.online("b@localhost/x");
        assertEquals("", send("strange", "b@localhost"));
        assertEquals(List.of("strange"), b.bodies());
    }

    @Test // §8.5.2.1.2
    void presenceToTheBareAddressGoesToAllAvailableResources() {
        FakeClientStream one = h.online("b@localhost/one");
        FakeClientStream negative = h.online("b@localhost/negative", -1);
        FakeClientStream silent = h.bound("b@localhost/silent");
        a.receive(Stanza.presence().to(Jid.of("b@localhost")).build());
        h.run();
        assertEquals(1, one.stanzas().size());
        assertEquals(1, negative.stanzas().size());
        assertEquals(0, silent.stanzas().size());
    }

    @Test // §8.5.3.2.2
    void presenceToAnUnknownResourceIsIgnored() {
        FakeClientStream b = h.online("b@localhost/x");
        a.receive(Stanza.presence().to(Jid.of("b@localhost/gone")).build());
        h.run();
        assertTrue(b.stanzas().isEmpty());
        assertTrue(a.stanzas().isEmpty());
    }

    @Test // §8.5.2.1.3, §8.5.2.2.3
    void anIqToTheBareAddressIsAnsweredForTheUserOnlineOrNot() {
        h.answers = r -> CompletableFuture.completedFuture(
                r.stanza().result().add(Element.of("done", "test:query")).build());
        for (String user : List.of("b@localhost", "c@localhost")) {
            FakeClientStream b = user.startsWith("b") ? h.online("b@localhost/x") : null;
            a.clear();
            a.receive(get(user));
            h.run();
            Stanza answer = a.lastStanza().orElseThrow();
            assertEquals("result", answer.type());
            assertEquals(Jid.of(user), answer.from().orElseThrow());
            if (b != null) assertTrue(b.stanzas().isEmpty());
        }
    }

    @Test // §8.5.3.1
    void anIqToAResourceIsDeliveredThere() {
        FakeClientStream b = h.bound("b@localhost/x");
        a.receive(get("b@localhost/x"));
        h.run();
        assertEquals("get", b.lastStanza().orElseThrow().type());
    }

    @Test // §8.5.3.2.3
    void anIqToAnUnknownResourceIsRefused() {
        h.online("b@localhost/x");
        a.receive(get("b@localhost/gone"));
        h.run();
        assertEquals("service-unavailable", condition(a.lastStanza().orElseThrow()));
    }

    @Test // RFC 6120 §10.3.1
    void aMessageWithoutToGoesToTheOwnAccount() {
        FakeClientStream other = h.online("a@localhost/other");
        a.receive(Stanza.message().type("chat").body("note").build());
        h.run();
        assertEquals(List.of("note"), other.bodies());
        assertEquals(List.of("note"), a.bodies());
    }

    @Test // XEP-0160 §3, XEP-0085 §5.4
    void chatStatesAloneAreNotKept() {
        a.receive(Stanza.message()
                .type("chat")
                .to(Jid.of("b@localhost"))
                .add(Element.of("composing", "http://jabber.org/protocol/chatstates"))
                .build());
        h.run();
        assertEquals(List.of(), h.spool.rows());
        assertTrue(a.stanzas().isEmpty());
    }

    @Test // XEP-0334 §4
    void hintsDecideWhetherAMessageIsKept() {
        Element noStore = Element.of("no-store", "urn:xmpp:hints");
        Element store = Element.of("store", "urn:xmpp:hints");
        a.receive(chat("b@localhost", "secret").withAdded(noStore));
        h.run();
        assertEquals("service-unavailable", condition(a.lastStanza().orElseThrow()));
        assertEquals(List.of(), h.spool.rows());
        a.receive(Stanza.message()
                .type("chat")
                .to(Jid.of("b@localhost"))
                .add(store)
                .build());
        h.run();
        assertEquals(1, h.spool.rows().size());
    }

    @Test
    void aFullSpoolIsAnErrorToTheSender() {
        h.spool.quota(1);
        assertEquals("", send("chat", "b@localhost"));
        assertEquals("service-unavailable", send("chat", "b@localhost"));
    }

    @Test // CLUSTER 10
    void aMessageThatCannotBeStoredIsRefusedToBeTriedLater() {
        h.online("b@localhost/x", -1);
        h.spool.down(true);
        assertEquals("resource-constraint", send("chat", "b@localhost"));
    }

    @Test // CLUSTER 10
    void aDatabaseThatDoesNotAnswerIsGivenUpAfterFiveSeconds() {
        ServerNode slow = new ServerNode(
                h,
                h,
                h,
                () -> new org.skein.testkit.storage.InMemorySpool(task -> {}),
                () -> h.accounts,
                () -> h.cluster,
                h.scheduler.clock(),
                h.scheduler::nanos,
                h.timers::schedule);
        Outcome[] outcome = {null};
        slow.deliverer.deliver(chat("b@localhost", "x").withFrom(Jid.of("a@localhost/x")), o -> outcome[0] = o);
        h.pass(java.time.Duration.ofSeconds(4));
        assertEquals(null, outcome[0]);
        h.pass(java.time.Duration.ofSeconds(2));
        assertEquals(Outcome.REFUSED, outcome[0]);
        assertEquals("resource-constraint", condition(a.lastStanza().orElseThrow()));
    }

    @Test
    void outcomesTellWhatBecameOfAMessage() {
        Stanza toB = chat("b@localhost", "x").withFrom(Jid.of("a@localhost/x"));
        Outcome[] stored = h.deliver(toB);
        h.run();
        assertEquals(Outcome.STORED, stored[0]);
        FakeClientStream b = h.online("b@localhost/x");
        b.stall(true);
        Outcome[] delivered = h.deliver(toB);
        assertEquals(null, delivered[0]);
        b.stall(false);
        h.run();
        assertEquals(Outcome.DELIVERED, delivered[0]);
    }
}
