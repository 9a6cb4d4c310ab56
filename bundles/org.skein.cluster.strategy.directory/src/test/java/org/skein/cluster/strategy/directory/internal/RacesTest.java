package org.skein.cluster.strategy.directory.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.strategy.directory.internal.VirtualNode.Session;
import org.skein.xmpp.Jid;

/** What schedules by chance find seldom: messages that meet at the worst moment. */
class RacesTest extends DirectoryCase {
    private static final long FAST = VirtualCluster.MS / 10;

    /** Neither owner nor replica. */
    private VirtualNode bystander(Jid account, VirtualNode... but) {
        List<VirtualNode> not = new ArrayList<>(seats(account));
        not.addAll(List.of(but));
        return nodes.stream()
                .filter(n -> n.isAlive && !not.contains(n))
                .findFirst()
                .orElseThrow();
    }

    private void runUntilBound(Session session) {
        for (int i = 0; i < 5000 && !session.isBound; i++) cluster.run(FAST);
        assertTrue(session.isBound);
    }

    @Test // CLUSTER 18
    void aBindWaitsForANodeThatStillLooksWhereEntriesWere() {
        started(6);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode first = bystander(anna, asker);
        bindAndRun(first, anna);
        assertEquals(ids(first), locate(asker, anna));
        cluster.silent.add(asker.id); // it does not hear that the owner is gone, and of nothing else
        cluster.crash(seats(anna).get(0), 0);
        cluster.runMs(500);
        VirtualNode second = bystander(anna, asker, first);
        Session session = bindAndRun(second, anna);
        assertEquals(ids(first), now(asker, anna));
        assertFalse(session.isBound);
        cluster.release(asker.id);
        runUntilBound(session);
        assertTrue(locate(asker, anna).containsAll(ids(first, second)));
    }

    @Test // CLUSTER 19
    void anAnswerOfAbsenceOnItsWayIsNotForWhoAsksLater() {
        started(4);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode holder = bystander(anna, asker);
        cluster.answerDelay = () -> 50 * VirtualCluster.MS;
        List<Set<NodeId>> early = told(asker, anna);
        cluster.runMs(3);
        cluster.answerDelay = () -> FAST;
        runUntilBound(bind(holder, anna));
        List<Set<NodeId>> late = told(asker, anna);
        assertEquals(List.of(), early, "it is on its way yet");
        cluster.runMs(100);
        assertEquals(List.of(Set.of()), early);
        assertEquals(List.of(ids(holder)), late);
    }

    private static List<Set<NodeId>> told(VirtualNode node, Jid account) {
        List<Set<NodeId>> told = new ArrayList<>();
        node.strategy.locate(account).then(ids -> told.add(new TreeSet<>(ids)), f -> told.add(null));
        return told;
    }

    @Test
    void aChangeThatOvertakesTheAnswerCounts() {
        started(4);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode holder = bystander(anna, asker);
        VirtualNode seat = seats(anna).get(0);
        bindAndRun(holder, anna);
        cluster.answerDelay = () -> 50 * VirtualCluster.MS;
        List<Set<NodeId>> early = told(asker, anna);
        cluster.runMs(3);
        cluster.answerDelay = () -> FAST;
        runUntilBound(bind(seat, anna));
        List<Set<NodeId>> late = told(asker, anna);
        cluster.runMs(100);
        assertEquals(List.of(ids(holder, seat)), early);
        assertEquals(List.of(ids(holder, seat)), late);
        assertEquals(ids(holder, seat), now(asker, anna));
        assertEquals(1, cluster.sent(Frames.ASK));
    }

    @Test
    void aBindWaitsForAnAskerTheOwnerHasGivenUp() {
        started(5);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode first = bystander(anna, asker);
        VirtualNode second = bystander(anna, asker, first);
        bindAndRun(first, anna);
        assertEquals(ids(first), locate(asker, anna));
        cluster.silent.add(asker.id);
        seats(anna).get(0).strategy.publishes(asker.id, false);
        Session session = bindAndRun(second, anna);
        assertFalse(session.isBound);
        assertEquals(ids(first), now(asker, anna));
        cluster.release(asker.id);
        runUntilBound(session);
        assertTrue(locate(asker, anna).containsAll(ids(first, second)));
        seats(anna).get(0).strategy.publishes(asker.id, true);
        cluster.runMs(5000);
        assertEquals(ids(first, second), locate(asker, anna));
    }

