package org.skein.testkit.strategy;

import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.cluster.strategy.broadcast.internal.BroadcastStrategy;

class BroadcastContractTest implements StrategyContract {
    @Override
    public ClusteringStrategy create() {
        return new BroadcastStrategy();
    }
}
