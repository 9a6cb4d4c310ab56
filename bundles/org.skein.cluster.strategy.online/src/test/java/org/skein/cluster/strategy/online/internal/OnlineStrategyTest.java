package org.skein.cluster.strategy.online.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.strategy.ClusteringStrategy.Presences;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;

class OnlineStrategyTest {
    private static final Jid ANNA = Jid.of("anna@localhost");
    private static final Jid PHONE = ANNA.withResource("phone");
    private static final Jid DESK = ANNA.withResource("desk");

    private final VirtualCluster cluster = VirtualCluster.of(3);
    private final VirtualNode a = cluster.nodes.get(0);
    private final VirtualNode b = cluster.nodes.get(1);
    private final VirtualNode c = cluster.nodes.get(2);

    private void startAll() {
        cluster.nodes.forEach(VirtualNode::start);
        cluster.settle();
        cluster.nodes.forEach(n -> assertTrue(n.isInUse(), n.id + " is not in step"));
    }

    @Test
    void aUserIsNamedWhereItIsAndNowhereElse() {
        startAll();
        b.bind(PHONE);
        cluster.settle();
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(), b.located(ANNA), "here alone");
        c.bind(DESK);
        cluster.settle();
        assertEquals(Set.of(b.id, c.id), a.located(ANNA));
        assertEquals(Set.of(c.id), b.located(ANNA));
        b.unbind(PHONE);
        cluster.settle();
        assertEquals(Set.of(c.id), a.located(ANNA));
        c.unbind(DESK);
        cluster.settle();
        assertEquals(Set.of(), a.located(ANNA));
    }

    @Test
    void theAnswerIsNotMadeAnewForEachStanza() {
        startAll();
        b.bind(PHONE);
        c.bind(DESK);
        cluster.settle();
        assertSame(a.strategy.locate(ANNA), a.strategy.locate(ANNA));
        assertSame(b.strategy.locate(ANNA), b.strategy.locate(ANNA));
    }

    @Test
    void aSessionIsBoundWhenTheOthersKnow() {
        startAll();
        b.bind(PHONE);
        assertFalse(b.sessions.get(PHONE).known.isDone());
        cluster.stall(Duration.ofMillis(2)); // on the wires
        assertFalse(b.sessions.get(PHONE).known.isDone());
        while (!b.sessions.get(PHONE).known.isDone()) assertTrue(cluster.step());
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(b.id), c.located(ANNA));
    }

    @Test
    void aloneASessionIsBoundAtOnce() {
        VirtualCluster alone = VirtualCluster.of(1);
        VirtualNode node = alone.nodes.get(0);
        node.start();
        alone.settle();
        node.bind(PHONE);
        assertTrue(node.sessions.get(PHONE).known.isDone());
    }

    @Test
    void aMemberThatIsNotInStepIsNamed() {
        a.start();
        b.start();
        cluster.settle();
        assertEquals(Set.of(c.id), a.located(ANNA), "it runs another strategy, or none");
        c.start();
        assertEquals(Set.of(a.id, b.id), c.located(ANNA));
        cluster.settle();
        assertEquals(Set.of(), a.located(ANNA));
        VirtualNode d = cluster.join();
        while (!a.view.contains(d.id)) a.install();
        assertEquals(Set.of(d.id), a.located(ANNA));
    }

    @Test
    void whoLeavesTakesAllItsSessionsAlongAtOnce() {
        startAll();
        b.bind(PHONE);
        c.bind(DESK);
        cluster.settle();
        cluster.crash(b);
        a.install();
        assertEquals(Set.of(c.id), a.located(ANNA));
        assertEquals(1, a.strategy.figures().get("sessions"));
    }

    @Test
    void whoStopsIsNamedAndNothingItToldIsKept() {
        startAll();
        b.bind(PHONE);
        b.presence(PHONE, Optional.of(ScheduleTest.status(PHONE, 1)));
        cluster.settle();
        b.stop();
        cluster.settle();
        assertEquals(Set.of(b.id), a.located(ANNA));
        assertEquals(Set.of(b.id), a.located(Jid.of("nobody@localhost")));
        assertEquals(
                new Presences(List.of(), List.of(b.id)),
                a.strategy.presences(ANNA).orElseThrow());
        assertEquals(0, a.strategy.figures().get("sessions"));
        assertEquals(Set.of(a.id, c.id), b.located(ANNA), "a late look-up");
    }

    @Test // RFC 6121 §4.3.2
    void presencesAreAnsweredAsTheyCame() {
        startAll();
        b.bind(PHONE);
        b.bind(DESK);
        Stanza there = ScheduleTest.status(PHONE, 7);
        b.presence(PHONE, Optional.of(there));
        cluster.settle();
        Presences presences = a.strategy.presences(ANNA).orElseThrow();
        assertEquals(List.of(), presences.ask());
        assertEquals(
                List.of(there.toString()),
                presences.known().stream().map(p -> p.presence().toString()).toList());
        b.presence(PHONE, Optional.empty());
        cluster.settle();
        assertEquals(
                new Presences(List.of(), List.of()), a.strategy.presences(ANNA).orElseThrow());
    }

    @Test
    void aPresenceTooLargeIsAskedFor() {
        startAll();
        b.bind(PHONE);
        b.presence(PHONE, Optional.of(large(2_000_000)));
        cluster.settle();
        assertEquals(
                new Presences(List.of(), List.of(b.id)),
                a.strategy.presences(ANNA).orElseThrow());
        b.presence(PHONE, Optional.of(large(250_000)));
        cluster.settle();
        assertEquals(1, a.strategy.presences(ANNA).orElseThrow().known().size());
    }

    private static Stanza large(int bytes) {
        return Stanza.presence()
                .from(PHONE)
                .add(Element.of("status", Ns.CLIENT, "x".repeat(bytes)))
                .build();
    }

    @Test
    void startDoesNotWaitForTheSilent() {
        a.start();
        cluster.stall(Duration.ofSeconds(4));
        assertFalse(a.isInUse());
        cluster.stall(Duration.ofSeconds(2));
        assertTrue(a.isInUse());
        assertEquals(Set.of(b.id, c.id), a.located(ANNA));
    }

    @Test
    void startDoesNotWaitForTheSilentHoweverMuchTheOthersHaveToSay() {
        b.start();
        cluster.settle();
        cluster.silent.add(c);
        a.start();
        for (int second = 0; second < 12; second++) {
            b.bind(ANNA.withResource("r" + second));
            cluster.settle(Duration.ofSeconds(1));
        }
        assertTrue(a.isInUse());
        assertEquals(Set.of(b.id, c.id), a.located(ANNA));
        assertEquals(Set.of(c.id), a.located(Jid.of("nobody@localhost")));
    }

    /** It told A its sessions without ever publishing, stopped without a word, and began again while A takes nothing. */
    @Test
    void whatAFormerRunToldIsNotBelieved() {
        cluster.silent.add(c);
        a.start();
        b.start();
        cluster.settle();
        assertFalse(b.isInUse());
        b.stop();
        b.bind(PHONE);
        b.full.add(a.id);
        b.start();
        cluster.stall(Duration.ofSeconds(12));
        assertTrue(b.isInUse());
        do {
            assertTrue(a.located(ANNA).contains(b.id));
        } while (cluster.step());
    }

    @Test
    void aBindOfAStoppedStrategyIsNotConfirmed() {
        startAll();
        b.bind(PHONE);
        b.stop();
        assertTrue(b.sessions.get(PHONE).known.isCompletedExceptionally());
    }

    @Test
    void aViewOlderThanTheOneInstalledIsNotTaken() {
        startAll();
        var before = a.view;
        VirtualNode d = cluster.join();
        cluster.settle();
        a.strategy.changed(before);
        assertEquals(Set.of(d.id), a.located(ANNA));
    }

    @Test
    void figuresSayWhatIsKnown() {
        startAll();
        b.bind(PHONE);
        b.bind(DESK);
        c.bind(Jid.of("ben@localhost/x"));
        cluster.settle();
        var figures = a.strategy.figures();
        assertEquals(2, figures.get("users"));
        assertEquals(3, figures.get("sessions"));
        assertEquals(0, figures.get("not.in.step"));
        assertTrue(figures.get("bytes") > 300);
        assertEquals(2, b.strategy.figures().get("own.sessions"));
        Set<NodeId> empty = Set.of();
        cluster.crash(b);
        cluster.crash(c);
        cluster.settle();
        assertEquals(empty, a.located(ANNA));
        assertEquals(0, a.strategy.figures().get("bytes"));
    }
}
