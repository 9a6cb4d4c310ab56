package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.component.Router;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class GreetingCommandsTest {
    private final FakeCluster cluster = new FakeCluster("n1", "n2");
    private final Map<String, Greetings> greetings = new HashMap<>();
    private final List<Stanza> routed = new ArrayList<>();
    private final Router router = (stanza, listener) -> routed.add(stanza);
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };
    private final Function<FakeNode, Action<MotdText>> set = n -> new SetMotd(of(n), cluster.hosts);
    private final Function<FakeNode, Action<WhichDomain>> delete = n -> new DeleteMotd(of(n), cluster.hosts);
    private final Function<FakeNode, Action<WelcomeText>> welcome = n -> new SetWelcome(of(n), cluster.hosts);

    private Greetings of(FakeNode node) {
        return greetings.computeIfAbsent(node.name, name -> new Greetings(cluster.storage.xml(), router, clock));
    }

    /** What one is told who becomes available on a node. */
    private List<String> told(String node, String full) {
        FakeSession session = cluster.node(node).online(full);
        of(cluster.node(node)).presenceChanged(session, Optional.empty(), session.presence);
        return session.sent.stream().map(Stanza::body).toList();
    }

    @Test // XEP-0133 §4.24
    void theMessageOfTheDayIsToldOnceADayOnWhicheverNode() {
        assertEquals(List.of(), told("n1", "x@a.example/1"));
        assertEquals(List.of(), told("n2", "x@a.example/1"));
        cluster.run(set, new MotdText("Be nice\nto others", ""));
        assertEquals(List.of("Be nice\nto others"), told("n2", "x@a.example/2"));
        assertEquals(List.of(), told("n1", "x@a.example/3"));
        assertEquals(List.of("Be nice\nto others"), told("n1", "y@b.example/1"));
        now = now.plus(Duration.ofHours(12));
        assertEquals(List.of("Be nice\nto others"), told("n1", "x@a.example/4"));
        cluster.run(set, new MotdText("Be kind", "b.example"));
        assertEquals(List.of(), told("n1", "x@a.example/5"));
        assertEquals(List.of("Be kind"), told("n2", "y@b.example/2"));
    }

    @Test // XEP-0133 §4.26
    void aMessageTakenAwayIsNotTold() {
        cluster.run(set, new MotdText("Be nice", ""));
        cluster.run(delete, new WhichDomain("a.example"));
        assertEquals(List.of(), told("n2", "x@a.example/1"));
        assertEquals(List.of("Be nice"), told("n2", "x@b.example/1"));
    }

    @Test
    void aNodeTheCommandDidNotReachKnowsAfterAWhile() {
        Greetings late = new Greetings(cluster.storage.xml(), router, clock);
        FakeSession before = cluster.node("n1").online("x@a.example/1");
        late.presenceChanged(before, Optional.empty(), before.presence);
        cluster.run(set, new MotdText("Be nice", ""));
        late.presenceChanged(before, Optional.empty(), before.presence);
        assertEquals(List.of(), before.sent);
        now = now.plus(Greetings.KEPT).plusSeconds(1);
        late.presenceChanged(before, before.presence, before.presence);
        assertEquals(List.of(), before.sent);
        late.presenceChanged(before, Optional.empty(), before.presence);
        assertEquals(1, before.sent.size());
    }

    @Test
    void aDatabaseThatIsDownKeepsNobodyFromLoggingIn() {
        cluster.storage.available(false);
        assertEquals(List.of(), told("n1", "x@a.example/1"));
        assertEquals(
                Kind.UNAVAILABLE, cluster.refused(set, new MotdText("x", "")).kind());
        cluster.storage.available(true);
        cluster.run(set, new MotdText("x", ""));
        assertEquals(List.of("x"), told("n1", "x@a.example/2"));
    }

    @Test // XEP-0133 §4.27
    void aNewAccountIsWelcomed() {
        of(cluster.node("n1")).createdHere(Jid.of("x@a.example"));
        assertEquals(List.of(), routed);
        cluster.run(welcome, new WelcomeText("Hello", ""));
        of(cluster.node("n2")).createdHere(Jid.of("x@a.example"));
        assertEquals(1, routed.size());
        assertEquals("Hello", routed.get(0).body());
        assertEquals(Jid.of("x@a.example"), routed.get(0).to().orElseThrow());
        assertEquals(Jid.of("a.example"), routed.get(0).from().orElseThrow());
    }

    @Test // XEP-0133 §4.25
    void theFormToChangeItHoldsWhatThereIs() {
        EditMotd edit = new EditMotd(of(cluster.node("n1")), cluster.hosts);
        assertEquals(Map.of(), edit.prefill(1, Map.of()).toCompletableFuture().join());
        cluster.run(set, new MotdText("one\ntwo", ""));
        assertEquals(
                Map.of("motd", List.of("one", "two")),
                edit.prefill(1, Map.of()).toCompletableFuture().join());
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(set, new MotdText("x", "other.example")).kind());
    }
}
