package org.skein.cluster.strategy.directory.internal;

import org.junit.jupiter.api.Test;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.StrategyContract;
import org.skein.testkit.strategy.StrategySimulation;

/** What every strategy has to do, and the cluster simulator. */
class DirectoryContractTest implements StrategyContract {
    @Override
    public ClusteringStrategy create() {
        return new DirectoryStrategy(100_000);
    }

    @Test // P2, P3
    void itIsNeverWrong() {
        StrategySimulation.of(this::create).schedules(300).run();
    }

    @Test
    void norWhereItsCacheIsTooSmall() {
        StrategySimulation.of(() -> new DirectoryStrategy(1)).schedules(100).run();
    }
}
