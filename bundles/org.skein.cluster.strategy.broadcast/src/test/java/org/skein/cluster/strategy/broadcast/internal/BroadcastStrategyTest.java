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

    /** It needs to know who it is and the view; there is nothing it has to tell or to ask. */
    private void start(View view) {
        strategy.start((ClusteringStrategy.Context) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ClusteringStrategy.Context.class}, (p, method, a) -> {
                    if (method.getName().equals("self")) return A;
                    if (method.getName().equals("view")) return view;
                    throw new AssertionError(method.getName());
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
