package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.xmpp.Jid;

/** Start, stop, and what cannot be taken. */
class LivesTest extends DirectoryCase {
    @Test
    void aFirstNodeAloneIsInStepAtOnce() {
        VirtualNode node = cluster.join("a");
        node.installNext();
        node.startStrategy();
        assertTrue(node.isStarted);
        assertTrue(bind(node, account(1)).isBound);
        assertEquals(Set.of(), now(node, account(1)));
    }

    @Test
    void membersWithoutADirectoryAreNotWaitedForAndNotNamed() {
        for (int i = 0; i < 4; i++) nodes.add(cluster.join(NAMES[i]));
        cluster.runMs(10);
        nodes.get(0).startStrategy();
        nodes.get(1).startStrategy();
        cluster.runMs(200);
        assertTrue(nodes.get(0).isStarted && nodes.get(1).isStarted);
        assertTrue(bindAndRun(nodes.get(0), account(1)).isBound);
        assertEquals(ids(nodes.get(0)), now(nodes.get(1), account(1)));
        assertEquals(Set.of(), now(nodes.get(1), account(2)));
    }

    @Test
    void sessionsFromBeforeTheStartAreFound() {
        for (int i = 0; i < 4; i++) nodes.add(cluster.join(NAMES[i]));
        cluster.runMs(10);
        for (int i = 0; i < 100; i++) bind(nodes.get(i % 4), account(i));
        nodes.forEach(VirtualNode::startStrategy);
        cluster.runMs(1000);
        for (int i = 0; i < 100; i++) {
            for (VirtualNode node : nodes) {
                Set<NodeId> holder = node == nodes.get(i % 4) ? Set.of() : ids(nodes.get(i % 4));
                assertEquals(holder, locate(node, account(i)));
            }
        }
    }

    @Test
    void aNodeThatIsNotInStepIsNamed() {
        started(3);
        VirtualNode late = cluster.join("late");
        cluster.runMs(10);
        late.announcesEarly = true; // it publishes, and has told nothing yet
        cluster.silent.add(late.id);
        late.startStrategy();
        nodes.get(0).strategy.publishes(late.id, true);
        assertEquals(ids(late), now(nodes.get(0), account(1)));
    }

    @Test
    void aServiceIsStartedAgain() {
        started(4);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bindAndRun(nodes.get(1), anna);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        nodes.get(1).stopStrategy();
        cluster.runMs(1000);
        assertEquals(0, sum("entries", "replicas"));
        nodes.get(1).startStrategy();
        cluster.runMs(1000);
        assertTrue(nodes.get(1).isStarted);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
    }

    @Test
    void aCallThatIsLateNamesAllMembers() {
        started(4);
        DirectoryStrategy strategy = nodes.get(0).strategy;
        Jid anna = accountAway(nodes.get(0));
        seats(anna).forEach(seat -> cluster.silent.add(seat.id));
        List<Set<NodeId>> told = new ArrayList<>();
        strategy.locate(anna).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        nodes.get(0).stopStrategy();
        assertEquals(List.of(others(nodes.get(0))), told);
        assertEquals(others(nodes.get(0)), new HashSet<>(strategy.locate(anna).now()));
    }

    @Test
    void whatANodeSendsIsBounded() {
        started(3);
        nodes.get(0).blocked(nodes.get(1).id, true);
        for (int i = 0; i < 6000; i++) bind(nodes.get(0), account(i));
        cluster.runMs(500);
        assertEquals(0, figure(nodes.get(1), "entries"));
        nodes.get(0).blocked(nodes.get(1).id, false);
        cluster.runMs(500); // the virtual node checks the size of each message, and that it may be sent
        nodes.get(0).sessions.values().forEach(s -> assertTrue(s.isBound));
        assertEquals(12_000, sum("entries", "replicas"));
    }

    @Test
    void garbageIsRefusedAndChangesNothing() {
        started(3);
        for (int i = 0; i < 50; i++) bind(nodes.get(i % 3), account(i));
        cluster.runMs(200);
        List<Map<String, Long>> before =
                nodes.stream().map(n -> n.strategy.figures()).toList();
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 2) bytes[0] = (byte) (1 + random.nextInt(2));
            if (bytes.length > 2) bytes[1] = (byte) random.nextInt(6);
            try { // well-formed by chance: of a life that nobody has
                byte[] answer = nodes.get(0)
                        .strategy
                        .called(nodes.get(1).id, bytes)
                        .toCompletableFuture()
                        .join();
                assertEquals(Frames.Outcome.STRANGER, Frames.answer(answer).outcome());
            } catch (IllegalArgumentException refused) {
                continue;
            }
        }
        assertEquals(before, nodes.stream().map(n -> n.strategy.figures()).toList());
        assertThrows(
                IllegalArgumentException.class, () -> nodes.get(0).strategy.received(nodes.get(1).id, new byte[4]));
    }

    @Test
    void aNodeThatWasGivenUpBeginsAnew() {
        started(4);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bindAndRun(nodes.get(1), anna);
        nodes.get(2).strategy.publishes(nodes.get(1).id, false); // as when it sent what cannot be taken
        nodes.get(2).strategy.publishes(nodes.get(1).id, true);
        cluster.runMs(3000);
        assertEquals(1, nodes.get(1).strategy.renewals());
        for (VirtualNode node : nodes) {
            assertEquals(node == nodes.get(1) ? Set.of() : ids(nodes.get(1)), locate(node, anna));
        }
        assertEquals(2, sum("entries", "replicas"));
    }
}
