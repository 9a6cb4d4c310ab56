package org.skein.adhoc.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skein.adhoc.internal.commands.FakeCluster.value;
import static org.skein.adhoc.internal.commands.FakeCluster.values;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skein.api.command.Action;
import org.skein.api.command.CommandException.Kind;
import org.skein.api.command.Result;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Ns;
import org.skein.xmpp.Stanza;
import org.skein.xmpp.StreamError;

class SessionCommandsTest {
    private static final Instant NOW = Instant.ofEpochSecond(100_000);
    private static final Instant RECENTLY = NOW.minus(Online.IDLE_AFTER);
    private static final Instant LONG_AGO = RECENTLY.minus(Duration.ofSeconds(1));

    private final FakeCluster cluster = new FakeCluster("n1", "n2", "n3");
    private final FakeNode n1 = cluster.node("n1");
    private final FakeNode n2 = cluster.node("n2");
    private final FakeNode n3 = cluster.node("n3");
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final Function<FakeNode, Action<EndUserSession.Input>> end =
            n -> new EndUserSession(n, cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<KickSession.Input>> kick =
            n -> new KickSession(n, cluster.accounts, cluster.hosts);
    private final Function<FakeNode, Action<SessionList.Input>> list = SessionList::new;
    private final Function<FakeNode, Action<SessionInfo.Input>> info =
            n -> new SessionInfo(cluster.accounts, n, cluster.hosts);

    private static EndUserSession.Input these(String... jids) {
        return new EndUserSession.Input(Arrays.stream(jids).map(Jid::of).toList());
    }

    private String count(Function<FakeNode, Action<Action.Nothing>> command) {
        return value(cluster.run(command, new Action.Nothing()));
    }

    private FakeSession at(FakeNode node, String full, Instant lastActivity) {
        FakeSession session = node.online(full);
        session.lastActivity = lastActivity;
        return session;
    }

    @Test // XEP-0133 §4.5
    void sessionsEndWhereverTheyAre() {
        cluster.accounts("x@a.example", "y@a.example");
        FakeSession here = n1.online("x@a.example/1");
        FakeSession there = n2.online("x@a.example/2");
        FakeSession named = n3.online("y@a.example/1");
        FakeSession other = n3.online("y@a.example/2");
        assertEquals("3", value(cluster.run(end, these("x@a.example", "y@a.example/1"))));
        for (FakeSession s : List.of(here, there, named)) {
            assertEquals(
                    StreamError.Condition.POLICY_VIOLATION,
                    s.error.orElseThrow().condition());
        }
        assertEquals(Optional.empty(), other.error);
        assertEquals("0", value(cluster.run(end, these("x@a.example"))));
        assertEquals(Kind.NOT_FOUND, cluster.refused(end, these("no@a.example")).kind());
        assertEquals(
                Kind.BAD_INPUT, cluster.refused(end, these("x@else.example")).kind());
    }

    @Test
    void sessionsEndWithoutADatabaseToo() {
        FakeSession session = n1.online("x@a.example/1");
        FakeCluster alone = cluster;
        alone.nodes.subList(1, 3).clear();
        alone.storage.available(false);
        assertEquals("1", value(cluster.run(end, these("x@a.example"))));
        assertTrue(session.error.isPresent());
    }

    @Test
    void aSessionIsKickedWithTheErrorChosen() {
        cluster.accounts("x@a.example");
        FakeSession session = n3.online("x@a.example/1");
        cluster.run(kick, new KickSession.Input(Jid.of("x@a.example/1"), "reset", "come again"));
        assertEquals(StreamError.Condition.RESET.error("come again"), session.error.orElseThrow());
        FakeSession plain = n2.online("x@a.example/1");
        cluster.run(kick, new KickSession.Input(Jid.of("x@a.example"), "", ""));
        assertEquals(
                StreamError.Condition.POLICY_VIOLATION,
                plain.error.orElseThrow().condition());
    }

    @Test // XEP-0133 §4.15
    void whoIsOnSeveralNodesIsCountedOnce() {
        n1.online("x@a.example/1");
        n2.online("x@a.example/2");
        n3.online("x@a.example/3");
        n3.online("y@a.example/1");
        n3.online("y@a.example/2");
        assertEquals("2", count(OnlineCount::new));
        assertEquals(
                List.of("x@a.example", "y@a.example"),
                values(cluster.run(OnlineUsers::new, new UserPage(0, "")), "onlineuserjids"));
    }

    @Test // XEP-0133 §4.16, §4.17, §4.21, §4.22
    void whoIsActiveOnOneNodeIsNotIdle() {
        at(n1, "both@a.example/1", LONG_AGO);
        at(n2, "both@a.example/2", RECENTLY);
        at(n1, "idle@a.example/1", LONG_AGO);
        at(n3, "idle@a.example/2", LONG_AGO);
        at(n2, "active@a.example/1", RECENTLY);
        at(n2, "lone@a.example/1", LONG_AGO);
        at(n3, "lost@a.example/1", NOW).isConnected = false;
        assertEquals("2", count(n -> new ActiveCount(n, clock)));
        assertEquals("3", count(n -> new IdleCount(n, clock)));
        assertEquals(
                List.of("active@a.example", "both@a.example"),
                values(cluster.run(n -> new ActiveUsers(n, clock), new UserPage(9, "")), "activeuserjids"));
        assertEquals(
                List.of("idle@a.example", "lone@a.example", "lost@a.example"),
                values(cluster.run(n -> new IdleUsers(n, clock), new UserPage(9, "")), "idleuserjids"));
    }

    @Test
    void pagesTogetherAreTheWholeListWhateverTheirSize() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TreeSet<String> idle = new TreeSet<>();
        TreeSet<String> online = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            String user = "u" + random.nextInt(120) + "@a.example";
            at(cluster.nodes.get(random.nextInt(3)), user + "/" + i, random.nextBoolean() ? RECENTLY : LONG_AGO);
            online.add(user);
        }
        for (String user : online) {
            boolean isActive = cluster.nodes.stream()
                    .flatMap(n -> n.sessions.stream())
                    .anyMatch(s -> s.jid().bare().toString().equals(user) && s.lastActivity == RECENTLY);
            if (!isActive) idle.add(user);
        }
        for (int max : new int[] {1, 2, 7, 50, 1000}) {
            assertEquals(List.copyOf(online), paged(OnlineUsers::new, max, "onlineuserjids"), "seed " + seed);
            assertEquals(List.copyOf(idle), paged(n -> new IdleUsers(n, clock), max, "idleuserjids"), "seed " + seed);
        }
    }

    private List<String> paged(Function<FakeNode, Action<UserPage>> command, int max, String var) {
        List<String> all = new ArrayList<>();
        String after = "";
        do {
            Result page = cluster.run(command, new UserPage(max, after));
            List<String> users = values(page, var);
            assertTrue(users.size() <= max);
            all.addAll(users);
            after = values(page, "next").stream().findFirst().orElse("");
        } while (!after.isEmpty());
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void sessionsOfAllNodesAreListedInPages(int max) {
        n3.online("a@a.example/1");
        n1.online("b@a.example/1").isConnected = false;
        n2.online("c@a.example/1").presence = Optional.empty();
        n2.online("other@b.example/1");
        List<List<String>> rows = new ArrayList<>();
        String after = "";
        do {
            Result page = cluster.run(list, new SessionList.Input("@a.example", max, after, ""));
            rows.addAll(page.rows());
            after = values(page, "next").stream().findFirst().orElse("");
        } while (!after.isEmpty());
        String since = "1970-01-01T00:00:00Z";
        assertEquals(
                List.of(
                        List.of("a@a.example/1", "n3", "c2s", "192.0.2.0:5000", since, "available 5"),
                        List.of("b@a.example/1", "n1", "c2s", "192.0.2.0:5000", since, "detached"),
                        List.of("c@a.example/1", "n2", "c2s", "192.0.2.0:5000", since, "connected")),
                rows);
    }

    @Test
    void aSessionIsShown() {
        cluster.accounts("x@a.example", "off@a.example");
        n2.online("x@a.example/1").presence = Optional.of(
                Stanza.presence().add(Element.of("show", Ns.CLIENT, "away")).build());
        n3.online("x@a.example/2");
        assertEquals(
                2,
                cluster.run(info, new SessionInfo.Input(Jid.of("x@a.example")))
                        .rows()
                        .size());
        List<String> row = cluster.run(info, new SessionInfo.Input(Jid.of("x@a.example/1")))
                .rows()
                .get(0);
        assertEquals(List.of("x@a.example/1", "n2", "id-1", "c2s"), row.subList(0, 4));
        assertEquals("away 5", row.get(6));
        assertEquals(
                "no session of off@a.example",
                cluster.run(info, new SessionInfo.Input(Jid.of("off@a.example")))
                        .text());
        assertEquals(
                Kind.NOT_FOUND,
                cluster.refused(info, new SessionInfo.Input(Jid.of("no@a.example")))
                        .kind());
    }

    @Test // XEP-0133 §4.23
    void anAnnouncementReachesAvailableSessionsOfAllNodes() {
        FakeSession x = n1.online("x@a.example/1");
        FakeSession y = n3.online("y@b.example/1");
        FakeSession silent = n2.online("z@b.example/1");
        silent.presence = Optional.empty();
        assertEquals("2", value(cluster.run(Announce::new, new Announce.Input("News", "Stop at noon"))));
        assertEquals("Stop at noon", x.sent.get(0).body());
        assertEquals(Jid.of("b.example"), y.sent.get(0).from().orElseThrow());
        assertEquals(Jid.of("y@b.example/1"), y.sent.get(0).to().orElseThrow());
        assertEquals(List.of(), silent.sent);
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(Announce::new, new Announce.Input("", "  ")).kind());
    }

    @Test
    void sessionsOfOneNodeAreListed() {
        n1.online("a@a.example/1");
        n3.online("b@a.example/1");
        Result listed = cluster.run(list, new SessionList.Input("", 10, "", "n3"));
        assertEquals(
                List.of("b@a.example/1"),
                listed.rows().stream().map(r -> r.get(0)).toList());
    }

    private final List<SessionTap> taps = new ArrayList<>();
    private final Function<FakeNode, Action<SessionTrace.Input>> trace =
            n -> new SessionTrace(cluster.hosts, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), tap -> {
                taps.add(tap);
                return () -> taps.remove(tap);
            });

    private static Stanza said(String text) {
        return Stanza.message()
                .from(Jid.of("x@a.example/1"))
                .to(Jid.of("y@a.example"))
                .type("chat")
                .id("7")
                .body(text)
                .build();
    }

    private CompletableFuture<Result> traced(FakeNode node, SessionTrace.Input in) {
        return trace.apply(node)
                .run(in, new Action.Call(FakeCluster.ADMIN, node.name, true))
                .toCompletableFuture();
    }

    @Test
    void aTraceShowsAUsersStanzasAndEndsWhenItHasEnough() {
        FakeSession meant = n1.online("x@a.example/1");
        FakeSession other = n1.online("other@a.example/1");
        var answer = traced(n1, new SessionTrace.Input(Jid.of("x@a.example"), 60, 2, false));
        SessionTap tap = taps.get(0);
        tap.fromClient(other, said("nobody's"));
        tap.fromClient(meant, said("my secret"));
        assertFalse(answer.isDone());
        tap.toSession(meant, said("more"));
        tap.toSession(meant, said("too late"));
        List<List<String>> rows = answer.join().rows();
        String time = "1970-01-01T00:00:00.000000Z";
        String stanza = "message chat from x@a.example/1 to y@a.example id 7 <body of ";
        assertEquals(
                List.of(
                        List.of(time, "n1", "x@a.example/1", "in", stanza + "9>"),
                        List.of(time, "n1", "x@a.example/1", "out", stanza + "4>")),
                rows);
        assertEquals(List.of(), taps);
    }

    @Test
    void aTraceTellsTextsIfAskedAndEndsByItselfOrIsCancelled() {
        FakeSession meant = n1.online("x@a.example/1");
        var answer = traced(n1, new SessionTrace.Input(Jid.of("x@a.example/1"), 1, 100, true));
        taps.get(0).fromClient(meant, said("my secret"));
        List<List<String>> rows = answer.join().rows();
        assertTrue(rows.get(0).get(4).contains(">my secret</body>"), rows.toString());
        assertEquals(List.of(), taps);
        var cancelled = traced(n1, new SessionTrace.Input(Jid.of("x@a.example/1"), 60, 100, true));
        assertEquals(1, taps.size());
        cancelled.cancel(true);
        assertEquals(List.of(), taps);
        assertEquals(
                Kind.BAD_INPUT,
                cluster.refused(trace, new SessionTrace.Input(Jid.of("x@other.example"), 1, 1, false))
                        .kind());
    }

    private static Element fields(String type, Element... fields) {
        Element.Builder form = Element.builder("x", "jabber:x:data").attribute("type", type);
        Arrays.stream(fields).forEach(form::child);
        return form.build();
    }

    private static Element field(String var, String type, String value) {
        Element.Builder field =
                Element.builder("field", "jabber:x:data").attribute("var", var).child("value", value);
        return type.isEmpty() ? field.build() : field.attribute("type", type).build();
    }

    /** The stanza as it is in the answer, with texts. */
    private String tracedWithTexts(Stanza stanza) {
        FakeSession meant = n1.online("x@a.example/1");
        var answer = traced(n1, new SessionTrace.Input(Jid.of("x@a.example"), 60, 1, true));
        taps.get(0).fromClient(meant, stanza);
        return answer.join().rows().get(0).get(4);
    }

    private static Stanza with(Element payload) {
        return Stanza.iq().type("set").id("7").add(payload).build();
    }

    @Test
    void aTraceNeverTellsPasswords() {
        for (String namespace : List.of("jabber:iq:register", "jabber:iq:auth")) {
            Element query = Element.builder("query", namespace)
                    .child("username", "x")
                    .child("password", "pa55w0rd")
                    .build();
            assertEquals("iq set id 7 <query of 25>", tracedWithTexts(with(query)));
        }
        Element filled = fields("submit", field("password", "", "pa55w0rd"));
        Element command =
                Element.of("command", "http://jabber.org/protocol/commands").with(filled);
        String told = tracedWithTexts(with(command));
        assertTrue(told.startsWith("iq set id 7 <command of "), told);
        assertFalse(told.contains("pa55w0rd"), told);

        Element room = Element.of("query", "http://jabber.org/protocol/muc#owner")
                .with(fields(
                        "form", field("name", "text-single", "a room"), field("secret", "text-private", "pa55w0rd")));
        told = tracedWithTexts(with(room));
        assertTrue(told.contains("a room"), told);
        assertFalse(told.contains("pa55w0rd"), told);
        // whoever submits a form need not say of what type its fields are
        Element configured = Element.of("query", "http://jabber.org/protocol/muc#owner")
                .with(fields("submit", field("name", "text-single", "a room"), field("secret", "", "pa55w0rd")));
        told = tracedWithTexts(with(configured));
        assertTrue(told.contains("a room"), told);
        assertTrue(told.contains("var='secret'"), told);
        assertFalse(told.contains("pa55w0rd"), told);

        Element join = Element.of("x", "http://jabber.org/protocol/muc")
                .with(Element.of("password", "http://jabber.org/protocol/muc", "pa55w0rd"));
        assertFalse(tracedWithTexts(with(join)).contains("pa55w0rd"));
    }

    @Test
    void ofWhatIsLargeATraceTellsHowLargeItIs() {
        assertTrue(tracedWithTexts(said("a".repeat(100_000))).endsWith(" id 7 <body of 100000>"));
        Element.Builder many = Element.builder("query", "urn:x");
        for (int i = 0; i < 10_000; i++) many.child(Element.of("i", "urn:x"));
        assertEquals("iq set id 7 <query of 10000>", tracedWithTexts(with(many.build())));
        Element.Builder deep = Element.builder("query", "urn:x");
        assertTrue(tracedWithTexts(with(deep.text("b".repeat(3000)).build())).endsWith("bbb…"));
    }
}
