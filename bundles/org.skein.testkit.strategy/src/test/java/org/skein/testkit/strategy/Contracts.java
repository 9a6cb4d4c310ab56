package org.skein.testkit.strategy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.skein.cluster.api.strategy.ClusteringStrategy;

/** Runs the contract without JUnit: to see that it fails. */
final class Contracts {
    private record Wrong(Supplier<ClusteringStrategy> strategy) implements StrategyContract {
        @Override
        public ClusteringStrategy create() {
            return strategy.get();
        }
    }

    private Contracts() {}

    /** The name of a test that fails, and why. */
    static Optional<String> failing(Supplier<ClusteringStrategy> strategy) {
        StrategyContract contract = new Wrong(strategy);
        return Stream.of(StrategyContract.class.getMethods())
                .filter(m -> m.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing((Method m) -> m.getDeclaringClass().getName())
                        .thenComparing(Method::getName))
                .map(m -> run(m, contract))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> run(Method test, StrategyContract contract) {
        try {
            test.invoke(contract);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(test.getName() + " " + e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
