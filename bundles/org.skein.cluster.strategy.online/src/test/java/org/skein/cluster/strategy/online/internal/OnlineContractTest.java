package org.skein.cluster.strategy.online.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.StrategyContract;
import org.skein.testkit.strategy.StrategySimulation;

/** What every strategy has to do, and the cluster simulator. */
class OnlineContractTest implements StrategyContract {
    private final AtomicLong runs = new AtomicLong();

    @Override
    public ClusteringStrategy create() {
        return new OnlineStrategy(Limits.USUAL, Duration.ofSeconds(30), runs::incrementAndGet);
    }

    @Test // P2, P3
    void itIsNeverWrong() {
        StrategySimulation.of(this::create).schedules(300).run();
    }
}
