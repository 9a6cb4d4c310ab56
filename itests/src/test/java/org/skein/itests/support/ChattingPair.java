package org.skein.itests.support;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Romeo and Juliet, who chat while others misbehave: each waits for the other's message before the next. Whatever is
 * lost, late without end, or out of order ends the chat, and {@link #assertUndisturbed} tells.
 */
public final class ChattingPair implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final RawClient romeo;
    private final RawClient juliet;
    private final AtomicLong rounds = new AtomicLong();
    private final Thread thread = new Thread(this::chat, "chatting-pair");
    private volatile Throwable failure;
    private volatile boolean over;

    private ChattingPair(RawClient romeo, RawClient juliet) {
        this.romeo = romeo;
        this.juliet = juliet;
        thread.setDaemon(true);
        thread.start();
    }

    /** Over TLS; the accounts {@code romeo} and {@code juliet} must be there. */
    public static ChattingPair start(ServerProcess server) throws IOException {
        int port = server.port("c2s");
        return new ChattingPair(RawClient.online(port, "romeo", "chat"), RawClient.online(port, "juliet", "chat"));
    }

    private void chat() {
        try {
            while (!over) {
                long n = rounds.get();
                romeo.send("<message to='juliet@localhost/chat' id='r" + n + "'><body>" + n + "</body></message>");
                juliet.await("id='r" + n + "'");
                juliet.await("<body>" + n + "</body>");
                juliet.send("<message to='romeo@localhost/chat' id='j" + n + "'><body>" + n + "</body></message>");
                romeo.await("id='j" + n + "'");
                romeo.await("<body>" + n + "</body>");
                rounds.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            if (!over) {
                failure = e;
            }
        }
    }

    /** Messages go both ways still. */
    public void assertUndisturbed() {
        long goal = rounds.get() + 2;
        Await.until("the others chat on", () -> failure != null || rounds.get() >= goal);
        if (failure != null) {
            throw new AssertionError("the others were disturbed after " + rounds + " rounds", failure);
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        romeo.close();
        juliet.close();
    }
}
