package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

class PlacementTest {
    private static final int ACCOUNTS = 10_000;

    private static Placement of(int nodes) {
        return new Placement(
                0,
                IntStream.range(0, nodes)
                        .mapToObj(i -> new Participant(new NodeId("node" + i + ".example.org", 1), 1))
                        .toList());
    }

    private static Jid account(int i) {
        return Jid.of("user" + i + "@example.org");
    }

    @Test // hashes belong to what nodes say to each other (CLUSTER 24)
    void seatsAreTheSameOnEveryNode() {
        assertEquals("14 04 24 20", names(of(5), 0, 1, 2, 3));
    }

    private static String names(Placement placement, int... accounts) {
        StringBuilder s = new StringBuilder();
        for (int i : accounts) {
            placement.seats(account(i)).forEach(p -> s.append(p.id().name().charAt(4)));
            s.append(' ');
        }
        return s.toString().strip();
    }

    @Test
    void aloneThereIsNoReplica() {
        Placement one = of(1);
        assertEquals(one.participants(), one.seats(account(1)));
        assertTrue(one.seats(one.participants().get(0), account(1)));
    }

    @Test
    void ownerAndReplicaAreTwo() {
        Placement placement = of(7);
        for (int i = 0; i < ACCOUNTS; i++) {
            Jid account = account(i);
            List<Participant> seats = placement.seats(account);
            assertEquals(2, seats.stream().distinct().count());
            assertEquals(seats.get(0), placement.owner(account));
            for (Participant p : placement.participants()) {
                assertEquals(seats.contains(p), placement.seats(p, account));
            }
        }
    }

    @Test
    void eachHasItsShare() {
        for (int n : new int[] {2, 3, 5, 8}) {
            Map<Participant, Integer> shares = new HashMap<>();
            for (int i = 0; i < ACCOUNTS; i++) of(n).seats(account(i)).forEach(p -> shares.merge(p, 1, Integer::sum));
            shares.values().forEach(share -> assertEquals(2.0 / n, share / (double) ACCOUNTS, 0.2 / n));
        }
    }

    @Test
    void whenOneJoinsOnlyItsShareMovesAndOnlyToIt() {
        Placement before = of(5);
        Placement after = of(6);
        int moved = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            for (Participant seat : after.seats(account(i))) {
                if (before.seats(seat, account(i))) continue;
                moved++;
                assertEquals("node5.example.org", seat.id().name());
            }
        }
        assertEquals(2.0 / 6, moved / (double) ACCOUNTS, 0.03);
    }
}
