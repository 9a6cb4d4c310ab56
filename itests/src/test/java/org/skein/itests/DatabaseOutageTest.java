package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.skein.itests.support.Await;
import org.skein.itests.support.ChattingPair;
import org.skein.itests.support.Command;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;
import org.skein.testkit.storage.MariaDb;

/** A node whose MariaDB hangs, dies, comes back, or is not there yet. */
@EnabledIf("org.skein.testkit.storage.MariaDb#isWanted")
class DatabaseOutageTest {
    private static MariaDb database;
    private static ServerProcess server;

    private ChattingPair pair;

    @BeforeAll
    static void start() {
        database = MariaDb.create();
        server = node("outage").start();
        for (String user : new String[] {"romeo", "juliet", "mallory", "tybalt"}) {
            server.shell("user:add " + user + "@localhost secret");
        }
    }

    private static ServerProcess node(String name) {
        return ServerProcess.create(
                "user-db=mariadb", "user-db-uri=" + database.uri(name), "scram-iterations=4096", "login-rate=0");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @BeforeEach
    void chat() throws IOException {
        Await.until("the database is back", () -> server.skein("status").status() == 0);
        pair = ChattingPair.start(server);
        pair.assertUndisturbed();
    }

    @AfterEach
    void chatIsOver() throws IOException {
        pair.close();
    }

    private static RawClient encrypted() throws IOException {
        return RawClient.connect(server.port("c2s")).open().startTls().open();
    }

    private static RawClient online(String user) throws IOException {
        return RawClient.online(server.port("c2s"), user, "outage");
    }

    /** What clients and operators see while it is away; at its end a message may have been refused. */
    private void assertAwayIsSeen(RawClient mallory, String id) throws IOException {
        try (RawClient latecomer = encrypted()) {
            latecomer.plain("tybalt", "secret").await("<temporary-auth-failure/>");
        }
        pair.assertUndisturbed();

        mallory.send("<message to='tybalt@localhost' type='chat' id='" + id + "'><body>offline</body></message>");
        String answer = mallory.await("</message>");
        assertTrue(answer.contains("id='" + id + "'"), answer);
        assertTrue(answer.contains("type='error'"), answer);
        pair.assertUndisturbed();

        Await.until("status tells", () -> server.skein("status").status() != 0);
        Command status = server.skein("status");
        assertNotEquals(0, status.status());
        assertTrue(status.output().contains("database"), status.output());
        assertFalse(status.output().contains("Exception\n\tat"), status.output());
        Await.until("log tells", () -> server.log().contains("what=database_down"));
    }

    private void assertAllIsAsBefore(RawClient mallory, String id) {
        Await.until("clients log in again", () -> {
            try (RawClient late = encrypted()) {
                return late.plain("tybalt", "secret")
                        .await(" xmlns='urn:ietf:params:xml:ns:xmpp-sasl'")
                        .contains("<success");
            }
        });
        Await.until("status is well", () -> server.skein("status").status() == 0);
        assertTrue(server.log().contains("what=database_up after_ms="), server.log());
        Await.until("offline messages are kept and come", () -> isKept(mallory, id));
        pair.assertUndisturbed();
    }

    private static boolean isKept(RawClient mallory, String id) throws IOException {
        mallory.send("<message to='tybalt@localhost' type='chat' id='" + id + "'><body>" + id + "</body></message>");
        try (RawClient tybalt = online("tybalt")) {
            tybalt.send("<presence/>").await("<body>" + id + "</body>");
            return true;
        }
    }

    @Test
    void aDatabaseThatHangsDelaysNobodyElseAndAllGoesOnWhenItDoes() throws IOException {
        try (RawClient mallory = online("mallory")) {
            database.pause();
            try {
                assertAwayIsSeen(mallory, "hung");
            } finally {
                database.resume();
            }
            assertAllIsAsBefore(mallory, "resumed");
        }
    }

    @Test
    void aDatabaseThatDiesAndComesBackNeedsNoRestartOfTheNode() throws IOException {
        try (RawClient mallory = online("mallory")) {
            database.kill();
            try {
                assertAwayIsSeen(mallory, "dead");
            } finally {
                database.start();
            }
            assertAllIsAsBefore(mallory, "restarted");
        }
    }

    @Test
    void messagesOnTheirWayToAClientThatDoesNotConfirmSurviveAnOutage() throws IOException {
        try (RawClient mallory = online("mallory");
                RawClient tybalt = online("tybalt")) {
            tybalt.manageStream();
            mallory.manageStream();
            database.kill();
            try {
                mallory.send("<message to='tybalt@localhost/outage' id='kept'><body>kept</body></message>");
                tybalt.await("<body>kept</body>");
                pair.assertUndisturbed();
            } finally {
                database.start();
            }
            tybalt.send("<a xmlns='urn:xmpp:sm:3' h='1'/>");
            mallory.send("<r xmlns='urn:xmpp:sm:3'/>").await("h='1'/>");
        }
    }

    @Test
    void aNodeThatStartsBeforeItsDatabaseServesWhenThatIsThere() throws IOException {
        database.kill();
        try (ServerProcess early = node("early").launch()) {
            try {
                Await.until("it tells what it waits for", () -> {
                    String seen = early.log() + early.output();
                    return seen.contains("what=database_down");
                });
                assertNotEquals(0, early.skein("status").status());
                assertTrue(early.handle().isAlive());
            } finally {
                database.start();
            }
            early.awaitReady();
            Await.until(
                    "the log has both",
                    () -> early.log().contains("what=database_up")
                            && early.log().contains("what=ready"));
            assertTrue(early.log().indexOf("what=database_up") < early.log().indexOf("what=ready"), early.log());
            early.shell("user:add early@localhost secret");
            RawClient.online(early.port("c2s"), "early", "bird").close();
            assertEquals(0, early.skein("status").status());
        }
        Await.until("the other node is well too", () -> server.skein("status").status() == 0);
    }
}
