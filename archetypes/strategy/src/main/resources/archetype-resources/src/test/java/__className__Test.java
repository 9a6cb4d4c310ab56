package ${package};

import org.junit.jupiter.api.Test;
import org.skein.cluster.api.strategy.ClusteringStrategy;
import org.skein.testkit.strategy.StrategyContract;
import org.skein.testkit.strategy.StrategySimulation;

class ${className}Test implements StrategyContract {
    @Override
    public ClusteringStrategy create() {
        return new ${className}();
    }

    @Test
    void itIsNeverWrong() {
        StrategySimulation.of(${className}::new).schedules(500).run();
    }
}
