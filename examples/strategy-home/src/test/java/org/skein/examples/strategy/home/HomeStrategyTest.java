package org.skein.examples.strategy.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.Member;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeState;
import org.skein.cluster.api.Peers;
import org.skein.cluster.api.View;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.StrategyContract;
import org.skein.testkit.strategy.StrategySimulation;
import org.skein.xmpp.Jid;

/** The nodes of the contract are called a, b, c. */
class HomeStrategyTest implements StrategyContract {
    private static final String RULES = "*@sales.example=a, *@lab.example=b, *@moon.example=nowhere";
    private static final String[] DOMAINS = {"sales.example", "lab.example", "moon.example", "example.org"};

    @Override
    public ClusteringStrategy create() {
        return new HomeStrategy(Homes.parse(RULES));
    }

    @Override
    public Jid account(int number) {
        return Jid.of("user" + number + "@" + DOMAINS[number % DOMAINS.length]);
    }

    private StrategySimulation simulation() {
        return StrategySimulation.of(this::create)
                .accounts(
                        "u1@sales.example", "u2@sales.example", "u3@lab.example", "u4@moon.example", "u5@example.org");
    }

    @Test
    void itIsNeverWrong() {
        simulation().run();
    }

    @Test
    void itIsNotWrongEitherWhereNodesHaveOtherRules() {
        StrategySimulation.ofNumbered(number ->
                        new HomeStrategy(Homes.parse(number % 3 == 0 ? "*@sales.example=b, *@lab.example=c" : RULES)))
                .accounts("u1@sales.example", "u2@sales.example", "u3@lab.example", "u4@moon.example", "u5@example.org")
                .run();
    }

    // what it is for

    private static final NodeId A = new NodeId("a", 1);
    private static final NodeId B = new NodeId("b", 2);
    private static final NodeId C = new NodeId("c", 3);

    private final List<String> said = new ArrayList<>();
    private final ClusteringStrategy strategy = create();

    /** At node a, in step with b and c. */
    private void start() {
        List<Member> members = List.of(A, B, C).stream()
                .map(id -> new Member(id, NodeState.SERVING, 1))
                .toList();
        strategy.start((ClusteringStrategy.Context) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ClusteringStrategy.Context.class}, (p, method, args) -> {
                    switch (method.getName()) {
                        case "self":
                            return A;
                        case "view":
                            return new View(1, 1, members);
                        case "sessions":
                            return List.of();
                        default:
                            said.add(method.getName() + " " + ((NodeId) args[0]).name());
                            return CompletableFuture.completedFuture(
                                    new Peers.Reply(Peers.Result.ANSWERED, new byte[0], ""));
                    }
                }));
        for (NodeId node : List.of(B, C)) {
            hear(node, Message.HELLO);
            hear(node, Message.ALL);
        }
        said.clear();
    }

    private void hear(NodeId from, int kind, String... accounts) {
        byte[] bytes = new Message(
                        kind,
                        Homes.parse(RULES).mark(),
                        List.of(accounts).stream().map(Jid::of).toList())
                .bytes();
        if (kind == Message.HERE) strategy.called(from, bytes);
        else strategy.received(from, bytes);
    }

    private List<NodeId> locate(String account) {
        return strategy.locate(Jid.of(account)).now();
    }

    @Test
    void whoIsAtHomeIsLookedForThereOnlyAndNobodyIsTold() {
        start();
        strategy.bound(Jid.of("anna@sales.example/desk"));
        strategy.unbound(Jid.of("anna@sales.example/desk"));
        assertEquals(List.of(), said);
        assertEquals(List.of(), locate("anna@sales.example"));
        assertEquals(List.of(B), locate("bob@lab.example"));
        assertEquals(List.of(B, C), locate("carl@example.org"));
        assertEquals(0L, strategy.figures().get("guests"));
    }

    @Test
    void allAreToldOfAGuestOnceForAllItsSessions() {
        start();
        assertTrue(strategy.bound(Jid.of("bob@lab.example/phone"))
                .toCompletableFuture()
                .isDone());
        assertEquals(List.of("call b", "call c"), said.stream().sorted().toList());
        strategy.bound(Jid.of("bob@lab.example/desk"));
        strategy.unbound(Jid.of("bob@lab.example/phone"));
        said.clear();
        strategy.unbound(Jid.of("bob@lab.example/desk"));
        assertEquals(List.of("send b", "send c"), said.stream().sorted().toList());
    }

    @Test
    void aGuestIsLookedForAtHomeAndWhereItIs() {
        start();
        hear(C, Message.HERE, "bob@lab.example");
        assertEquals(List.of(B, C), locate("bob@lab.example"));
        hear(C, Message.GONE, "bob@lab.example");
        assertEquals(List.of(B), locate("bob@lab.example"));
    }
}
