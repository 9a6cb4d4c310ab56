/**
 * Reading a stream of XML as it arrives (RFC 6120 §4, §11): bytes in, stream headers, stanzas and other elements out.
 * A parser belongs to one stream and one thread.
 */
@Export
@Version("1.0.0")
package org.skein.xmpp.stream;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
