package org.skein.examples.talk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.api.command.Action.Call;
import org.skein.api.command.Action.Nothing;
import org.skein.api.command.Result;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.Session;
import org.skein.api.session.Verdict;
import org.skein.examples.talk.TopCommand.Input;
import org.skein.examples.talk.TopCommand.Of;
import org.skein.xmpp.Jid;
import org.skein.xmpp.Stanza;

class TalkTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final Jid ADMIN = Jid.of("admin@localhost/desk");

    private final Talk first = new Talk(NOON);
    private final Talk second = new Talk(NOON);

    private static void say(Talk node, String from, Stanza.Builder message) {
        Jid full = Jid.of(from);
        OnlineAccount account = fake(OnlineAccount.class, full.bare());
        Session session = fake(Session.class, account);
        assertSame(Verdict.next(), node.fromClient(session, message.from(full).build()));
    }

    /** Answers every call with one value. */
    private static <T> T fake(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> answer));
    }

    private static void chat(Talk node, String from, String to, int times) {
        for (int i = 0; i < times; i++) {
            say(node, from, Stanza.message().type("chat").to(Jid.of(to)).body("not looked at"));
        }
    }

    /** As the host of commands does it: both nodes run it, a union is made, the last touch is the command's. */
    private Result top(Input in) {
        TopCommand command = new TopCommand(first);
        Result one = command.run(in, new Call(ADMIN, "a", true))
                .toCompletableFuture()
                .join();
        Result other = new TopCommand(second)
                .run(in, new Call(ADMIN, "b", false))
                .toCompletableFuture()
                .join();
        List<List<String>> rows = new ArrayList<>(one.rows());
        rows.addAll(other.rows());
        return command.merged(in, new Result(one.text() + "\n" + other.text(), List.of(), one.columns(), rows));
    }

    @Test
    void sendersOfAllNodesAreAddedUpAndTheMostEagerComesFirst() {
        chat(first, "romeo@localhost/a", "juliet@localhost", 3);
        chat(second, "romeo@localhost/b", "nurse@localhost", 2);
        chat(second, "juliet@localhost/b", "romeo@localhost/a", 4);
        chat(first, "nurse@localhost/a", "juliet@localhost", 4);
        Result top = top(new Input(Of.SENDERS, 20));
        assertEquals(
                List.of(
                        List.of("romeo@localhost", "5", "0", "a, b"),
                        List.of("juliet@localhost", "4", "0", "b"),
                        List.of("nurse@localhost", "4", "0", "a")),
                top.rows());
        assertEquals("a: 7 messages since 2026-03-01T12:00:00Z\nb: 6 messages since 2026-03-01T12:00:00Z", top.text());
    }

    @Test
    void pairsAreCountedByBareAddress() {
        chat(first, "romeo@localhost/a", "juliet@localhost", 1);
        chat(first, "romeo@localhost/b", "juliet@localhost/balcony", 1);
        chat(first, "juliet@localhost/b", "romeo@localhost/a", 1);
        assertEquals(
                List.of(List.of("romeo@localhost", "juliet@localhost", "2", "0", "a")),
                top(new Input(Of.PAIRS, 1)).rows());
    }

    @Test
    void onlyMessagesWithATextCount() {
        say(first, "romeo@localhost/a", Stanza.message().to(Jid.of("juliet@localhost")));
        say(
                first,
                "romeo@localhost/a",
                Stanza.message().type("error").to(Jid.of("juliet@localhost")).body("x"));
        assertEquals(List.of(), top(new Input(Of.SENDERS, 20)).rows());
        say(first, "romeo@localhost/a", Stanza.message().body("to myself"));
        assertEquals(
                List.of(List.of("romeo@localhost", "romeo@localhost", "1", "0", "a")),
                top(new Input(Of.PAIRS, 20)).rows());
    }

    @Test
    void afterAResetItIsCountedFromNothing() {
        chat(first, "romeo@localhost/a", "juliet@localhost", 3);
        Result reset = new ResetCommand(first)
                .run(new Nothing(), new Call(ADMIN, "a", true))
                .toCompletableFuture()
                .join();
        assertEquals(Result.value("messages", "Messages counted until now", 3), reset);
        assertTrue(top(new Input(Of.PAIRS, 20)).rows().isEmpty());
    }
}
