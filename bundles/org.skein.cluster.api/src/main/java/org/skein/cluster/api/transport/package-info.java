/**
 * The SPI of what carries bytes between nodes (DESIGN §6 "Transport"). Neutral: an existing group-communication engine
 * must fit it.
 */
@Export
@Version("1.0.0")
package org.skein.cluster.api.transport;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
