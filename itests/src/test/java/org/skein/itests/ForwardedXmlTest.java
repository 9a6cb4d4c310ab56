package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.RandomStanzas;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/**
 * What is forwarded over sockets is for a second parser, that of the JDK, the tree that was sent: to a resource, as a
 * carbon, out of the offline store. {@code -Dskein.test.documents=2000 -Dskein.test.seed=7} makes a longer run of it.
 */
class ForwardedXmlTest extends OnSharedNode {
    private static final int DOCUMENTS = Integer.getInteger("skein.test.documents", 150);
    private static final int SEED = Integer.getInteger("skein.test.seed", 1);
    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    private static final String STREAMS = "http://etherx.jabber.org/streams";
    private static final String CARBONS = "urn:xmpp:carbons:2";

    private final Random random = new Random(SEED);
    private StanzaClient romeo;
    private String julietsName;

    @BeforeEach
    void logIn() throws Exception {
        romeo = withPrefixInTheHeader(StanzaClient.register(server));
        julietsName = StanzaClient.register(server);
    }

    @AfterEach
    void hangUp() throws Exception {
        romeo.close();
    }

    /** Logged in, in a stream whose header binds one prefix more. */
    private static StanzaClient withPrefixInTheHeader(String name) throws Exception {
        StanzaClient client = StanzaClient.encrypted(server).plain(name, StanzaClient.PASSWORD);
        client.await("success", x -> x.is("success", SASL));
        client.restart()
                .send("<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='" + STREAMS
                        + "' " + RandomStanzas.IN_HEADER + ">");
        client.await("features", x -> x.is("features", STREAMS));
        client.bind("orchard");
        return client.available("");
    }

    private StanzaClient juliet(String resource) throws Exception {
        return StanzaClient.online(server, julietsName, resource);
    }

    private static List<String> randomMessages(String to, int seed) {
        RandomStanzas stanzas = new RandomStanzas(SEED + 1000L * seed);
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            messages.add(stanzas.message(to));
        }
        return messages;
    }

    /** Cut anywhere, also within a character: what one read gives the server is not what one write was. */
    private void sendInPieces(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int from = 0;
        while (from < bytes.length) {
            int to = random.nextInt(4) == 0 ? bytes.length : from + 1 + random.nextInt(bytes.length - from);
            romeo.send(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
    }

    private static Xml awaitMessage(StanzaClient client) throws Exception {
        return client.await("message", x -> x.is("message", "jabber:client"));
    }

    /** What a stanza says, but for the addresses and what a server adds to messages. */
    private static String meaning(Xml stanza) {
        StringBuilder meaning = new StringBuilder(stanza.name());
        for (String attribute : List.of("type", "id", "xml:lang")) {
            meaning.append(' ').append(attribute).append('=').append(stanza.get(attribute));
        }
        for (Xml child : stanza.children()) {
            if (!child.is("stanza-id", "urn:xmpp:sid:0") && !child.is("delay", "urn:xmpp:delay")) {
                meaning.append('\n').append(child.canonical());
            }
        }
        return meaning.toString();
    }

    private static void assertSame(String sent, Xml received) {
        assertEquals(
                meaning(Xml.ofStream(sent, RandomStanzas.IN_HEADER)),
                meaning(received),
                () -> "seed " + SEED + "\nsent     " + sent + "\nreceived " + received);
    }

    @Test
    void aResourceGetsTheTreeThatWasSent() throws Exception {
        try (StanzaClient juliet = juliet("balcony")) {
            for (String sent : randomMessages(juliet.jid(), 1)) {
                sendInPieces(sent);
                Xml received = awaitMessage(juliet);
                assertSame(sent, received);
                assertEquals(romeo.jid(), received.get("from"));
                assertEquals(juliet.jid(), received.get("to"));
            }
        }
    }

    @Test
    void aCarbonHoldsTheTreeThatWasSent() throws Exception {
        try (StanzaClient balcony = juliet("balcony");
                StanzaClient chamber = juliet("chamber")) {
            chamber.iq("set", "", "<enable xmlns='" + CARBONS + "'/>");
            for (String sent : randomMessages(balcony.jid(), 2)) {
                sendInPieces(sent);
                Xml copy = awaitMessage(chamber);
                Xml forwarded =
                        copy.find("received", CARBONS).orElseThrow().children().get(0);
                assertSame(sent, forwarded.children().get(0));
                assertSame(sent, awaitMessage(balcony));
            }
        }
    }

    @Test
    void theOfflineStoreGivesBackTheTreesThatWereSent() throws Exception {
        List<String> all = randomMessages(julietsName + "@localhost", 3);
        for (String sent : all) {
            sendInPieces(sent);
        }
        romeo.soFar();
        try (StanzaClient juliet = juliet("balcony")) {
            for (String sent : all) {
                assertSame(sent, awaitMessage(juliet));
            }
        }
    }

    @Test
    void requestsAndPresenceArePassedOnAsTheyWereSent() throws Exception {
        RandomStanzas stanzas = new RandomStanzas(SEED + 4000L);
        try (StanzaClient juliet = juliet("balcony")) {
            String to = " to='" + juliet.jid() + "'>";
            for (int i = 0; i < DOCUMENTS; i++) {
                String presence = "<presence" + to + stanzas.payload() + "</presence>";
                sendInPieces(presence);
                assertSame(presence, juliet.awaitPresence("", romeo.jid()));
                String iq =
                        "<iq type='get' id='q'" + to + "<query xmlns='urn:x:q'>" + stanzas.payload() + "</query></iq>";
                sendInPieces(iq);
                assertSame(iq, juliet.await("iq", x -> x.is("iq", "jabber:client")));
            }
        }
    }

    /** Near the limits of a client's stream: 256 KiB, 64 levels, 128 attributes; and the JDK's: names of 1000 characters. */
    @Test
    void whatIsJustWithinTheLimitsComesAsItWasSent() throws Exception {
        StringBuilder attributes = new StringBuilder();
        for (int i = 0; i < 126; i++) {
            attributes.append(" a").append(i).append("='&#").append(33 + i).append(";'");
        }
        String name = "n".repeat(1000);
        List<String> payloads = List.of(
                "<x xmlns='urn:x'>".repeat(60) + "\r\n&#xD;" + "</x>".repeat(60),
                "<p:x xmlns:p='urn:x'><y/>".repeat(30) + "</p:x>".repeat(30),
                "<x xmlns='urn:x'" + attributes + "/>",
                "<" + name + " xmlns='urn:x'/>",
                "<x xmlns='urn:x'>" + "<y/>".repeat(20_000) + "</x>",
                "<x xmlns='urn:x'>" + "&amp;\uD83D\uDE00'\"\n".repeat(15_000) + "</x>",
                "<x xmlns='urn:x'><![CDATA[" + "<&>]]".repeat(20_000) + "]]></x>",
                "<x xmlns='urn:x' y='" + "&#10;\u20AC&quot;".repeat(15_000) + "'/>");
        try (StanzaClient juliet = juliet("balcony")) {
            for (String payload : payloads) {
                String sent = "<message to='" + juliet.jid() + "' type='chat'>" + payload + "</message>";
                sendInPieces(sent);
                assertSame(sent, awaitMessage(juliet));
            }
        }
    }
}
