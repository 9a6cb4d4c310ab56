package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.skein.api.component.VirtualHosts;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;
import org.skein.testkit.cluster.InMemoryNode;
import org.skein.xmpp.Element;
import org.skein.xmpp.Jid;

class OnlineUsersCountTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);

    private interface Answer {
        Object of(String method);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == args[0];
                    default -> answer.of(method.getName());
                }));
    }

    /** An account with two sessions here, and one on each of {@code elsewhere}. */
    private static List<Session> sessions(String... elsewhere) {
        List<RemoteSession> remote = Arrays.stream(elsewhere)
                .map(node -> fake(RemoteSession.class, method -> node))
                .toList();
        OnlineAccount account = fake(OnlineAccount.class, method -> remote);
        Session session = fake(Session.class, method -> account);
        return List.of(session, session);
    }

    private OnlineUsersCount node(InMemoryNode node, List<List<Session>> accounts) {
        Sessions sessions = fake(
                Sessions.class,
                method -> accounts.stream().flatMap(List::stream).toList());
        OnlineUsersCount count = new OnlineUsersCount(sessions, fake(VirtualHosts.class, method -> true), node);
        node.handler(OnlineUsersCount.CHANNEL, count);
        cluster.join(node);
        scheduler.runAll();
        return count;
    }

    private String count(OnlineUsersCount command) {
        CompletableFuture<Element> result =
                command.execute(Jid.of("admin@localhost")).toCompletableFuture();
        scheduler.runAll();
        return result.join().children().get(1).firstChild().orElseThrow().text();
    }

    @Test // XEP-0133 §4.18
    void usersOfAllNodesAreCountedOnceEach() {
        OnlineUsersCount a = node(cluster.node("a"), List.of(sessions(), sessions("b"), sessions()));
        assertEquals("3", count(a));
        OnlineUsersCount b = node(cluster.node("b"), List.of(sessions("a"), sessions()));
        assertEquals("4", count(a));
        assertEquals("4", count(b));
    }
}
