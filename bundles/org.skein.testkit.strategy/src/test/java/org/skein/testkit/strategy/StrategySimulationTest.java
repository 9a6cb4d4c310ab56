package org.skein.testkit.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skein.cluster.api.NodeId;
import org.skein.cluster.api.NodeSet;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.strategy.broadcast.internal.BroadcastStrategy;
import org.skein.testkit.strategy.Remembering.Flaw;
import org.skein.xmpp.Jid;

class StrategySimulationTest {
    @Test
    void broadcastIsNeverWrong() {
        StrategySimulation.of(BroadcastStrategy::new).run();
    }

    @Test
    void aStrategyThatRemembersIsNeverWrong() {
        StrategySimulation.of(Remembering::new).run();
        StrategySimulation.of(Remembering::new)
                .nodes(2)
                .users(3)
                .steps(400)
                .schedules(50)
                .run();
        StrategySimulation.of(Remembering::new).nodes(8).users(12).schedules(20).run();
        StrategySimulation.of(Remembering::new).nodes(1).schedules(5).run();
    }

    /** Thinks a while about every second answer. */
    private static final class Thinking extends Remembering {
        private volatile Context context;
        private int asked;

        @Override
        public synchronized CompletionStage<Void> start(Context begun) {
            context = begun;
            return super.start(begun);
        }

        @Override
        public NodeSet locate(Jid account) {
            if (++asked % 2 == 0) return super.locate(account);
            CompletableFuture<List<NodeId>> answer = new CompletableFuture<>();
            context.later(
                    Duration.ofMillis(asked * 37 % 500),
                    () -> answer.complete(super.locate(account).now()));
            return NodeSet.later(answer);
        }
    }

    @Test // CLUSTER 11
    void aStrategyThatAnswersLaterIsNeverWrong() {
        StrategySimulation.of(Thinking::new).run();
    }

    private static AssertionError caught(Supplier<ClusteringStrategy> wrong) {
        return assertThrows(
                AssertionError.class,
                () -> StrategySimulation.of(wrong).schedules(3000).run());
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsCaught(Flaw flaw) {
        AssertionError found = caught(() -> new Remembering(flaw));
        assertTrue(found.getMessage().startsWith("P3: "), found::getMessage);
    }

    /** Of all its answers one lacks one node. */
    private static final class Dropping extends Remembering {
        private static final int ANSWER = 20;
        private int answers;

        @Override
        public NodeSet locate(Jid account) {
            NodeSet right = super.locate(account);
            if (right.now().isEmpty() || ++answers != ANSWER) return right;
            return NodeSet.of(right.now().subList(1, right.now().size()));
        }
    }

    @Test
    void oneNodeMissingInOneAnswerIsCaughtAndTheSeedNamed() {
        String found = caught(Dropping::new).getMessage();
        assertTrue(
                found.matches("(?s)P3: .* looks for .* and finds .*seed \\d+, step \\d+ of 200; -Dseed=\\d+ .*"),
                found);
        long seed = Long.parseLong(found.replaceAll("(?s).*-Dseed=(\\d+).*", "$1"));
        AssertionError again = assertThrows(
                AssertionError.class,
                () -> StrategySimulation.of(Dropping::new)
                        .from(seed)
                        .schedules(1)
                        .run());
        assertEquals(found, again.getMessage());
    }

    @Test
    void whatItThrowsIsCaught() {
        AssertionError found = caught(() -> new Remembering() {
            @Override
            public void unbound(Jid full) {
                throw new IllegalStateException("on purpose");
            }
        });
        assertTrue(found.getMessage().startsWith("unbound threw java.lang.IllegalStateException: on purpose at "));
    }

    @Test
    void aBindThatIsNeverCompleteIsCaught() {
        AssertionError found = caught(() -> new Remembering() {
            @Override
            public synchronized CompletionStage<Void> bound(Jid full) {
                CompletionStage<Void> known = super.bound(full);
                return full.local().equals("user1") ? new CompletableFuture<>() : known;
            }
        });
        assertTrue(found.getMessage().contains("not published in time"), found::getMessage);
    }

    @Test
    void aStrategyThatIsNeverInStepIsCaught() {
        AssertionError found = caught(() -> new Remembering() {
            @Override
            public synchronized CompletionStage<Void> start(Context begun) {
                super.start(begun);
                return new CompletableFuture<>();
            }
        });
        assertTrue(found.getMessage().contains("warming up tested"), found::getMessage);
    }

    @Test
    void eachMistakeIsFoundByTheContractToo() {
        List<Flaw> missed = new ArrayList<>();
        for (Flaw flaw : Flaw.values()) {
            boolean found = Contracts.failing(() -> new Remembering(flaw)).isPresent();
            if (found == (flaw == Flaw.NONE)) missed.add(flaw);
        }
        assertEquals(List.of(), missed);
    }
}
