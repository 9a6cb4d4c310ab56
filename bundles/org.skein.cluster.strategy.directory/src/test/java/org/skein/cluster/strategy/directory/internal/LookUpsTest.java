package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.strategy.directory.internal.VirtualNode.Session;
import org.skein.xmpp.Jid;

/** What look-ups and changes cost, and what they answer. */
class LookUpsTest extends DirectoryCase {
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
}
