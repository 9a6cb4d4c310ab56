package org.skein.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.itests.support.Await;
import org.skein.itests.support.Besieged;
import org.skein.itests.support.Memory;
import org.skein.itests.support.RawClient;

/** Clients that take memory: by not confirming, by not reading, by being many. What is acknowledged is not lost. */
class HostileLoadTest {
    private static final int UNACKED_LIMIT = 100;
    private static final long HEAP_KIB = 32 * 1024;
    private static final int SILENT = 10_000;
    private static final long KIB_PER_SILENT = 24;

    private static final Pattern STANZA = Pattern.compile("<(message|presence|iq) ");

    private static Besieged node;

    @BeforeAll
    static void start() throws IOException {
        node = Besieged.start(
                "c2s-tls-required=false",
                "plain-without-tls=true",
                "scram-iterations=4096",
                "unacked-limit=" + UNACKED_LIMIT,
                "offline-quota=0",
                "stalled-after=2",
                "login-timeout=300",
                "user-db-sync=false");
    }

    @AfterEach
    void othersChatOn() {
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

    private static RawClient online(String user, String resource) throws IOException {
        return RawClient.onlineInTheClear(node.port(), user, resource);
    }

    /** Sends so many messages with ids {@code PREFIX0…}, and waits until the server has answered for all of them. */
    private static void flood(String resource, String prefix, int messages, String body) {
        try (RawClient sender = online("mallory", resource)) {
            sender.manageStream();
            for (int i = 0; i < messages; i++) {
                sender.send("<message to='tybalt@localhost/home' type='chat' id='" + prefix + i + "'><body>" + body
                        + "</body></message>");
            }
            sender.send("<r xmlns='urn:xmpp:sm:3'/>").await("h='" + messages + "'/>");
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static Set<String> ids(String prefix, int messages) {
        Set<String> ids = new LinkedHashSet<>();
        for (int i = 0; i < messages; i++) {
            ids.add(prefix + i);
        }
        return ids;
    }

    private static String id(String message) {
        return message.replaceFirst("(?s).*<message [^>]*id='([^']*)'.*", "$1");
    }

    /** Reads messages until each of these has come, confirming each if asked; a message may come twice. */
    private static List<String> receive(RawClient client, Set<String> wanted, boolean confirm) throws IOException {
        Set<String> seen = new LinkedHashSet<>();
        long handled = 0;
        while (!seen.containsAll(wanted)) {
            String next;
            try {
                next = client.await("</message>");
            } catch (AssertionError e) {
                throw new AssertionError(seen.size() + " of " + wanted.size() + " messages came", e);
            }
            seen.add(id(next));
            handled += STANZA.matcher(next).results().count(); // presence of another session may be among them
            if (confirm) {
                client.send("<a xmlns='urn:xmpp:sm:3' h='" + handled + "'/>");
            }
        }
        return List.copyOf(seen);
    }

    @ParameterizedTest // XEP-0198; DESIGN §5
    @ValueSource(booleans = {true, false})
    void whoNeverConfirmsTakesBoundedMemoryAndLosesNothing(boolean resumes) throws IOException {
        int messages = 15 * UNACKED_LIMIT;
        String prefix = resumes ? "resumed" : "bound";
        String id;
        try (RawClient tybalt = online("tybalt", "home").available()) {
            id = tybalt.manageStream();
            flood("evil", prefix, messages, "x".repeat(2000));
            node.assertHeapGrewLessThan(HEAP_KIB);
        }
        List<String> wanted = List.copyOf(ids(prefix, messages));
        try (RawClient again = RawClient.connect(node.port()).open().logIn("tybalt")) {
            if (resumes) {
                again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='0'/>")
                        .await("<resumed");
                assertSame(wanted, receive(again, Set.copyOf(wanted), true));
            } else {
                again.bind("home").send("<presence/>");
                assertSame(wanted, receive(again, Set.copyOf(wanted), false));
            }
            again.ping("after");
        }
    }

    @Test
    void whoStopsReadingTakesBoundedMemoryAndWhatTheSendersWereToldIsSafeIs() throws Exception {
        int messages = 500;
        String body = "x".repeat(20_000); // 20 MB in all, more than the kernel keeps
        Set<String> wanted = ids("a", messages);
        wanted.addAll(ids("b", messages));
        Set<String> seen = new LinkedHashSet<>();
        try (RawClient tybalt = RawClient.connect(node.port(), 8192)
                .open()
                .logIn("tybalt")
                .bind("home")
                .available()) {
            CompletableFuture<Void> one = CompletableFuture.runAsync(() -> flood("evil-1", "a", messages, body));
            CompletableFuture<Void> two = CompletableFuture.runAsync(() -> flood("evil-2", "b", messages, body));
            CompletableFuture.allOf(one, two).get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
            node.assertHeapGrewLessThan(HEAP_KIB);

            Await.until("it is cut", () -> !node.server().shell("session:list").contains("tybalt@localhost/home"));
            String[] inTheKernel = tybalt.awaitEndInFull().split("</message>", -1);
            for (int i = 0; i < inTheKernel.length - 1; i++) {
                seen.add(id(inTheKernel[i]));
            }
        }
        wanted.removeAll(seen);
        assertTrue(wanted.size() > 10, "the reader did not stop early enough");
        try (RawClient again = online("tybalt", "home")) {
            again.send("<presence/>");
            List<String> rest = receive(again, wanted, false);
            for (String prefix : List.of("a", "b")) { // each sender's in order, what came twice apart
                List<Integer> numbers = rest.stream()
                        .filter(wanted::contains)
                        .filter(i -> i.startsWith(prefix))
                        .map(i -> Integer.valueOf(i.substring(1)))
                        .toList();
                assertEquals(numbers.stream().sorted().toList(), numbers);
            }
        }
    }

    /** A slow client is served like any other; what it holds meanwhile is what it has sent. */
    @Test
    void whoDribblesStanzasTakesWhatHeSentAndIsServedInTheEnd() throws IOException {
        int many = 60;
        String start = "<message to='tybalt@localhost/home' type='chat' id='drop'><body>" + "x".repeat(200_000);
        List<RawClient> dribbling = new ArrayList<>();
        try (RawClient tybalt = online("tybalt", "home").available()) {
            for (int i = 0; i < many; i++) {
                RawClient client = online("mallory", "dribble-" + i);
                dribbling.add(client);
                client.send(start);
            }
            for (int round = 0; round < 20; round++) {
                for (RawClient client : dribbling) client.send("y");
                node.assertUndisturbed();
            }
            node.assertHeapGrewLessThan(HEAP_KIB);
            dribbling.get(0).sendByteByByte("</body></message>".getBytes(StandardCharsets.US_ASCII));
            assertTrue(tybalt.await("</message>").contains("x" + "y".repeat(20) + "</body>"));
            dribbling.get(0).ping("after");
        } finally {
            for (RawClient client : dribbling) client.close();
        }
    }

    /** Tells where they differ, instead of all of both. */
    private static void assertSame(List<String> wanted, List<String> got) {
        for (int i = 0; i < Math.max(wanted.size(), got.size()); i++) {
            int n = i;
            assertEquals(
                    i < wanted.size() ? wanted.get(i) : "nothing",
                    i < got.size() ? got.get(i) : "nothing",
                    () -> "number " + n + " of " + got.size());
        }
    }

    private static int silentConnections() {
        Object system = ManagementFactory.getOperatingSystemMXBean();
        long descriptors = system instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 4096;
        return (int) Math.min(SILENT, Math.max(500, descriptors - 2000));
    }

    @Test
    void connectionsThatSayNothingTakeLittle() throws IOException {
        int count = silentConnections();
        long before = Memory.residentKiB(node.server());
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                silent.add(channel);
                channel.bind(new InetSocketAddress("127.0.0." + (2 + i % 10), 0));
                channel.connect(new InetSocketAddress("127.0.0.1", node.port()));
            }
            online("tybalt", "behind-them").close(); // came last, so all are accepted
            long grown = Memory.residentKiB(node.server()) - before;
            assertTrue(grown < count * KIB_PER_SILENT, count + " connections took " + grown + " KiB");
            node.assertUndisturbed();

            for (int i = 0; i < count; i += 100) { // they are served when they speak at last
                silent.get(i).write(ByteBuffer.wrap(RawClient.HEADER.getBytes()));
                assertTrue(silent.get(i).read(ByteBuffer.allocate(100)) > 0);
            }
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
    }
}
