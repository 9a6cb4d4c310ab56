package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;

/** SIGTERM is a clean stop: clients are told, and what was taken from them is there after the next start. */
class ShutdownTest {
    private static final long SOON_SECONDS = 20; // five are promised; tests do not depend on speed

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.create("scram-iterations=4096").start();
        for (String user : new String[] {"romeo", "juliet", "tybalt", "benvolio"}) {
            server.shell("user:add " + user + "@localhost secret");
        }
    }

    @AfterAll
    static void close() {
        if (server != null) {
            server.close();
        }
    }

    private static RawClient online(String user) throws IOException {
        return RawClient.online(server.port("c2s"), user, "shutdown");
    }

    private static String message(String to, String id) {
        return "<message to='" + to + "' type='chat' id='" + id + "'><body>" + id + "</body></message>";
    }

    private static List<String> receive(String user, int messages) throws IOException {
        List<String> bodies = new ArrayList<>();
        try (RawClient client = online(user)) {
            client.send("<presence/>");
            while (bodies.size() < messages) {
                client.await("<body>");
                bodies.add(client.await("</body>").replace("</body>", ""));
            }
            client.ping("all-read");
        }
        return bodies;
    }

    @Test
    void streamsEndWithSystemShutdownAndNothingIsLost() throws IOException {
        List<String> offline = new ArrayList<>();
        List<String> unconfirmed = new ArrayList<>();
        RawClient inTheClear = RawClient.connect(server.port("c2s")).open();
        RawClient unbound =
                RawClient.connect(server.port("c2s")).open().startTls().open().logIn("juliet");
        RawClient juliet = online("juliet");
        RawClient romeo = online("romeo");
        juliet.manageStream(); // and never confirms
        romeo.manageStream();
        for (int i = 0; i < 50; i++) {
            offline.add("offline-" + i);
            unconfirmed.add("unconfirmed-" + i);
            romeo.send(message("tybalt@localhost", offline.get(i)));
            romeo.send(message("juliet@localhost/shutdown", unconfirmed.get(i)));
        }
        juliet.await("<body>unconfirmed-49</body>");
        romeo.send("<r xmlns='urn:xmpp:sm:3'/>").await("h='100'/>");

        long before = System.nanoTime();
        int status = server.stop();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before);
        assertEquals(0, status, server.logs());
        assertTrue(seconds < SOON_SECONDS, "took " + seconds + " s");
        for (RawClient client : List.of(inTheClear, unbound, juliet, romeo)) {
            client.awaitError("system-shutdown");
            client.close();
        }

        server.start();
        assertEquals(offline, receive("tybalt", 50));
        assertEquals(unconfirmed, receive("juliet", 50));
    }

    @Test
    void messagesSentUpToTheLastMomentAreStoredOrWereNeverAcknowledged() throws IOException {
        RawClient benvolio = online("benvolio");
        benvolio.manageStream();
        RawClient romeo = online("romeo");
        romeo.manageStream();
        for (int i = 0; i < 200; i++) {
            romeo.send(message("benvolio@localhost/shutdown", "last-" + i) + "<r xmlns='urn:xmpp:sm:3'/>");
        }
        assertEquals(0, server.stop(), server.logs());
        String answers = romeo.awaitEndInFull();
        assertTrue(answers.contains("<system-shutdown"), answers);
        int acknowledged = 0;
        for (String part : answers.split("<a xmlns='urn:xmpp:sm:3' h='")) {
            if (part.matches("(?s)\\d+'.*")) {
                acknowledged = Integer.parseInt(part.substring(0, part.indexOf('\'')));
            }
        }
        int refused = answers.split("type='error'", -1).length - 1;
        romeo.close();
        benvolio.close();

        server.start();
        int kept = acknowledged - refused;
        List<String> bodies = receive("benvolio", Math.max(0, kept));
        for (int i = 0; i < bodies.size() && refused == 0; i++) {
            assertEquals("last-" + i, bodies.get(i));
        }
    }
}
