package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** To whom a stanza goes: RFC 6121 §8. */
class DeliveryRulesTest extends RomeoAndJuliet {
    private static final String PING = "<ping xmlns='urn:xmpp:ping'/>";
    private static final String UNAVAILABLE = "cancel/service-unavailable";

    private StanzaClient juliet(String resource, int priority) throws Exception {
        StanzaClient client = StanzaClient.bound(server, julietsName, resource);
        return client.available("<priority>" + priority + "</priority>");
    }

    private String romeosError() throws Exception {
        return romeo.await("error", x -> x.get("type").equals("error")).error();
    }

    @ParameterizedTest // RFC 6121 §8.5.2.1.1
    @ValueSource(strings = {"chat", "normal"})
    void aMessageToTheBareAddressReachesAllResourcesOfNonNegativePriority(String type) throws Exception {
        try (StanzaClient high = juliet("high", 5);
                StanzaClient zero = juliet("zero", 0);
                StanzaClient negative = juliet("negative", -1)) {
            romeo.message(type, julietsAddress, "<body>to all</body>");
            assertEquals(julietsAddress, high.awaitBody("to all").get("to"));
            zero.awaitBody("to all");
            romeo.chat(negative.jid(), "marker");
            assertTrue(negative.allUntilBody("marker").stream()
                    .noneMatch(x -> x.text("body").equals("to all")));
        }
    }

    @Test // RFC 6121 §8.5.2.1.1
    void aHeadlineToTheBareAddressReachesAllResourcesOfNonNegativePriority() throws Exception {
        try (StanzaClient one = juliet("one", 5);
                StanzaClient two = juliet("two", 0)) {
            romeo.message("headline", julietsAddress, "<body>news</body>");
            one.awaitBody("news");
            two.awaitBody("news");
        }
    }

    @Test // RFC 6121 §8.5.2.1.1, §8.5.2.2.1
    void aGroupchatToTheBareAddressIsRefused() throws Exception {
        romeo.message("groupchat", julietsAddress, "<body>x</body>");
        assertEquals(UNAVAILABLE, romeosError());
        try (StanzaClient one = juliet("one", 0)) {
            romeo.message("groupchat", julietsAddress, "<body>x</body>");
            assertEquals(UNAVAILABLE, romeosError());
            romeo.chat(one.jid(), "marker");
            assertEquals(1, messages(one.allUntilBody("marker")));
        }
    }

    private static long messages(List<Xml> stanzas) {
        return stanzas.stream().filter(x -> x.name().equals("message")).count();
    }

    @Test // RFC 6121 §8.5.3.1
    void aMessageToAFullAddressReachesThatResourceAloneWhateverItsPriority() throws Exception {
        try (StanzaClient one = juliet("one", 5);
                StanzaClient two = juliet("two", -5)) {
            romeo.chat(two.jid(), "to two");
            assertEquals(two.jid(), two.awaitBody("to two").get("to"));
            romeo.chat(one.jid(), "marker");
            assertEquals(1, messages(one.allUntilBody("marker")));
        }
    }

    @Test // RFC 6121 §8.5.3.1: also one that never sent presence
    void aConnectedResourceGetsWhatIsSentToItsFullAddress() throws Exception {
        try (StanzaClient silent = StanzaClient.bound(server, julietsName, "silent")) {
            romeo.chat(silent.jid(), "hello");
            silent.awaitBody("hello");
        }
    }

