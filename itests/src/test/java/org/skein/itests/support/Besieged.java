package org.skein.itests.support;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.Locale;

/**
 * A node for those who mean no good, and the pair that must not notice. Accounts: {@code romeo} and {@code juliet}, who
 * chat; {@code mallory} and {@code tybalt}. All have the password {@code secret}.
 */
public final class Besieged implements AutoCloseable {
    private static final long HEAP_GROWTH_KIB = 24 * 1024;

    private final ServerProcess server;
    private final ChattingPair pair;
    private final long heapBefore;

    private Besieged(ServerProcess server, ChattingPair pair, long heapBefore) {
        this.server = server;
        this.pair = pair;
        this.heapBefore = heapBefore;
    }

    /** @param settings as those of {@link ServerProcess#create} */
    public static Besieged start(String... settings) throws IOException {
        ServerProcess server = ServerProcess.create(settings).asShipped().start();
        try {
            for (String user : new String[] {"romeo", "juliet", "mallory", "tybalt"}) {
                server.shell("user:add " + user + "@localhost secret");
            }
            ChattingPair pair = ChattingPair.start(server);
            pair.assertUndisturbed();
            return new Besieged(server, pair, Memory.liveHeapKiB(server));
        } catch (IOException | RuntimeException | AssertionError e) {
            server.close();
            throw e;
        }
    }

    public ServerProcess server() {
        return server;
    }

    public int port() {
        return server.port("c2s");
    }

    /** The pair chats on, and the node found no bug in itself. */
    public void assertUndisturbed() {
        pair.assertUndisturbed();
        String log = server.log();
        assertFalse(
                log.contains("what=stream_failed")
                        || log.toLowerCase(Locale.ROOT).contains("outofmemory"),
                log);
    }

    /** The heap is about as it was before all attacks. */
    public void assertHeapIsFlat() {
        assertHeapGrewLessThan(HEAP_GROWTH_KIB);
    }

    /** What is on its way to the database is there for a moment. */
    public void assertHeapGrewLessThan(long kib) {
        long[] now = new long[1];
        Await.until(
                "the heap has grown by less than " + kib + " KiB",
                Await.LONG,
                () -> (now[0] = Memory.liveHeapKiB(server)) - heapBefore < kib,
                () -> "live heap was " + heapBefore + " KiB and is " + now[0] + " KiB");
    }

    @Override
    public void close() throws IOException {
        pair.close();
        server.close();
    }
}
