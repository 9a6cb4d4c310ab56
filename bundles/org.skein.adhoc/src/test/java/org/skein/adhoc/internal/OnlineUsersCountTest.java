package org.skein.adhoc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.skein.api.session.OnlineAccount;
import org.skein.api.session.RemoteSession;
import org.skein.api.session.Session;
import org.skein.api.session.Sessions;
import org.skein.testkit.ManualScheduler;
import org.skein.testkit.cluster.InMemoryCluster;

class OnlineUsersCountTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemoryCluster cluster = new InMemoryCluster(scheduler);

    private interface Fake {
        Object of(String method);
    }

    private static <T> T fake(Class<T> type, Fake answer) {
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

    private TestNode node(String name, List<List<Session>> accounts) {
        TestNode node = new TestNode(cluster, scheduler, name);
        Sessions sessions = fake(
                Sessions.class,
                method -> accounts.stream().flatMap(List::stream).toList());
        return node.with(new OnlineUsersCount(sessions, node.node));
    }

    private static String count(TestNode node) {
        Answer answer = node.run("user:online-count", Map.of());
        return answer.result().values().get(0).texts().get(0);
    }

    @Test // XEP-0133 §4.18
    void usersOfAllNodesAreCountedOnceEach() {
        TestNode a = node("a", List.of(sessions(), sessions("b"), sessions()));
        assertEquals("3", count(a));
        TestNode b = node("b", List.of(sessions("a"), sessions()));
        assertEquals("4", count(a));
        assertEquals("4", count(b));
    }
}
