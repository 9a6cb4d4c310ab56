/**
 * Routing of stanzas, virtual hosts, and the SPI of components: what answers for an address that is no account (DESIGN §4).
 * Methods may be called from any thread unless they say otherwise; none may block.
 */
@Export
@Version("1.1.0")
package org.skein.api.component;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
