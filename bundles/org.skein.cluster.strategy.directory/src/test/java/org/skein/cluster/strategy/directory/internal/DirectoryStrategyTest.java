package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.strategy.directory.internal.VirtualNode.Session;
import org.skein.xmpp.Jid;

class DirectoryStrategyTest {
    private static final String[] NAMES = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

    private final VirtualCluster cluster = new VirtualCluster(1);
    private final List<VirtualNode> nodes = new ArrayList<>();

    @AfterEach
    void nothingFailed() {
        nodes.forEach(node -> assertEquals(List.of(), node.failures, node.toString()));
    }

    private void started(int n) {
        for (int i = 0; i < n; i++) nodes.add(cluster.join(NAMES[i]));
        cluster.runMs(10);
        nodes.forEach(VirtualNode::startStrategy);
        cluster.runMs(1000);
        nodes.forEach(node -> assertTrue(node.isStarted));
        cluster.frames.clear();
    }

    private static Jid account(int i) {
        return Jid.of("user" + i + "@example.org");
    }

    private static Session bind(VirtualNode node, Jid account) {
        return node.bind(account.withResource("r"));
    }

    private static Set<NodeId> ids(VirtualNode... nodes) {
        Set<NodeId> ids = new TreeSet<>();
        for (VirtualNode node : nodes) ids.add(node.id);
        return ids;
    }

    private Set<NodeId> others(VirtualNode node) {
        Set<NodeId> ids = new TreeSet<>(node.view.ids());
        ids.remove(node.id);
        return ids;
    }

    private static Set<NodeId> now(VirtualNode node, Jid account) {
        return new TreeSet<>(node.strategy.locate(account).now());
    }

    private Set<NodeId> locate(VirtualNode node, Jid account) {
        List<Set<NodeId>> told = new ArrayList<>();
        node.strategy.locate(account).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        cluster.runMs(100);
        return told.get(0);
    }

    /** An account whose entry is not at these nodes, but at others. */
    private Jid accountAway(VirtualNode... from) {
        for (int i = 0; ; i++) {
            List<VirtualNode> seats = seats(account(i));
            if (List.of(from).stream().noneMatch(seats::contains)) return account(i);
        }
    }

    /** Owner and replica. */
    private List<VirtualNode> seats(Jid account) {
        Placement placement = new Placement(
                0,
                nodes.stream()
                        .filter(n -> n.isAlive)
                        .map(n -> new Participant(n.id, 1))
                        .toList());
        return placement.seats(account).stream().map(p -> cluster.node(p.id())).toList();
    }

    private long figure(VirtualNode node, String name) {
        return node.strategy.figures().get(name);
    }

    private long sum(String... names) {
        long sum = 0;
        for (VirtualNode node : cluster.alive()) {
            if (node.strategy == null) continue;
            for (String name : names) sum += figure(node, name);
        }
        return sum;
    }

    // look-ups

    @Test
    void aMissIsOneRequestAndAHitNone() {
        started(4);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bind(nodes.get(1), anna);
        cluster.runMs(100);
        cluster.frames.clear();
        assertFalse(nodes.get(0).strategy.locate(anna).isKnown());
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        assertEquals(Map.of(Frames.ASK, 1L), cluster.frames);
        assertEquals(ids(nodes.get(1)), now(nodes.get(0), anna));
        assertSame(nodes.get(0).strategy.locate(anna), nodes.get(0).strategy.locate(anna));
        cluster.runMs(1000);
        assertEquals(Map.of(Frames.ASK, 1L), cluster.frames);
        assertEquals(1, figure(nodes.get(0), "misses"));
        assertEquals(1, figure(nodes.get(0), "cached"));
    }

    @Test
    void ownerAndReplicaAnswerAtOnce() {
        started(4);
        Jid anna = account(1);
        VirtualNode holder =
                nodes.stream().filter(n -> !seats(anna).contains(n)).findFirst().orElseThrow();
        assertTrue(bindAndRun(holder, anna).isBound);
        cluster.frames.clear();
        for (VirtualNode seat : seats(anna)) assertEquals(ids(holder), now(seat, anna));
        assertEquals(Map.of(), cluster.frames);
    }

    private Session bindAndRun(VirtualNode node, Jid account) {
        Session session = bind(node, account);
        cluster.runMs(100);
        return session;
    }

