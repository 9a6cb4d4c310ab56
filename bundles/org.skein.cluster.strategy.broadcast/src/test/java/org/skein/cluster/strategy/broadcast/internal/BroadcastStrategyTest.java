package org.skein.cluster.strategy.broadcast.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.xmpp.Jid;

class BroadcastStrategyTest {
    private static final NodeId A = new NodeId("a", 1);
    private static final NodeId B = new NodeId("b", 2);
    private static final NodeId C = new NodeId("c", 3);
    private static final Jid ANNA = Jid.of("anna@localhost");

    private final BroadcastStrategy strategy = new BroadcastStrategy();

    private static View view(long epoch, NodeId... ids) {
        return new View(
                epoch,
                1,
                List.of(ids).stream()
                        .map(id -> new Member(id, NodeState.SERVING, 1))
                        .toList());
    }

    private void start(View view) {
        // It asks who is there and nothing else: it has nothing to tell, and needs no sessions.
        strategy.start((ClusteringStrategy.Context) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ClusteringStrategy.Context.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "self" -> A;
                    case "view" -> view;
                    default -> throw new AssertionError(method.getName());
                }));
    }

    @Test
    void everyOtherMemberIsNamed() {
        start(view(3, A, B, C));
        assertEquals(List.of(B, C), strategy.locate(ANNA).now());
    }

    @Test
    void theAnswerFollowsTheViewAndIsNotMadeAnewForEachStanza() {
        start(view(3, A, B));
        strategy.changed(view(4, A, C));
        assertEquals(List.of(C), strategy.locate(ANNA).now());
        assertSame(strategy.locate(ANNA), strategy.locate(ANNA));
    }

    @Test
    void aloneItNamesNobody() {
        start(view(1, A));
        assertEquals(List.of(), strategy.locate(ANNA).now());
    }
}