    @Test
    void aConfirmationOfAnEarlierSessionDoesNotCount() {
        started(4);
        Jid anna = account(1);
        VirtualNode holder = bystander(anna);
        VirtualNode owner = seats(anna).get(0);
        cluster.answerDelay = () -> 200 * VirtualCluster.MS;
        bind(holder, anna);
        cluster.runMs(5);
        cluster.answerDelay = () -> FAST;
        holder.unbind(anna.withResource("r"));
        cluster.runMs(80); // that is told, and the first is not confirmed yet
        assertEquals(0, sum("entries", "replicas"));
        cluster.silent.add(owner.id);
        Session session = bind(holder, anna);
        cluster.runMs(400);
        assertFalse(session.isBound);
        cluster.release(owner.id);
        runUntilBound(session);
        assertEquals(ids(holder), now(owner, anna));
    }

    @Test
    void whatIsCachedStaysGoodWhenANodeComesThatTakesNoShareOfIt() {
        started(5);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode first = bystander(anna, asker);
        bindAndRun(first, anna);
        assertEquals(ids(first), locate(asker, anna));
        // A node comes that takes no share of this account: what is cached rests until all agree.
        VirtualNode late = cluster.join(nameElsewhere(anna));
        nodes.add(late);
        cluster.runMs(10);
        late.startStrategy();
        for (int i = 0; i < 200; i++) {
            told(asker, anna);
            cluster.run(FAST);
        }
        cluster.runMs(1000);
        VirtualNode second = bystander(anna, asker, first);
        bindAndRun(second, anna);
        assertEquals(ids(first, second), locate(asker, anna));
    }

    @Test // CLUSTER 19
    void whatWasEvictedAndAskedAgainIsNotForgotten() {
        cluster.cacheEntries = 1;
        started(4);
        VirtualNode asker = nodes.get(0);
        Jid anna = accountAway(asker);
        Jid bob = otherAwayAt(seats(anna), anna);
        VirtualNode first = seats(anna).get(0);
        bindAndRun(first, anna);
        bindAndRun(first, bob);
        for (Jid account : List.of(anna, bob, anna)) {
            told(asker, account);
            cluster.runMs(5); // what is evicted is told later than that
        }
        cluster.runMs(200);
        VirtualNode second = seats(anna).get(1);
        bindAndRun(second, anna);
        assertEquals(ids(first, second), now(asker, anna));
    }

    /** Another account with these as owner and replica. */
    private Jid otherAwayAt(List<VirtualNode> seats, Jid but) {
        for (int i = 0; ; i++) {
            if (seats(account(i)).equals(seats) && !account(i).equals(but)) return account(i);
        }
    }

    @Test
    void aBindOfANewLifeWaitsForThoseWhoBelieveInTheEarlier() {
        started(4);
        Jid anna = account(1);
        VirtualNode asker = bystander(anna);
        VirtualNode holder = bystander(anna, asker);
        VirtualNode other = seats(anna).get(0);
        cluster.silent.add(asker.id);
        other.strategy.publishes(holder.id, false);
        other.strategy.publishes(holder.id, true);
        for (int i = 0; i < 50_000 && holder.strategy.renewals() == 0; i++) cluster.run(FAST);
        assertEquals(1, holder.strategy.renewals());
        cluster.run(FAST); // it has no participants yet but itself
        Session session = bindAndRun(holder, anna);
        assertFalse(session.isBound);
        cluster.release(asker.id);
        runUntilBound(session);
        assertTrue(locate(asker, anna).contains(holder.id));
    }

    /** A name with which a node does not become owner or replica. */
    private String nameElsewhere(Jid account) {
        List<VirtualNode> before = seats(account);
        List<Participant> all = new ArrayList<>();
        nodes.forEach(n -> all.add(new Participant(n.id, 1)));
        for (int i = 0; ; i++) {
            List<Participant> more = new ArrayList<>(all);
            more.add(new Participant(new NodeId("late" + i, 99), 1));
            List<NodeId> seats = new Placement(0, more)
                    .seats(account).stream().map(Participant::id).toList();
            if (seats.equals(before.stream().map(n -> n.id).toList())) return "late" + i;
        }
    }
}
