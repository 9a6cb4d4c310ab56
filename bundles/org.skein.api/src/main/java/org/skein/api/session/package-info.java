/**
 * User sessions and the SPIs around them: edges hand streams in, processors see every stanza (DESIGN §3 to §5,
 * RFC 6121). What runs on a stream's event loop says so, and must never block it.
 */
@Export
@Version("1.0.0")
package org.skein.api.session;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
