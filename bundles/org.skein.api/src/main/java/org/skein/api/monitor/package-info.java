/**
 * What a bundle tells operators: its listeners, its health, its figures.
 */
@Export
@Version("1.0.0")
package org.skein.api.monitor;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
