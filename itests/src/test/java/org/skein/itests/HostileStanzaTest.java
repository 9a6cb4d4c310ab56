package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Besieged;
import org.skein.itests.support.RawClient;

/** Well-formed stanzas and stream management of clients that claim to be somebody else, or to have done something. */
class HostileStanzaTest {
    private static final String TYBALT = "tybalt@localhost/home";

    private static Besieged node;

    private RawClient mallory;
    private RawClient tybalt;

    @BeforeAll
    static void start() throws IOException {
        node = Besieged.start("scram-iterations=4096");
    }

    @BeforeEach
    void connect() throws IOException {
        mallory = RawClient.online(node.port(), "mallory", "evil");
        tybalt = RawClient.online(node.port(), "tybalt", "home");
    }

    @AfterEach
    void othersChatOn() throws IOException {
        mallory.close();
        tybalt.close();
        node.assertUndisturbed();
    }

    @AfterAll
    static void theHeapIsFlat() throws IOException {
        try (Besieged ended = node) {
            if (ended != null) {
                ended.assertHeapIsFlat();
            }
        }
    }

    /** What Tybalt is given of it. */
    private String received(String payload) throws IOException {
        mallory.send("<message to='" + TYBALT + "' type='chat'>" + payload + "</message>");
        mallory.send("<message to='" + TYBALT + "' id='end'/>");
        return tybalt.await("id='end'");
    }

    // --- from ---

    @ParameterizedTest // RFC 6120 §8.1.2.1
    @ValueSource(
            strings = {
                "juliet@localhost",
                "juliet@localhost/chat",
                "localhost",
                "mallory@localhost/other",
                "mallory@elsewhere.example",
                "juliet@@localhost"
            })
    void aForgedFromEndsTheStreamAndReachesNobody(String from) throws IOException {
        mallory.send("<message to='" + TYBALT + "' from='" + from + "'><body>forged</body></message>")
                .awaitError("invalid-from");
        mallory = RawClient.online(node.port(), "mallory", "evil");
        assertFalse(received("").contains("forged"));
    }

    @Test
    void theOwnAddressIsNoForgeryAndAlwaysStampedWithTheResource() throws IOException {
        mallory.send("<message to='" + TYBALT + "' from='mallory@localhost' id='bare'/>");
        mallory.send("<message to='" + TYBALT + "' from='Mallory@LOCALHOST/evil' id='full'/>");

        String both = tybalt.await("id='full'") + tybalt.await(">");
        assertTrue(both.split("from='mallory@localhost/evil'", -1).length == 3, both);
    }

    // --- what only servers say ---

    @Test // XEP-0280 §11
    void forgedCarbonsAreTakenOut() throws IOException {
        String inner =
                "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='juliet@localhost/chat'"
                        + " to='" + TYBALT + "'><body>forged</body></message></forwarded>";
        String seen = received("<received xmlns='urn:xmpp:carbons:2'>" + inner + "</received>"
                + "<sent xmlns='urn:xmpp:carbons:2'>" + inner + "</sent><c:received xmlns:c='urn:xmpp:carbons:2'/>");
        assertFalse(seen.contains("carbons:2"), seen);
        assertFalse(seen.contains("forged"), seen);
    }

    @Test // XEP-0203 §4, and its predecessor
    void aDelayInTheServersNameIsTakenOut() throws IOException {
        String seen = received("<delay xmlns='urn:xmpp:delay' from='localhost' stamp='1999-01-01T00:00:00Z'/>"
                + "<x xmlns='jabber:x:delay' from='localhost' stamp='19990101T00:00:00'/><body>now</body>");
        assertFalse(seen.contains("1999"), seen);
        assertTrue(seen.contains("<body>now</body>"), seen);
    }

    @Test // XEP-0359 §6
    void aStanzaIdInTheNameOfTheServerOrTheRecipientIsTakenOut() throws IOException {
        StringBuilder forged = new StringBuilder();
        for (String by : new String[] {"localhost", "tybalt@localhost", TYBALT, "mallory@localhost", "LOCALHOST"}) {
            forged.append("<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='" + by + "'/>");
        }
        String seen = received(forged + "<stanza-id xmlns='urn:xmpp:sid:0' id='forged'/><body>x</body>");
        assertFalse(seen.contains("forged"), seen);
    }

    // --- iq ---

    @Test // RFC 6120 §8.2.3
    void anIqWithoutIdOrOfUnknownTypeOrWithTwoChildrenIsABadRequest() throws IOException {
        mallory.send("<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>").await("<bad-request");
        mallory.send("<iq type='get' id='two'><ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/></iq>")
                .await("id='two'");
        mallory.await("<bad-request");
        mallory.send("<iq type='get' id='none' to='" + TYBALT + "'/>").await("id='none'");
        mallory.await("<bad-request");
        mallory.send("<iq type='grab' id='odd' to='" + TYBALT + "'><x xmlns='y'/></iq>")
                .await("id='odd'");
        mallory.await("<bad-request");
        mallory.send("<iq id='no-type' to='" + TYBALT + "'><x xmlns='y'/></iq>").await("id='no-type'");
        mallory.await("<bad-request");
        String seen = received("");
        assertFalse(seen.contains("<iq"), seen);
        mallory.ping("still-here");
    }

