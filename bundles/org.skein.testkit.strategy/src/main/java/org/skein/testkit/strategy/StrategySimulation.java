package org.skein.testkit.strategy;

import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.internal.Plan;
import org.skein.testkit.strategy.internal.Schedule;
import org.skein.xmpp.Jid;

/**
 * A cluster in one thread and in virtual time, with the routing of a running node, in which users log in, move and write
 * while nodes come, crash and are excluded, links hold what is sent, and strategies are swapped, updated and taken away.
 * A seed decides what happens and in which order it arrives. After every step is checked:
 *
 * <ul>
 *   <li>P3: an account is found at every member that holds a session of it whose bind is complete;
 *   <li>P2: messages sent where the answers say reach every session in order, each once;
 *   <li>nothing throws, and no bind or answer is late without a disturbance that explains it.
 * </ul>
 *
 * In the end all disturbances pass, and everything must come right: binds complete, every node uses the strategy, nobody
 * is unknown, presence (where it is kept) is the truth.
 *
 * <pre>
 * &#64;Test
 * void itIsNeverWrong() {
 *     StrategySimulation.of(MyStrategy::new).schedules(1000).run();
 * }
 * </pre>
 *
 * A failure names its seed; {@code -Dseed=N} runs that schedule alone, {@code -Dskein.schedules=N} and
 * {@code -Dskein.from=N} more or other ones. It repeats exactly if the strategy does: one that goes through {@code Set.of}
 * or draws random numbers may send in another order. Logs are those of a server with very bad luck: best turned off.
 */
public final class StrategySimulation {
    private final IntFunction<? extends ClusteringStrategy> strategy;
    private int version = 1;
    private int schedules = 300;
    private int steps = 200;
    private int nodes = 4;
    private long from = 1;
    private List<Jid> accounts = names(6);

    private StrategySimulation(IntFunction<? extends ClusteringStrategy> strategy) {
        this.strategy = Objects.requireNonNull(strategy, "strategy");
    }

    private static List<Jid> names(int users) {
        return IntStream.rangeClosed(1, users)
                .mapToObj(i -> Jid.of("user" + i + "@localhost"))
                .toList();
    }

    /** @param strategy makes a service as a bundle offers it; one for each node, and one for each update */
    public static StrategySimulation of(Supplier<? extends ClusteringStrategy> strategy) {
        Objects.requireNonNull(strategy, "strategy");
        return new StrategySimulation(number -> strategy.get());
    }

    /** @param strategy the same, where they are not all alike; told how many there are already in that schedule */
    public static StrategySimulation ofNumbered(IntFunction<? extends ClusteringStrategy> strategy) {
        return new StrategySimulation(strategy);
    }

    /** Its {@link ClusteringStrategy#VERSION}; 1 by default. */
    public StrategySimulation version(int number) {
        version = number;
        return this;
    }

    /** How many schedules; 300 by default. */
    public StrategySimulation schedules(int number) {
        schedules = number;
        return this;
    }

    /** What happens in each; 200 by default. */
    public StrategySimulation steps(int number) {
        steps = number;
        return this;
    }

    /** Most nodes at a time, named {@code a}, {@code b}, {@code c} …; 4 by default, at most 26. */
    public StrategySimulation nodes(int most) {
        nodes = most;
        return this;
    }

    /** {@code user1@localhost}, {@code user2@localhost} …; 6 by default. */
    public StrategySimulation users(int number) {
        accounts = names(number);
        return this;
    }

    /** Other accounts, where their names mean something to the strategy. */
    public StrategySimulation accounts(String... bare) {
        accounts = Stream.of(bare).map(Jid::of).toList();
        return this;
    }

    /** The first seed; 1 by default. The others follow it. */
    public StrategySimulation from(long seed) {
        from = seed;
        return this;
    }

    /** @throws AssertionError for the first schedule in which something is wrong, with its seed and what happened */
    public void run() {
        Plan plan = new Plan(strategy, version, accounts, nodes, steps);
        Long one = Long.getLong("seed");
        if (one != null) {
            Schedule.run(plan, one);
            return;
        }
        long first = Long.getLong("skein.from", from);
        long number = Integer.getInteger("skein.schedules", schedules);
        for (long seed = first; seed < first + number; seed++) Schedule.run(plan, seed);
    }
}
