package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.skein.itests.support.RawClient;
import org.skein.itests.support.ServerProcess;

/** SIGTERM is a clean stop: clients are told, and what was taken from them is there after the next start. */
class ShutdownTest {
    private static final int WRITERS = 4;
    private static final long PAUSE_NANOS = 300_000;
    private static final long SOON_SECONDS = 20; // five are promised; tests do not depend on speed

    private static final Pattern ACKNOWLEDGED = Pattern.compile("<a xmlns='urn:xmpp:sm:3' h='(\\d+)'/>");

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server =
                ServerProcess.create("scram-iterations=4096", "offline-quota=0").start();
        List<String> users = new ArrayList<>(List.of("romeo", "juliet", "tybalt", "benvolio"));
        for (int i = 0; i < 2 * WRITERS; i++) {
            users.add("writer" + i);
            users.add("reader" + i);
        }
        users.forEach(user -> server.shell("user:add " + user + "@localhost secret"));
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

    /** Writes until the connection is gone. */
    private record Writer(RawClient client, Thread thread) {
        static Writer start(int i) throws IOException {
            RawClient client = online("writer" + i);
            client.manageStream();
            Thread thread = new Thread(() -> write(client, i), "writer-" + i);
            thread.setDaemon(true);
            thread.start();
            int h = 0;
            while (h < 20) h = lastAcknowledged(client.await("/>"), h);
            return new Writer(client, thread);
        }

        private static void write(RawClient client, int i) {
            try {
                for (int n = 0; ; n++) {
                    client.send(message("reader" + i + "@localhost", "m" + n) + "<r xmlns='urn:xmpp:sm:3'/>");
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (IOException gone) {
                Thread.currentThread().interrupt(); // it is over
            }
        }
    }

    private static int lastAcknowledged(String answers, int before) {
        Matcher h = ACKNOWLEDGED.matcher(answers);
        int last = before;
        while (h.find()) last = Integer.parseInt(h.group(1));
        return last;
    }

    @Test // P1: while one part of the node after the other stops
    void whatIsWrittenWhileTheNodeStopsIsStoredOrNeverAcknowledged() throws Exception {
        assertNothingIsLost(0, () -> assertEquals(0, server.stop(), server.logs()), () -> server.start());
    }

    @Test // P1, P7
    void whatIsWrittenWhileTheSessionManagerIsStoppedIsStoredOrNeverAcknowledged() throws Exception {
        assertNothingIsLost(WRITERS, () -> server.shell("stop org.skein.session"), () -> {
            server.shell("start org.skein.session");
            server.awaitReady();
        });
    }

    private static void assertNothingIsLost(int first, Runnable stop, Runnable start) throws Exception {
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) writers.add(Writer.start(first + i));
        stop.run();
        List<Integer> acknowledged = new ArrayList<>();
        for (Writer writer : writers) {
            String answers = writer.client.awaitEndInFull();
            writer.client.close();
            writer.thread.join();
            int error = answers.indexOf("type='error'");
            assertTrue(error < 0, () -> answers.substring(Math.max(0, error - 200), error + 400));
            acknowledged.add(lastAcknowledged(answers, 20));
        }

        start.run();
        for (int i = 0; i < WRITERS; i++) {
            int sent = acknowledged.get(i);
            List<String> expected =
                    IntStream.range(0, sent).mapToObj(n -> "m" + n).toList();
            assertEquals(expected, receive("reader" + (first + i), sent));
        }
    }
}
