/**
 * Fakes for tests of bundles, ours and third parties': streams and loops driven by hand with a virtual clock, and
 * repositories in memory. Not part of a running server.
 */
@Export
@Version("1.0.0")
package org.skein.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
