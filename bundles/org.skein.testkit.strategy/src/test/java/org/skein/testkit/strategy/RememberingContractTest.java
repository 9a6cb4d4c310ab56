package org.skein.testkit.strategy;

import org.skein.cluster.api.strategy.ClusteringStrategy;

class RememberingContractTest implements StrategyContract {
    @Override
    public ClusteringStrategy create() {
        return new Remembering();
    }
}