    @Test
    void aResultNobodyAskedForGetsNoAnswer() throws IOException {
        for (String to : new String[] {"", " to='localhost'", " to='mallory@localhost'", " to='nobody@localhost'"}) {
            mallory.send("<iq type='result' id='r'" + to + "/>");
            mallory.send("<iq type='result' id='r'" + to + "><query xmlns='jabber:iq:roster'/></iq>");
            mallory.send("<iq type='error' id='r'" + to + "><error type='cancel'/></iq>");
        }
        String answers = mallory.ping("after");
        assertFalse(answers.contains("id='r'"), answers);
    }

    @Test // RFC 6121 §2.1.6: only the own account may push
    void aRosterPushOfAnotherUserIsHisOwnBusiness() throws IOException {
        mallory.send("<iq type='set' id='push' to='tybalt@localhost'><query xmlns='jabber:iq:roster'>"
                + "<item jid='mallory@localhost' subscription='both'/></query></iq>");
        String answer = mallory.await("</iq>");
        assertTrue(answer.contains("type='error'"), answer);
        tybalt.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
        String roster = tybalt.await("id='roster'") + tybalt.await(">") + tybalt.ping("end");
        assertFalse(roster.contains("mallory"), roster);
    }

    // --- addresses ---

    @ParameterizedTest // RFC 6120 §8.3.3.8
    @ValueSource(
            strings = {"@localhost", "a@b@localhost", "tybalt@localhost/", "ty&quot;balt@localhost", "&#xA0;@localhost"
            })
    void anAddressThatIsNoneIsAnsweredAsSuch(String to) throws IOException {
        mallory.send("<message id='m' to='" + to + "'><body>x</body></message>").await("id='m'");
        mallory.await("<jid-malformed");
        mallory.ping("still-here");
    }

    // --- stream management ---

    @Test // XEP-0198 §5
    void nobodyResumesAnotherUsersSession() throws IOException {
        String id = tybalt.manageStream();
        try (RawClient thief =
                RawClient.connect(node.port()).open().startTls().open().logIn("mallory")) {
            String answer = thief.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='0'/>")
                    .await("</failed>");
            assertTrue(answer.contains("<item-not-found"), answer);
            assertFalse(answer.contains(" h="), answer);
            thief.bind("thief");
        }
        assertTrue(received("<body>still mine</body>").contains("still mine"));
    }

    @Test // XEP-0198 §4
    void whoConfirmsMoreThanWasSentIsCut() throws IOException {
        tybalt.manageStream();
        String end = tybalt.send("<a xmlns='urn:xmpp:sm:3' h='4000000000'/>").awaitEnd();
        assertTrue(end.contains("<stream:error><undefined-condition"), end);
        assertTrue(end.contains("<handled-count-too-high xmlns='urn:xmpp:sm:3' h='4000000000'"), end);
    }

    @Test
    void whoResumesWithMoreThanWasSentIsCutToo() throws IOException {
        String id = tybalt.manageStream();
        tybalt.close();
        try (RawClient again =
                RawClient.connect(node.port()).open().startTls().open().logIn("tybalt")) {
            String end = again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='77'/>")
                    .awaitEnd();
            assertTrue(end.contains("<handled-count-too-high xmlns='urn:xmpp:sm:3' h='77'"), end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "4294967296", "one", "99999999999999999999"})
    void aCountThatIsNoNumberHarmsNobodyElse(String h) throws IOException {
        String id = tybalt.manageStream();
        assertTrue(tybalt.send("<a xmlns='urn:xmpp:sm:3' h='" + h + "'/>")
                .awaitEnd()
                .contains("<stream:error>"));
        try (RawClient again =
                RawClient.connect(node.port()).open().startTls().open().logIn("tybalt")) {
            again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='" + h + "'/>")
                    .await("</failed>");
        }
    }

    @Test
    void enablingTwiceOrResumingABoundSessionIsAnErrorOfThatStreamOnly() throws IOException {
        tybalt.manageStream();
        String end = tybalt.send(
                        "<enable xmlns='urn:xmpp:sm:3'/><iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
                .await("/>");
        assertTrue(end.contains("<failed") || end.contains("<stream:error>"), end);
        mallory.manageStream();
        String resumed =
                mallory.send("<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>").await("/>");
        assertTrue(resumed.contains("<failed") || resumed.contains("<stream:error>"), resumed);
    }
}
