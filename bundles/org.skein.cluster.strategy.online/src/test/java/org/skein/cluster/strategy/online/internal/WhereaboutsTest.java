package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.online.internal.Holders.Session;

class WhereaboutsTest {
    private static final NodeId B = new NodeId("b", 1);
    private static final NodeId C = new NodeId("c", 1);

    private final Whereabouts whereabouts = new Whereabouts();

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, Buckets.COUNT);
        return all;
    }

    /** Between "known" and "not in step" there is no moment in which a look-up sees neither. */
    @Test
    void aLookUpNeverFallsBetweenKnownAndIncluded() {
        String account = "anna@localhost";
        Session session = new Session(B, "phone", PresenceXml.NONE);
        whereabouts.gap(B, all());
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                assertTrue(whereabouts.locate(account).now().contains(B));
            }
        });
        for (int i = 0; i < 50_000 && !reader.isDone(); i++) {
            whereabouts.put(account, session);
            whereabouts.gap(B, new BitSet());
            whereabouts.gap(B, all());
            whereabouts.remove(account, B, "phone");
        }
        over.set(true);
        reader.join();
    }

    @Test
    void nodesThatHoldOneAccountAtTheSameTimeDoNotOverwriteEachOther() {
        List<CompletableFuture<Void>> both = List.of(B, C).stream()
                .map(node -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 50_000; i++) {
                        whereabouts.put("anna@localhost", new Session(node, "r" + i % 3, PresenceXml.NONE));
                        if (i % 3 == 2) whereabouts.remove("anna@localhost", node, "r" + i / 3 % 3);
                    }
                    whereabouts.put("anna@localhost", new Session(node, "last", PresenceXml.NONE));
                }))
                .toList();
        both.forEach(CompletableFuture::join);
        assertEquals(List.of(B, C), whereabouts.locate("anna@localhost").now());
        for (NodeId node : List.of(B, C)) {
            for (Session s : whereabouts.sessions("anna@localhost", node)) {
                whereabouts.remove("anna@localhost", node, s.resource());
            }
        }
        assertEquals(0, whereabouts.users());
        assertEquals(0, whereabouts.heldSessions());
        assertEquals(0, whereabouts.bytes());
    }
}
