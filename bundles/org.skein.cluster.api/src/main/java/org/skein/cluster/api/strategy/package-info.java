/** The SPI of clustering strategies (DESIGN §6, CLUSTER 18). */
@Export
@Version("1.0.0")
package org.skein.cluster.api.strategy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
