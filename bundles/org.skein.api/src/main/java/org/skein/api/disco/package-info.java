/**
 * What an address offers (XEP-0030), gathered from all bundles.
 */
@Export
@Version("1.0.0")
package org.skein.api.disco;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
