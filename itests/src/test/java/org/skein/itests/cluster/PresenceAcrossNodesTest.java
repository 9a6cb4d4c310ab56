package org.skein.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.skein.itests.support.ClusterNodes;
import org.skein.itests.support.SharedCluster;
import org.skein.itests.support.StanzaClient;
import org.skein.itests.support.Xml;

/** Presence between nodes: RFC 6121 §4. */
@ExtendWith(SharedCluster.class)
@EnabledIf("org.skein.itests.support.ClusterNodes#arePossible")
class PresenceAcrossNodesTest {
    private static final int CONTACTS = 500;
    private static final int ONLINE = 15;

    private static ClusterNodes nodes;

    @BeforeAll
    static void useNodes(ClusterNodes shared) {
        nodes = shared;
    }

    private static byte[] key(String bareJid) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bareJid.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(hash, 16);
    }

    private static void add(PreparedStatement roster, PreparedStatement item, String owner, String contact)
            throws Exception {
        roster.setBytes(1, key(owner));
        roster.addBatch();
        item.setBytes(1, key(owner));
        item.setBytes(2, key(contact));
        item.setBytes(3, contact.getBytes(StandardCharsets.UTF_8));
        item.addBatch();
    }

    /** They see each other, as if they had asked; quicker. */
    private static void befriend(String user, List<String> contacts) throws Exception {
        try (Connection connection = nodes.connect();
                PreparedStatement roster =
                        connection.prepareStatement("INSERT IGNORE INTO skein_roster VALUES (?, 1, 0)");
                PreparedStatement item = connection.prepareStatement("INSERT INTO skein_roster_item (owner, contact_id,"
                        + " contact, version, removed, item_name, item_groups, subscription, ask, pending_in, approved,"
                        + " listed, request) VALUES (?, ?, ?, 1, 0, '', '', 'BOTH', 0, 0, 0, 1, '')")) {
            connection.setAutoCommit(false);
            for (String contact : contacts) {
                add(roster, item, user + "@localhost", contact + "@localhost");
                add(roster, item, contact + "@localhost", user + "@localhost");
            }
            roster.executeBatch();
            item.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError("the tables are not as this test knows them", e);
        }
    }

    @Test // RFC 6121 §4.2.2, §4.3.2, §4.5.2
    void theContactsOnAListOfFiveHundredAreSeenOnEveryNodeComingAndGoing() throws Exception {
        String user = StanzaClient.register(nodes.node(0));
        List<String> contacts = new ArrayList<>();
        for (int i = 0; i < ONLINE; i++) {
            contacts.add(StanzaClient.register(nodes.node(0)));
        }
        for (int i = ONLINE; i < CONTACTS; i++) {
            contacts.add("nobody" + i + "-" + user);
        }
        befriend(user, contacts);
        List<StanzaClient> online = new ArrayList<>();
        try {
            for (int i = 0; i < ONLINE / 2; i++) {
                online.add(StanzaClient.online(nodes.node(i % 3), contacts.get(i), "r"));
            }
            StanzaClient popular = StanzaClient.online(nodes.node(0), user, "popular");
            try (popular;
                    StanzaClient second = StanzaClient.online(nodes.node(1), user, "second")) {
                for (StanzaClient contact : online) {
                    popular.awaitPresence("", contact.jid());
                    second.awaitPresence("", contact.jid());
                    contact.awaitPresence("", popular.jid());
                    contact.awaitPresence("", second.jid());
                }
                for (int i = ONLINE / 2; i < ONLINE; i++) {
                    StanzaClient contact = StanzaClient.online(nodes.node(i % 3), contacts.get(i), "r");
                    online.add(contact);
                    popular.awaitPresence("", contact.jid());
                    second.awaitPresence("", contact.jid());
                    contact.awaitPresence("", popular.jid());
                    contact.awaitPresence("", second.jid());
                }
                popular.send("<presence><show>away</show></presence>");
                for (StanzaClient contact : online) {
                    contact.await("away", x -> x.text("show").equals("away"));
                }
                StanzaClient gone = online.remove(3);
                gone.close();
                popular.awaitPresence("unavailable", gone.jid());
                second.awaitPresence("unavailable", gone.jid());
                popular.logOut();
                for (StanzaClient contact : online) {
                    contact.awaitPresence("unavailable", popular.jid());
                    assertEquals(
                            0,
                            contact.soFar().stream()
                                    .filter(x -> x.get("type").equals("unavailable"))
                                    .count(),
                            "told once");
                }
            }
        } finally {
            for (StanzaClient contact : online) {
                contact.close();
            }
        }
    }

    @Test // RFC 6120 §10.1
    void presenceAndMessagesOfOneSenderStayInOrder() throws Exception {
        String his = StanzaClient.register(nodes.node(0));
        String hers = StanzaClient.register(nodes.node(0));
        befriend(his, List.of(hers));
        try (StanzaClient romeo = StanzaClient.online(nodes.node(0), his, "orchard");
                StanzaClient juliet = StanzaClient.online(nodes.node(1), hers, "balcony")) {
            romeo.awaitPresence("", juliet.jid());
            juliet.awaitPresence("", romeo.jid());
            List<String> expected = new ArrayList<>();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                if (i % 3 == 0) all.append("<presence><status>").append(i).append("</status></presence>");
                else {
                    all.append("<message type='chat' to='").append(i % 3 == 1 ? juliet.bare() : juliet.jid());
                    all.append("'><body>").append(i).append("</body></message>");
                }
                expected.add(Integer.toString(i));
            }
            romeo.send(all.toString());
            List<String> got = juliet.allUntilBody("59").stream()
                    .filter(x -> x.get("from").equals(romeo.jid()))
                    .map(PresenceAcrossNodesTest::number)
                    .toList();
            assertEquals(expected, got);
        }
    }

    private static String number(Xml x) {
        return x.name().equals("presence") ? x.text("status") : x.text("body");
    }
}