    @Test // RFC 6121 §8.5.3.2.1
    void chatToAnUnknownResourceIsDeliveredAsIfSentToTheBareAddress() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            romeo.chat(julietsAddress + "/gone", "where are you");
            one.awaitBody("where are you");
        }
    }

    @Test // RFC 6121 §8.5.3.2.1
    void otherTypesToAnUnknownResourceAreNotDeliveredElsewhere() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            romeo.message("groupchat", julietsAddress + "/gone", "<body>x</body>");
            assertEquals(UNAVAILABLE, romeosError());
            romeo.message("headline", julietsAddress + "/gone", "<body>x</body>");
            romeo.presence("", julietsAddress + "/gone");
            romeo.chat(one.jid(), "marker");
            assertEquals(1, messages(one.allUntilBody("marker")));
            assertEquals(List.of(), romeo.soFar());
        }
    }

    @Test // RFC 6121 §8.5.2.2.1, XEP-0160
    void aMessageToNoAvailableResourceIsStored() throws Exception {
        romeo.chat(julietsAddress, "one");
        romeo.chat(julietsAddress + "/gone", "two");
        try (StanzaClient negative = juliet("negative", -1)) {
            romeo.chat(julietsAddress, "three");
            romeo.chat(negative.jid(), "marker");
            assertEquals(1, messages(negative.allUntilBody("marker")), "negative priority gets no offline messages");
            negative.send("<presence><priority>0</priority></presence>");
            negative.awaitBody("one");
            negative.awaitBody("two");
            negative.awaitBody("three");
        }
        assertEquals(List.of(), romeo.soFar());
    }

    @Test // RFC 6121 §8.5.1
    void aMessageOrRequestToNoAccountIsRefusedAndPresenceIsIgnored() throws Exception {
        romeo.chat("no-such-user@localhost", "x");
        assertEquals(UNAVAILABLE, romeosError());
        assertEquals(
                UNAVAILABLE, romeo.iq("get", "no-such-user@localhost", PING).error());
        assertEquals(
                UNAVAILABLE, romeo.iq("get", "no-such-user@localhost/r", PING).error());
        romeo.presence("", "no-such-user@localhost");
        assertEquals(List.of(), romeo.soFar());
    }

    @Test // RFC 6121 §8.5.3.1, §8.5.3.2.3
    void aRequestReachesItsResourceOrIsRefused() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            String id = romeo.nextId();
            romeo.send("<iq type='get' id='" + id + "' to='" + one.jid() + "'>" + PING + "</iq>");
            Xml request = one.await("ping", x -> x.has("ping", "urn:xmpp:ping"));
            assertEquals(romeo.jid(), request.get("from"));
            one.send("<iq type='result' id='" + request.get("id") + "' to='" + romeo.jid() + "'/>");
            Xml answer = romeo.await("answer", x -> x.get("id").equals(id));
            assertEquals(one.jid(), answer.get("from"));
            assertEquals("result", answer.get("type"));
        }
        assertEquals(UNAVAILABLE, romeo.iq("get", julietsAddress + "/one", PING).error());
    }

    @Test // RFC 6121 §8.5.2.1.3, §8.5.2.2.3
    void aRequestToTheBareAddressIsAnsweredByTheServerAndNeverDelivered() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            assertEquals(
                    UNAVAILABLE,
                    romeo.iq("get", julietsAddress, "<q xmlns='urn:example:q'/>")
                            .error());
            romeo.chat(one.jid(), "marker");
            assertEquals(
                    0,
                    one.allUntilBody("marker").stream()
                            .filter(x -> x.name().equals("iq"))
                            .count());
        }
    }

    @Test // RFC 6120 §10.1
    void thousandMessagesArriveInOrder() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                all.append("<message type='chat' to='").append(i % 2 == 0 ? julietsAddress : one.jid());
                all.append("'><body>").append(i).append("</body></message>");
            }
            romeo.send(all.toString());
            for (int i = 0; i < 1000; i++) {
                Xml next = one.await("a message", x -> x.name().equals("message"));
                assertEquals(Integer.toString(i), next.text("body"));
            }
        }
    }

    @Test // RFC 6120 §8.1.3, §8.1.5; RFC 6121 §5.2
    void whatAMessageSaysArrivesUnchanged() throws Exception {
        try (StanzaClient one = juliet("one", 0)) {
            romeo.send("<message to='" + one.jid() + "' id='&apos;&quot;&lt;' type='chat' xml:lang='cs'>"
                    + "<subject xml:lang='en'>a &amp; b</subject><body>\u017Dlu\u0165ou\u010Dk\u00FD \uD83D\uDC34 &lt;![CDATA[</body>"
                    + "<x:y xmlns:x='urn:example:y' x:z='1'><x:y/>t</x:y><thread parent='p'>t1</thread></message>");
            Xml seen = one.await("message", x -> x.name().equals("message"));
            assertEquals("'\"<", seen.get("id"));
            assertEquals("cs", seen.get("xml:lang"));
            assertEquals("a & b", seen.text("subject"));
            assertEquals("\u017Dlu\u0165ou\u010Dk\u00FD \uD83D\uDC34 <![CDATA[", seen.text("body"));
            Xml y = seen.find("y", "urn:example:y").orElseThrow();
            assertEquals(1, y.children().size());
            assertEquals("t", y.text());
            assertEquals("t1", seen.text("thread"));
        }
    }
}
