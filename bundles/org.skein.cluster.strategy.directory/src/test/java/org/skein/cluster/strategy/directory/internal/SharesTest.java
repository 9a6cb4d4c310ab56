package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.xmpp.Jid;

/** Where entries are, and what moves. */
class SharesTest extends DirectoryCase {
    @Test
    void entriesOfANodeBecomeFewerAsNodesAreAdded() {
        int accounts = 2000;
        started(2);
        for (int i = 0; i < accounts; i++) bind(nodes.get(i % 2), account(i));
        cluster.runMs(1000);
        for (int n = 2; n <= 8; n *= 2) {
            while (nodes.size() < n) join();
            assertEquals(accounts, sum("entries"));
            assertEquals(accounts, sum("replicas"));
            for (VirtualNode node : nodes) {
                double share = figure(node, "entries") + figure(node, "replicas");
                assertEquals(2.0 / n, share / accounts, 0.3 / n, node + " of " + n);
            }
        }
    }

    @Test
    void whenANodeJoinsOnlyItsShareMoves() {
        int accounts = 2000;
        started(4);
        for (int i = 0; i < accounts; i++) bind(nodes.get(i % 4), account(i));
        cluster.runMs(1000);
        long before = sum("moved");
        join();
        assertEquals(2.0 / 5, (sum("moved") - before) / (double) accounts, 0.05);
    }

    @Test
    void whenANodeIsGoneOnlyItsShareMoves() {
        int accounts = 2000;
        started(5);
        for (int i = 0; i < accounts; i++) bind(nodes.get(i % 4), account(i));
        cluster.runMs(1000);
        long before = sum("moved");
        cluster.crash(nodes.get(4), 0);
        cluster.runMs(3000);
        assertEquals(2.0 / 5, (sum("moved") - before) / (double) accounts, 0.05);
        assertEquals(2 * accounts, sum("entries", "replicas"));
    }

    @Test // CLUSTER 19
    void ownerAndReplicaAreLostAtOnce() {
        started(5);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bindAndRun(nodes.get(1), anna);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        List<VirtualNode> seats = seats(anna);
        seats.forEach(seat -> cluster.crash(seat, 0));
        while (seats.stream().anyMatch(seat -> nodes.get(0).view.contains(seat.id))) cluster.run(1000);
        assertEquals(others(nodes.get(0)), now(nodes.get(0), anna), "until it has been told anew");
        cluster.runMs(1000);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
    }

    @Test
    void aNodeThatLeftIsNamedNoMoreAtOnce() {
        started(5);
        Jid anna = accountAway(nodes.get(0), nodes.get(1), nodes.get(2));
        bindAndRun(nodes.get(1), anna);
        bindAndRun(nodes.get(2), anna);
        assertEquals(ids(nodes.get(1), nodes.get(2)), locate(nodes.get(0), anna));
        cluster.crash(nodes.get(1), 0);
        cluster.runMs(1000);
        cluster.frames.clear();
        assertEquals(ids(nodes.get(2)), locate(nodes.get(0), anna));
    }
}
