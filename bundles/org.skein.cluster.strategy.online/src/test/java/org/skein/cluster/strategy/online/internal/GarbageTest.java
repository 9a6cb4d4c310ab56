package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** A peer that talks nonsense. */
class GarbageTest {
    private static final Jid ANNA = Jid.of("anna@localhost");

    private final VirtualCluster cluster = VirtualCluster.of(2);
    private final VirtualNode a = cluster.nodes.get(0);
    private final VirtualNode b = cluster.nodes.get(1);
    private final List<byte[]> frames = new ArrayList<>();

    private void begin() {
        cluster.tap = (to, frame) -> {
            if (to == a) frames.add(frame);
        };
        for (int i = 0; i < 20; i++) b.bind(Jid.of("user" + i + "@localhost/r"));
        a.start();
        b.start();
        cluster.settle();
        b.bind(ANNA.withResource("phone"));
        cluster.settle();
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(), a.located(Jid.of("nobody@localhost")));
    }

    private boolean takes(byte[] request) {
        return !a.strategy.called(b.id, request).toCompletableFuture().isCompletedExceptionally();
    }

    @Test
    void nothingChangesByItButThatItsSenderIsIncluded() {
        begin();
        for (byte[] frame : List.copyOf(frames)) {
            for (int n = 0; n < frame.length; n++) assertTrue(!takes(Arrays.copyOf(frame, n)));
        }
        assertEquals(21, a.strategy.figures().get("sessions"));
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(b.id), a.located(Jid.of("nobody@localhost")), "it may have said something else");
        cluster.settle(Duration.ofSeconds(31));
        assertEquals(Set.of(), a.located(Jid.of("nobody@localhost")));
        assertEquals(0, a.strategy.figures().get("not.in.step"));
    }

    @Test
    void itIsForgottenByTheNextRoundOfDigestsWhereItMadeSense() {
        begin();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = frames.get(random.nextInt(frames.size())).clone();
            for (int f = random.nextInt(3); f >= 0; f--) frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            takes(frame);
        }
        cluster.settle(Duration.ofSeconds(95));
        assertEquals(Set.of(b.id), a.located(ANNA), "seed " + seed);
        assertEquals(Set.of(), a.located(Jid.of("nobody@localhost")), "seed " + seed);
        assertEquals(21, a.strategy.figures().get("sessions"), "seed " + seed);
    }

    @Test
    void whoIsNoMemberIsNotHeard() {
        begin();
        NodeId stranger = new NodeId("stranger", 99);
        assertTrue(
                a.strategy.called(stranger, frames.get(0)).toCompletableFuture().isCompletedExceptionally());
        assertEquals(Set.of(), a.located(Jid.of("nobody@localhost")));
    }

    @Test
    void nothingIsToldWithoutAskingForAnAnswer() {
        begin();
        assertThrows(IllegalArgumentException.class, () -> a.strategy.received(b.id, frames.get(0)));
    }
}
