/**
 * For whoever writes a clustering strategy: what each has to do ({@link org.skein.testkit.strategy.StrategyContract}), and
 * a cluster in which everything happens at the wrong moment ({@link org.skein.testkit.strategy.StrategySimulation}). Both
 * route with the classes a running node routes with.
 */
@Export
@Version("1.0.0")
package org.skein.testkit.strategy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
