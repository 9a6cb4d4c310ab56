package org.skein.c2s.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** What another node may ask of a warm-up, and what it may not. */
class WarmUpEchoTest {
    private static final NodeId NODE = new NodeId("node", 1);
    private static final String USER = "warm-up-0123456789abcdef01234567@localhost/r";

    private boolean allowed = true;
    private volatile int opened;
    private final WarmUpEcho echo = new WarmUpEcho(
            () -> {
                opened++;
                throw new IllegalStateException("no port");
            },
            () -> allowed);

    private boolean isRefused(String request) {
        return echo.called(NODE, request.getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .handle((answer, failure) -> failure != null)
                .join();
    }

    @Test
    void aRequestIsReadAsItWasWritten() {
        WarmUpEcho.Request request = new WarmUpEcho.Request(Jid.of(USER), 3000);
        assertEquals(request, WarmUpEcho.Request.of(request.bytes()));
    }

    @Test
    void nobodyButAUserOfAWarmUpIsWrittenTo() {
        for (String bad : new String[] {
            "",
            "5",
            "5 ",
            "x " + USER,
            "0 " + USER,
            "-1 " + USER,
            "10001 " + USER,
            "99999999999 " + USER,
            "5 romeo@localhost/r",
            "5 localhost/r",
            "5 warm-up-0123456789abcdef01234567@localhost",
            "5 " + USER + "'/><x a='",
            "5 warm-up-0123456789ABCDEF0123456@localhost/r",
            "5 not a jid@@"
        }) {
            assertThrows(
                    IllegalArgumentException.class, () -> echo.called(NODE, bad.getBytes(StandardCharsets.UTF_8)), bad);
        }
        assertEquals(0, opened);
    }

    @Test
    void notWhereOthersWouldHearOfIt() {
        allowed = false;
        assertTrue(isRefused("5 " + USER));
        assertEquals(0, opened);
    }

    @Test
    void whatFailsIsToldAndTheNextIsTried() {
        assertTrue(isRefused("5 " + USER));
        while (opened < 2) assertTrue(isRefused("5 " + USER)); // for a moment because the first is still there
    }

    @Test
    void notAtItsEnd() {
        echo.stop();
        assertTrue(isRefused("5 " + USER));
        assertEquals(0, opened);
    }
}
