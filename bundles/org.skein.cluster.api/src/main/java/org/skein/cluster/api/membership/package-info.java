/** The SPI of what decides who is in the cluster (DESIGN §6 "Joining", "View"; CLUSTER 5 to 10). */
@Export
@Version("1.0.0")
package org.skein.cluster.api.membership;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
