/**
 * Clusters for tests: several nodes in one thread, moved by a {@link org.skein.testkit.ManualScheduler}
 * ({@link org.skein.testkit.cluster.InMemoryCluster});
 * and links without a network in virtual or real time ({@link org.skein.testkit.cluster.VirtualNetwork}), for what
 * decides about the view.
 */
@Export
@Version("1.0.0")
package org.skein.testkit.cluster;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
