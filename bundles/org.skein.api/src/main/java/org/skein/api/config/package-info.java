/** The settings of a node as its operator sees them. Methods may be called from any thread and never block. */
@Export
@Version("1.0.0")
package org.skein.api.config;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
