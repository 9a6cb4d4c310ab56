package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.StanzaClient;
import org.skein.testkit.storage.MariaDb;

/** On a real MariaDB server. */
@DisabledIfSystemProperty(named = "skein.tests.mariadb", matches = "off")
class MariaDbDatabaseTest extends DatabaseScenarios {
    private MariaDb mariaDb;

    @Override
    String[] database() {
        mariaDb = MariaDb.create();
        return new String[] {"user-db=mariadb", "user-db-uri=" + mariaDb.uri("skein")};
    }

    /** Messages that come while others are being committed are committed together. */
    @Test
    void messageWritesAreGroupCommitted() throws Exception {
        int messages = 200; // fewer than a client may have under way
        StringBuilder burst = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            burst.append("<message type='chat' to='nurse@localhost'><body>grouped ")
                    .append(i)
                    .append("</body></message>");
        }
        try (Connection counting = DriverManager.getConnection(mariaDb.uri("skein"));
                RawClient romeo = RawClient.online(server().port("c2s"), "romeo", "burst")) {
            romeo.manageStream();
            romeo.ping("before");
            long before = commits(counting);
            try (Statement statement = counting.createStatement()) {
                statement.execute("LOCK TABLES skein_spool WRITE"); // the first commit takes until all have come
                romeo.send(burst.toString()).ping("all-read");
                statement.execute("UNLOCK TABLES");
            }
            romeo.send("<r xmlns='urn:xmpp:sm:3'/>");
            String answers = romeo.await("h='" + (messages + 2) + "'/>");
            assertFalse(answers.contains("type='error'"), answers);
            long commits = commits(counting) - before;
            assertTrue(commits > 0 && commits <= 20, commits + " commits for " + messages + " messages");
        }
        try (StanzaClient nurse = StanzaClient.online(server(), "nurse", "kitchen")) {
            nurse.awaitBody("grouped " + (messages - 1));
            nurse.logOut();
        }
    }

    /** Of the whole server: this node is all it has. */
    private static long commits(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SHOW GLOBAL STATUS WHERE Variable_name IN"
                        + " ('Com_commit', 'Com_insert', 'Com_insert_select', 'Com_stmt_execute')")) {
            long most = 0; // a statement of its own is a transaction of its own
            while (r.next()) most = Math.max(most, r.getLong(2));
            return most;
        }
    }

    @AfterAll
    void stopDatabase() {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }
}