    @Test
    void aBroadcastToManyContactsIsOneRequestToEachOwner() {
        started(5);
        for (int i = 0; i < 250; i++) bind(nodes.get(i % 5), account(i));
        cluster.runMs(100);
        cluster.frames.clear();
        List<NodeSet> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) answers.add(nodes.get(0).strategy.locate(account(i)));
        cluster.runMs(100);
        assertEquals(Map.of(Frames.ASK, 4L), cluster.frames);
        for (int i = 0; i < 500; i++) {
            Set<NodeId> holders = i < 250 && i % 5 != 0 ? ids(nodes.get(i % 5)) : Set.of();
            List<Set<NodeId>> told = new ArrayList<>();
            answers.get(i).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
            assertEquals(List.of(holders), told, "account " + i);
        }
    }

    @Test // CLUSTER 19
    void absenceIsNotCached() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        assertEquals(Set.of(), locate(nodes.get(0), anna));
        bind(nodes.get(1), anna);
        cluster.runMs(100);
        assertEquals(0, cluster.sent(Frames.CHANGES));
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        assertEquals(2, cluster.sent(Frames.ASK));
    }

    @Test
    void identicalLookUpsAreOne() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        bindAndRun(nodes.get(1), anna);
        for (int i = 0; i < 10; i++) nodes.get(0).strategy.locate(anna);
        cluster.run(VirtualCluster.MS * 11 / 10);
        for (int i = 0; i < 10; i++) nodes.get(0).strategy.locate(anna); // the request is on its way
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        assertEquals(1, cluster.sent(Frames.ASK));
    }

    @Test
    void theReplicaIsAskedWhenTheOwnerIsSilent() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        List<VirtualNode> seats = seats(anna);
        bindAndRun(nodes.get(0), anna);
        VirtualNode asker = nodes.stream()
                .filter(n -> n != nodes.get(0) && !seats.contains(n))
                .findFirst()
                .orElseThrow();
        cluster.silent.add(seats.get(0).id);
        List<Set<NodeId>> told = new ArrayList<>();
        asker.strategy.locate(anna).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        cluster.runMs(290);
        assertEquals(List.of(), told);
        cluster.runMs(30);
        assertEquals(List.of(ids(nodes.get(0))), told);
    }

    @Test
    void whenNeitherAnswersInTimeAllMembersAreNamed() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        seats(anna).forEach(seat -> cluster.silent.add(seat.id));
        List<Set<NodeId>> told = new ArrayList<>();
        nodes.get(0).strategy.locate(anna).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        cluster.runMs(700);
        assertEquals(List.of(others(nodes.get(0))), told);
    }

    @Test
    void lookUpsDoNotWaitForANodeThatTakesNoMore() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        bindAndRun(nodes.get(1), anna);
        seats(anna).forEach(seat -> nodes.get(0).blocked(seat.id, true));
        List<Set<NodeId>> told = new ArrayList<>();
        nodes.get(0).strategy.locate(anna).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        cluster.runMs(10);
        assertEquals(List.of(others(nodes.get(0))), told);
        assertEquals(0, cluster.sent(Frames.ASK));
    }

    // changes

    @Test // CLUSTER 19
    void aBindCompletesWhenThoseWhoAskedKnow() {
        started(5);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bindAndRun(nodes.get(1), anna);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        cluster.silent.add(nodes.get(0).id);
        VirtualNode second = nodes.get(2);
        Session session = bindAndRun(second, anna);
        assertFalse(session.isBound);
        cluster.release(nodes.get(0).id);
        cluster.runMs(10);
        assertTrue(session.isBound);
        assertEquals(ids(nodes.get(1), second), now(nodes.get(0), anna));
        assertEquals(1, cluster.sent(Frames.CHANGES));
    }

    @Test
    void whatThoseWhoAskedHaveCachedShrinks() {
        started(5);
        Jid anna = accountAway(nodes.get(0), nodes.get(1));
        bindAndRun(nodes.get(1), anna);
        bindAndRun(nodes.get(2), anna);
        assertEquals(ids(nodes.get(1), nodes.get(2)), locate(nodes.get(0), anna));
        nodes.get(1).unbind(anna.withResource("r"));
        cluster.runMs(200);
        assertEquals(ids(nodes.get(2)), now(nodes.get(0), anna));
        nodes.get(2).unbind(anna.withResource("r"));
        cluster.runMs(500);
        assertEquals(0, sum("cached", "entries", "replicas"), "nothing is left");
    }

    @Test
    void furtherSessionsCostNothing() {
        started(4);
        Jid anna = accountAway(nodes.get(0));
        bindAndRun(nodes.get(0), anna);
        cluster.frames.clear();
        assertTrue(nodes.get(0).bind(anna.withResource("second")).isBound);
        nodes.get(0).unbind(anna.withResource("r"));
        cluster.runMs(1000);
        assertEquals(Map.of(), cluster.frames);
        assertEquals(ids(nodes.get(0)), locate(nodes.get(1), anna));
    }

    @Test
    void whatIsEvictedIsForgottenByWhoAnswered() {
        cluster.cacheEntries = 10;
        started(4);
        for (int i = 0; i < 200; i++) bind(nodes.get(1), account(i));
        cluster.runMs(100);
        for (int i = 0; i < 200; i++) nodes.get(0).strategy.locate(account(i));
        cluster.runMs(500);
        assertEquals(10, figure(nodes.get(0), "cached"));
        cluster.changes.clear();
        for (int i = 0; i < 200; i++) nodes.get(1).unbind(account(i).withResource("r"));
        cluster.runMs(500);
        assertEquals(10, cluster.changes.size(), "only what is cached is told");
        assertEquals(0, sum("cached", "entries", "replicas"), "nothing is left");
    }

    @Test
    void withoutACacheAllIsAsked() {
        cluster.cacheEntries = 0;
        started(4);
        Jid anna = accountAway(nodes.get(0));
        bindAndRun(nodes.get(1), anna);
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        assertEquals(ids(nodes.get(1)), locate(nodes.get(0), anna));
        assertEquals(2, cluster.sent(Frames.ASK));
        assertEquals(0, sum("cached"));
    }

    // placement

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

    private VirtualNode join() {
        VirtualNode node = cluster.join(NAMES[nodes.size()]);
        nodes.add(node);
        cluster.runMs(10);
        node.startStrategy();
        cluster.runMs(3000);
        assertTrue(node.isStarted);
        return node;
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

    // start and stop

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

    // messages

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
