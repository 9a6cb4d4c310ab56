package org.skein.testkit.strategy;

/**
 * What every clustering strategy has to do. A test class of each implements it:
 *
 * <pre>
 * class MyStrategyTest implements StrategyContract {
 *     &#64;Override
 *     public ClusteringStrategy create() {
 *         return new MyStrategy();
 *     }
 * }
 * </pre>
 *
 * <p>The nodes are called {@code a}, {@code b} and {@code c}; what the strategies say to each other, and who else hears of
 * an account, is theirs to decide.
 */
public interface StrategyContract extends FindingContract, LifeContract, RobustnessContract {}
