package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.online.internal.Frame.Digests;
import org.skein.cluster.strategy.online.internal.Frame.Hello;
import org.skein.cluster.strategy.online.internal.Frame.Told;
import org.skein.cluster.strategy.online.internal.Frame.Update;
import org.skein.xmpp.Jid;

/** How much memory a user on another node takes. Printed; what is asserted is only that it is no absurd amount. */
class FootprintTest {
    private static final int USERS = 50_000;
    private static final String CAPS = "<presence%s><show>away</show><priority>5</priority><c "
            + "xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://client.example.org/' "
            + "ver='QgayPKawpkPSDYmwT/WM94uAlu0='/><x xmlns='vcard-temp:x:update'><photo/></x></presence>";

    @Test
    void aUser() {
        measure("with presences of their own", true);
        measure("with the presence of their client", false);
    }

    private Whereabouts whereabouts;
    private Replica replica;

    private void measure(String what, boolean ids) {
        whereabouts = new Whereabouts();
        replica = new Replica(new NodeId("b", 1), true, whereabouts, new LongAdder());
        replica.hello(new Hello(1, 0, new Digests(0, new long[Buckets.COUNT])), 2);
        for (int i = 0; i < USERS; i += 100) {
            List<Told> told = new ArrayList<>();
            for (int j = i; j < i + 100; j++) {
                String xml = String.format(CAPS, ids ? " id='" + j + "'" : "");
                told.add(new Told(
                        Jid.of("user" + j + "@example.org/" + Integer.toHexString(j * 31)),
                        Optional.of(xml.getBytes(StandardCharsets.UTF_8))));
            }
            byte[] frame = Codec.write(new Update(1, 2, told, List.of(), Digests.NONE));
            replica.update((Update) Codec.readFrame(frame), 2);
        }
        assertEquals(USERS, whereabouts.users());
        assertTrue(replica.inStep());
        long estimate = whereabouts.bytes() / USERS;
        long with = used();
        whereabouts = null;
        replica = null;
        long bytes = (with - used()) / USERS;
        System.out.println(what + ": " + bytes + " bytes each, estimated " + estimate);
        assertTrue(bytes > 100 && bytes < 2000, "bytes " + bytes);
    }

    private static long used() {
        for (int i = 0; i < 5; i++) System.gc(); // one does not do
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
